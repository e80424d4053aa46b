"""Values: each validates itself, and what it keeps is stable."""

import copy
import pickle
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from colonnade.core import DateRange, Email, Invalid, MultilineText, PersonName, Slug, TextValue


class Profile(BaseModel):
    """A model with values of several kinds."""

    name: PersonName
    email: Email


class ThreeLetters(TextValue):
    """Text with a lower bound above one."""

    __slots__ = ()
    min_length = 3


def test_text_is_a_str_without_surrounding_space() -> None:
    """It is stored, compared and sent like the text that it is."""
    name = PersonName("  Ada Lovelace\n")

    assert name == "Ada Lovelace"
    assert isinstance(name, str)
    assert type(name) is PersonName


def test_text_is_kept_in_normal_form_c() -> None:
    """Two spellings of the same characters are one value."""
    assert PersonName("Zoe\u0308") == PersonName("Zoë") == "Zo\u00eb"


@pytest.mark.parametrize("name", ["ö" * 200, "o\u0308" * 200, "漢" * 200, "👩" * 200, "ا" * 200])
def test_a_name_of_200_characters_in_any_script_is_accepted(name: str) -> None:
    """Lengths count characters, not bytes, after normalisation."""
    assert len(PersonName(name)) == 200


@pytest.mark.parametrize("length", [0, 201])
def test_text_outside_its_bounds_is_refused(length: int) -> None:
    """A name is neither empty nor longer than its bound."""
    with pytest.raises(Invalid, match="must"):
        PersonName("x" * length)


def test_the_message_says_which_bound_is_broken() -> None:
    """Somebody who reads the refusal knows what to change."""
    with pytest.raises(Invalid, match="must not be empty"):
        PersonName("   ")
    with pytest.raises(Invalid, match="at least 3 characters"):
        ThreeLetters("ab")
    with pytest.raises(Invalid, match="at most 200 characters"):
        PersonName("x" * 201)


@pytest.mark.parametrize("kind", [PersonName, MultilineText])
@pytest.mark.parametrize("code_point", [0x00, 0x01, 0x08, 0x0B, 0x1B, 0x7F, 0xD800, 0xDFFF])
def test_control_characters_and_lone_surrogates_are_refused(kind: type[TextValue], code_point: int) -> None:
    """No store and no terminal takes them."""
    with pytest.raises(Invalid, match="control characters"):
        kind(f"before{chr(code_point)}after")


@pytest.mark.parametrize("code_point", [0x80, 0x85, 0x9B, 0x9F])
def test_the_upper_control_characters_are_refused_too(code_point: int) -> None:
    """U+009B starts a terminal escape sequence as well as U+001B does."""
    with pytest.raises(Invalid):
        PersonName(f"before{chr(code_point)}after")


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\u2028", "\u2029"])
def test_a_line_break_is_refused_where_one_line_is_asked_for(character: str) -> None:
    """A name is a single line; a description may have several."""
    with pytest.raises(Invalid, match="single line"):
        PersonName(f"a{character}b")
    assert MultilineText(f"a{character}b") == f"a{character}b"


def test_multiline_text_may_be_empty_and_is_bounded() -> None:
    """A description is optional, and not a way to fill a disk."""
    assert MultilineText(" \n ") == ""
    with pytest.raises(Invalid, match="at most 100000 characters"):
        MultilineText("x" * 100_001)


@given(st.text())
def test_text_that_was_accepted_once_is_accepted_again_unchanged(text: str) -> None:
    """Validation is idempotent: a stored value can always be read back."""
    for kind in (PersonName, MultilineText, Email, Slug):
        try:
            value = kind(text)
        except Invalid:
            continue
        assert kind(str(value)) == value


def test_making_a_value_from_itself_returns_the_same_object() -> None:
    """A value is validated once."""
    name = PersonName("Ada")

    assert PersonName(name) is name


def test_a_value_of_another_kind_is_validated_anew() -> None:
    """That something is a name does not make it a slug."""
    with pytest.raises(Invalid):
        Slug(PersonName("Ada Lovelace"))


def test_a_value_survives_pickle_and_copy() -> None:
    """Its kind goes with it."""
    slug = Slug("web-team")

    assert type(pickle.loads(pickle.dumps(slug))) is Slug
    assert type(copy.deepcopy(slug)) is Slug


