"""Names that look like other names are found out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.confusables import ConfusingName, check_mail_address, check_name, looks_like, skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "раураӏ"), ("admin", "аdmin"), ("Ada Lovelace", "Ada L0velace"), ("google", "gооgle"),
        ("modern", "modem"), ("scope", "ѕсоре"), ("Ada", "ADA"), ("admin", "ad\u200bmin"), ("wide", "ｗｉｄｅ"),
        ("cafe", "café"), ("bill", "bi11"), ("nikos", "νikοs".replace("ν", "n")), ("Illo", "lllo"),
    ],
)  # fmt: skip
def test_what_looks_alike_is_found(one: str, other: str) -> None:
    """Other alphabets, digits, widths, accents, and what cannot be seen."""
    assert looks_like(one, other)


@pytest.mark.parametrize(("one", "other"), [("ada", "ben"), ("иван", "ivan"), ("team-a", "team-b"), ("王", "玉")])
def test_what_looks_different_is_different(one: str, other: str) -> None:
    """Or nobody could be called anything."""
    assert not looks_like(one, other)


@given(st.text(max_size=60))
def test_a_skeleton_has_itself_as_skeleton(text: str) -> None:
    """So that a stored one can be compared with a new one."""
    assert skeleton(skeleton(text)) == skeleton(text)


@pytest.mark.parametrize(
    "name",
    ["Ada Lovelace", "Zoë Müller-O’Brien", "Иван Петров", "山田 太郎", "ヤマダ たろう", "김철수", "محمد علی",
     "Σωκράτης", "Nguyễn Văn An", "Иван (Ivan)", "X Æ A-12", "می\u200cخواهم", "Team 7 🚀"],
)  # fmt: skip
def test_a_name_in_any_script_is_good(name: str) -> None:
    """Words may be of different scripts; letters of one word belong together."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["Аda", "pаypal", "Αdmin", "ad\u200bmin", "ada\u202enimda", "a\u2060b", "\ufeffAda", "a\U000e0041"]
)
def test_a_name_that_deceives_is_refused(name: str) -> None:
    """Mixed alphabets in a word, and what cannot be seen."""
    with pytest.raises(ConfusingName):
        check_name(name)


@pytest.mark.parametrize(
    "address", ["ada@example.com", "ада@пример.рф", "ada@müller.de", "ada@xn--mller-kva.de", "ada@bücher.example"]
)
def test_a_mail_address_is_good(address: str) -> None:
    """In one script at a time."""
    assert check_mail_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["ada@раураl.com", "ada@раура\u04cf.com", "ada@xn--80ak6aa92e.com", "аda@example.com", "ada@exam\u00adple.com",
     "ada@xn--\u00fc.de", "ada@xn--99999999999.com"],
)  # fmt: skip
def test_a_mail_address_that_deceives_is_refused(address: str) -> None:
    """Also in punycode, as it is shown (one of these is how a well-known name was once faked)."""
    with pytest.raises(ConfusingName):
        check_mail_address(address)
