"""A blind index finds what is equal, and says nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.encryption import BlindIndex

EMAILS = BlindIndex(b"s" * 32, "users.email")


@given(st.text())
def test_one_value_has_one_index_however_it_is_written(value: str) -> None:
    """Case and spaces around it do not matter."""
    assert EMAILS.of(value) == EMAILS.of(f" {value.strip().casefold()} ")


@pytest.mark.parametrize(
    ("one", "other"), [("Ada@X.org", "ada@x.org"), ("ﬁn@x.org", "fin@x.org"), ("é@x", "e\u0301@x")]
)
def test_spellings_that_look_alike_are_one(one: str, other: str) -> None:
    assert EMAILS.of(one) == EMAILS.of(other)


@given(st.emails(), st.emails())
def test_other_values_have_other_indexes(one: str, other: str) -> None:
    assert (EMAILS.of(one) == EMAILS.of(other)) == (one.casefold() == other.casefold())


def test_fields_and_secrets_cannot_be_compared() -> None:
    others = (BlindIndex(b"s" * 32, "users.name"), BlindIndex(b"t" * 32, "users.email"))
    assert len({index.of("ada@x.org") for index in (EMAILS, *others)}) == 3


def test_a_truncated_index_is_the_beginning_of_the_whole() -> None:
    assert BlindIndex(b"s" * 32, "users.email", length=2).of("ada") == EMAILS.of("ada")[:2]
    assert len(EMAILS.of("ada")) == 32


@pytest.mark.parametrize("length", [0, 33])
def test_a_length_that_is_none_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="1 to 32"):
        BlindIndex(b"s" * 32, "users.email", length=length)
