"""Names that look like other names: mixed scripts, invisible characters, letters of another alphabet.

After Unicode Technical Standard 39: whole texts are compared by their skeletons (section 4), and a name is written in
one script or in scripts that belong together (section 5.2, "highly restrictive"). The table holds the letters of
Cyrillic, Greek, Armenian and Latin extensions that look like ASCII letters in common typefaces, not all of
`confusables.txt`.
"""

import unicodedata
from functools import lru_cache

from colonnade.core import Invalid

_PAIRS = (
    ("аӑӓ", "a"), ("ɑα", "a"), ("Ььƅ", "b"), ("сϲⅽ", "c"), ("ԁⅾ", "d"), ("еєҽ℮", "e"), ("ƒ", "f"), ("ɡց", "g"),
    ("һհ", "h"), ("іıɩιӏⅰ", "i"), ("јϳ", "j"), ("κкⱪ", "k"), ("ⅼӀ", "l"), ("мⅿ", "m"), ("ոռη", "n"),
    ("оοσօ", "o"), ("рρ", "p"), ("ԛզ", "q"), ("гᴦ", "r"), ("ѕꜱ", "s"), ("тτ", "t"), ("υսʋ", "u"), ("νѵⅴ", "v"),
    ("ԝшѡω", "w"), ("хχⅹ", "x"), ("уγүʏ", "y"), ("ᴢ", "z"), ("0", "o"), ("1|", "l"), ("зӡ", "3"), ("б", "6"),
)  # fmt: skip
_LOOKS = {ord(letter): like for letters, like in _PAIRS for letter in letters}
_GROUPS = ("rn", "m"), ("vv", "w"), ("i", "l")  # what is one shape in many typefaces
_TOGETHER = (
    {"LATIN"}, {"CJK", "HIRAGANA", "KATAKANA", "LATIN"}, {"CJK", "HANGUL", "LATIN"}, {"CJK", "BOPOMOFO", "LATIN"},
)  # fmt: skip
_LETTERS = ("L", "M")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # that count as letters or signs and show nothing
_JOINERS = frozenset("\u200c\u200d")  # that Persian and Indic scripts are written with
_JOINING = frozenset(
    {"ARABIC", "BENGALI", "DEVANAGARI", "GUJARATI", "KANNADA", "MALAYALAM", "SINHALA", "TAMIL", "TELUGU"}
)


class ConfusingName(Invalid):
    """A name is written so that people may take it for another one."""

    code = "confusing_name"


def skeleton(text: str) -> str:
    """Return what a text looks like: two texts that people may confuse have the same."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LOOKS)
    shape = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", plain).translate(_LOOKS)
        if unicodedata.category(letter) not in {"Mn", "Me", *_HIDDEN}
    )
    for written, seen in _GROUPS:
        shape = shape.replace(written, seen)
    return shape


def looks_like(one: str, other: str) -> bool:
    """Tell whether people may take one text for the other."""
    return skeleton(one) == skeleton(other)


def scripts_of(text: str) -> frozenset[str]:
    """Return the scripts of the letters in a text, as their Unicode names begin, such as `LATIN` or `CJK`."""
    return frozenset(_script(letter) for letter in text if unicodedata.category(letter) not in {"Mn", "Me"}) - {""}


def check_name(name: str, *, field: str = "name") -> str:
    """Return the name of a person or a thing if each word of it is what it looks like.

    Raises:
        ConfusingName: A word mixes scripts that do not belong together, or something in it cannot be seen.
    """
    scripts = scripts_of(name)
    for letter in name:
        hidden = unicodedata.category(letter) in _HIDDEN or letter in _BLANKS
        if hidden and not (letter in _JOINERS and scripts & _JOINING):
            raise ConfusingName("must not contain characters that cannot be seen", field=field)
    for word in name.split():
        found = scripts_of(word)
        if len(found) > 1 and not any(found <= together for together in _TOGETHER):
            raise ConfusingName("must not mix letters of different alphabets in one word", field=field)
    return name


def check_mail_address(address: str, *, field: str = "email") -> str:
    """Return a mail address if each label of its domain is written in one script, and the rest in one too.

    Raises:
        ConfusingName: It is not, or has letters of full width and the like; a domain in punycode is looked at as
            people see it (RFC 5891).
    """
    if unicodedata.normalize("NFKC", address) != address:
        raise ConfusingName("must not contain characters that stand for others", field=field)
    local, _, domain = address.rpartition("@")
    check_name(local, field=field)
    for label in domain.split("."):
        shown = label
        if label.lower().startswith("xn--"):
            try:
                shown = label.lower()[4:].encode("ascii").decode("punycode")
            except UnicodeError as error:
                raise ConfusingName("must have a domain that can be shown", field=field) from error
        check_name(shown, field=field)
        if not shown.isascii() and skeleton(shown).isascii() and scripts_of(shown) != {"LATIN"}:
            raise ConfusingName("must not have a domain that looks like another one", field=field)
    return address


@lru_cache(4_096)
def _script(letter: str) -> str:
    if not unicodedata.category(letter).startswith(_LETTERS):
        return ""
    name = unicodedata.name(letter, "UNKNOWN").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ")
    return name.replace("-", " ").split()[0]