@pytest.mark.parametrize(
    "address", ["ada@example.com", "ada+x@mail.example.co.uk", "jörg@exämple.de", "a" * 64 + "@b.de"]
)
def test_an_address_is_accepted(address: str) -> None:
    """The local part, an at sign, and a domain with a dot."""
    assert Email(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@example.c",
        "ada@.",
        "a@b@c.de",
        "a b@example.com",
        "a,b@example.com",
        "<ada@example.com>",
        "a" * 65 + "@example.com",
        "a@" + "b" * 250 + ".com",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """The message shows what an address looks like."""
    with pytest.raises(Invalid, match=r"ada@example\.com|at most 254"):
        Email(address)


@pytest.mark.parametrize("address", ["ada@example..com", "ada@.example.com"])
def test_an_address_with_an_empty_label_in_its_domain_is_refused(address: str) -> None:
    """No mail server can have such a name (RFC 5321, section 2.3.5)."""
    with pytest.raises(Invalid):
        Email(address)


def test_an_address_is_kept_in_lower_case() -> None:
    """Nobody tells two spellings of an address apart."""
    assert Email(" Ada@Example.COM ") == "ada@example.com"


@pytest.mark.parametrize("slug", ["web", "web-team", "2026", "a-1-b", "x" * 60])
def test_a_slug_is_accepted(slug: str) -> None:
    """Lower-case letters, digits and single hyphens."""
    assert Slug(slug) == slug


@pytest.mark.parametrize("slug", ["", "Web", "web_team", "-web", "web-", "web--team", "wéb", "x" * 61, "٣"])
def test_what_is_no_slug_is_refused(slug: str) -> None:
    """What stands in an address needs no escaping."""
    with pytest.raises(Invalid):
        Slug(slug)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Web Team", "web-team"),
        ("  Zoë & Söhne! ", "zoe-sohne"),
        ("日本", "untitled"),
        ("", "untitled"),
        ("A--B", "a-b"),
    ],
)
def test_a_slug_is_derived_from_a_name(name: str, slug: str) -> None:
    """Accents go, everything else that is not a letter or a digit separates words."""
    assert Slug.from_name(name) == slug


@given(st.text(max_size=300))
def test_every_name_gives_a_slug(name: str) -> None:
    """Deriving never fails, whatever somebody calls their workspace."""
    assert Slug(Slug.from_name(name)) == Slug.from_name(name)


def test_a_value_in_a_model_is_validated_and_keeps_its_kind() -> None:
    """Pydantic makes the value itself, from Python objects and from JSON."""
    profile = Profile.model_validate_json('{"name": " Ada ", "email": "ADA@example.com"}')

    assert type(profile.name) is PersonName
    assert profile.model_dump_json() == '{"name":"Ada","email":"ada@example.com"}'
    with pytest.raises(ValidationError, match="must be an e-mail address"):
        Profile.model_validate({"name": "Ada", "email": "nobody"})


def test_json_schema_states_the_rules() -> None:
    """A client can check the same bounds before it sends."""
    name, email = (Profile.model_json_schema()["properties"][field] for field in ("name", "email"))

    assert {"type": "string", "minLength": 1, "maxLength": 200, "examples": ["Ada Lovelace"]}.items() <= name.items()
    assert (email["format"], email["minLength"], email["maxLength"]) == ("email", 3, 254)
    assert re.search(email["pattern"], "ada@example.com")
    assert not re.search(email["pattern"], "ada@example.com and more")


@pytest.mark.parametrize("text", ["", " ", "\x00", "a\x07b", "a\x85b", "two\nlines"])
def test_json_schema_tells_a_line_from_what_is_none(text: str) -> None:
    """Blank lines, control characters and line breaks are refused, as they are by the type."""
    line, lines = (TypeAdapter(kind).json_schema()["pattern"] for kind in (PersonName, MultilineText))

    assert not re.search(line, text)
    assert re.search(line, " Ada Lovelace\n")
    assert re.search(lines, "two\nlines")
    assert not re.search(lines, f"{text}\x07")


@pytest.mark.parametrize("kind", [Email, Slug, PersonName, MultilineText])
def test_a_pattern_in_json_schema_escapes_only_what_ecmascript_lets_it(kind: type[TextValue]) -> None:
    r"""Validators compile patterns in ECMAScript's unicode mode, in which `\"` is a syntax error (ECMA-262, 22.2.1)."""
    pattern = TypeAdapter(kind).json_schema()["pattern"]

    assert set(re.findall(r"\\(.)", pattern)) <= set(r"^$\.*+?()[]{}|/dDwWsSbBxu")


DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
RANGES = st.builds(lambda start, days: DateRange(start, start + timedelta(days)), DAYS, st.integers(0, 400))


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    """The facts name both ends."""
    with pytest.raises(Invalid, match="must not end before it starts") as refused:
        DateRange(date(2026, 2, 1), date(2026, 1, 31))

    assert refused.value.facts == {"start": "2026-02-01", "end": "2026-01-31"}


def test_a_range_of_one_day_has_one_day() -> None:
    """Both ends are included."""
    assert DateRange(date(2026, 2, 1), date(2026, 2, 1)).days == 1


@given(RANGES)
def test_a_range_contains_as_many_days_as_it_says(days: DateRange) -> None:
    """Counting and membership agree, and the days just outside do not belong."""
    assert sum(days.start + timedelta(i) in days for i in range(-1, days.days + 1)) == days.days


@given(RANGES, RANGES)
def test_ranges_overlap_when_one_starts_within_the_other(one: DateRange, other: DateRange) -> None:
    """Overlapping is symmetrical, and means a common day."""
    assert one.overlaps(other) == other.overlaps(one) == (one.start in other or other.start in one)


def test_ranges_are_equal_by_content() -> None:
    """A value has no identity of its own."""
    one, other = (DateRange(date(2026, 1, 1), date(2026, 1, 2)) for _ in range(2))

    assert one == other
    assert len({one, other}) == 1
