"""Cursors: they come back as they went out, and nothing else passes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import CursorCodec, Invalid

CODEC = CursorCodec(b"a secret of the server, 32 bytes")
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEYS = st.lists(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS, max_size=4
)


@given(WORDS, KEYS)
def test_the_keys_come_back(query: str, keys: list[str | int | float | None]) -> None:
    """Whatever scalars a row is sorted by, in any script."""
    assert CODEC.decode(query, CODEC.encode(query, keys), keys=len(keys)) == keys


@given(WORDS, KEYS)
def test_a_cursor_needs_no_escaping_in_an_address(query: str, keys: list[str | int | float | None]) -> None:
    """It is base64url without padding (RFC 4648, section 5)."""
    assert not set(CODEC.encode(query, keys)) & set("+/=&?#% ")


@given(KEYS, st.data())
def test_a_change_to_any_byte_is_refused(keys: list[str | int | float | None], data: st.DataObject) -> None:
    """The keys and their tag belong together."""
    cursor = CODEC.encode("q", keys)
    raw = bytearray(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))

    refused("q", urlsafe_b64encode(raw).rstrip(b"=").decode(), len(keys))


@given(st.integers(0, 60))
def test_a_truncated_cursor_is_refused(length: int) -> None:
    """Cut anywhere, down to nothing."""
    cursor = CODEC.encode("q", ["2026-01-01", "a title of some length", 12])

    refused("q", cursor[: min(length, len(cursor) - 2)], 3)


@given(st.text(max_size=80))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    """Nothing that a client may send raises anything else."""
    refused("q", text, 1)


@pytest.mark.parametrize("noise", ["!", " ", "\n", "=", "=="])
@pytest.mark.parametrize("key", ["", "a", "ab"])
def test_a_cursor_has_one_spelling(key: str, noise: str) -> None:
    """Characters that base64 readers skip make it another text, and that one was never given out."""
    refused("q", CODEC.encode("q", [key]) + noise, 1)


@given(WORDS, WORDS, KEYS)
def test_a_cursor_of_another_query_is_refused(one: str, other: str, keys: list[str | int | float | None]) -> None:
    """Pages of different lists cannot be mixed."""
    if one != other:
        refused(other, CODEC.encode(one, keys), len(keys))


def test_a_query_cannot_borrow_from_the_keys() -> None:
    """Where the description ends is part of what is signed."""
    cursor = CODEC.encode("q[1", [2])

    refused("q", cursor, 1)


def test_a_cursor_of_another_secret_is_refused() -> None:
    """Without the secret nobody makes one."""
    refused("q", CursorCodec(b"another secret").encode("q", [1]), 1)


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_cursor_with_another_number_of_keys_is_refused(expected: int) -> None:
    """The list is sorted by something else now."""
    refused("q", CODEC.encode("q", [1, 2]), expected)


def refused(query: str, cursor: str, keys: int) -> None:
    """Check that a cursor is refused in the way that the API's edge can show."""
    with pytest.raises(Invalid, match="start again from the first page") as refusal:
        CODEC.decode(query, cursor, keys=keys)
    assert refusal.value.facts == {"field": "cursor"}
