"""Sealed values open where they were sealed, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import Invalid
from colonnade.security.sealing import Sealer, derive_key

SEALER = Sealer(b"s" * 32, "answers")


@given(st.binary(max_size=300), st.binary(max_size=50))
def test_what_is_sealed_can_be_opened(value: bytes, place: bytes) -> None:
    """Any value, anywhere."""
    assert SEALER.unseal(SEALER.seal(value, place), place) == value


@given(st.binary(min_size=8, max_size=50))
def test_the_value_is_not_in_the_sealed_one(value: bytes) -> None:
    """And sealing it twice looks different."""
    first, second = SEALER.seal(value, b"here"), SEALER.seal(value, b"here")
    assert value not in first
    assert first != second


def test_a_moved_value_does_not_open() -> None:
    """A row cannot be copied over another one."""
    with pytest.raises(Invalid):
        SEALER.unseal(SEALER.seal(b"for Ada", b"ada/1"), b"ben/1")


@given(st.data())
def test_an_altered_value_does_not_open(data: st.DataObject) -> None:
    """Not with a single bit turned over, wherever."""
    sealed = bytearray(SEALER.seal(b"a value", b"here"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Invalid):
        SEALER.unseal(bytes(sealed), b"here")


@pytest.mark.parametrize("length", range(30))
def test_a_value_that_was_cut_off_does_not_open(length: int) -> None:
    """Down to nothing at all."""
    with pytest.raises(Invalid):
        SEALER.unseal(SEALER.seal(b"a value", b"here")[:length], b"here")


def test_another_secret_and_another_purpose_do_not_open_it() -> None:
    """No two purposes share a key."""
    sealed = SEALER.seal(b"a value", b"here")
    for other in (Sealer(b"t" * 32, "answers"), Sealer(b"s" * 32, "cursors")):
        with pytest.raises(Invalid):
            other.unseal(sealed, b"here")


def test_a_key_for_a_purpose_is_always_the_same() -> None:
    """Of the length that is wanted, and unlike the secret."""
    assert derive_key(b"s" * 32, "a") == derive_key(b"s" * 32, "a")
    assert derive_key(b"s" * 32, "a") != derive_key(b"s" * 32, "b")
    assert len(derive_key(b"s" * 32, "a", length=64)) == 64
