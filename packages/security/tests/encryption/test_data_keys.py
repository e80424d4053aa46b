"""What a data key seals opens at its place, with that key, unaltered, and in no other way."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.encryption import CiphertextRefused, DataKey, DataKeys, KeyMissing, Place
from colonnade.security.encryption.data_keys import key_id_of

KEY = DataKey(UUID(int=7), b"k" * 32)
HERE = Place("personal data", "users", "email", "1")

places = st.builds(Place, *[st.text(max_size=8)] * 4)


@given(st.binary(max_size=300), places)
def test_what_is_sealed_can_be_opened(value: bytes, place: Place) -> None:
    assert KEY.unseal(KEY.seal(value, place), place) == value


@given(places, places)
def test_a_moved_value_is_refused(there: Place, here: Place) -> None:
    """Even if the parts of the place make the same text together."""
    sealed = KEY.seal(b"for Ada", there)
    if there == here:
        assert KEY.unseal(sealed, here) == b"for Ada"
        return
    with pytest.raises(CiphertextRefused):
        KEY.unseal(sealed, here)


def test_the_parts_of_a_place_do_not_run_into_each_other() -> None:
    one, other = Place("a", "bc", "d", ""), Place("a", "b", "cd", "")
    with pytest.raises(CiphertextRefused):
        KEY.unseal(KEY.seal(b"x", one), other)


@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    """In version, key, nonce, ciphertext or tag."""
    sealed = bytearray(KEY.seal(b"a value", HERE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CiphertextRefused):
        KEY.unseal(bytes(sealed), HERE)


@given(st.binary(max_size=80))
def test_what_was_never_sealed_is_refused(junk: bytes) -> None:
    with pytest.raises(CiphertextRefused):
        KEY.unseal(junk, HERE)


def test_every_sealing_looks_different() -> None:
    assert KEY.seal(b"x", HERE) != KEY.seal(b"x", HERE)


def test_a_sealed_value_names_its_key() -> None:
    assert key_id_of(KEY.seal(b"x", HERE)) == KEY.id


def test_a_key_of_the_same_name_does_not_open_it() -> None:
    with pytest.raises(CiphertextRefused):
        DataKey(KEY.id, b"l" * 32).unseal(KEY.seal(b"x", HERE), HERE)


def test_the_current_key_seals_and_all_open() -> None:
    old = KEY.seal(b"old", HERE)
    keys = DataKeys(DataKey.generate(), [KEY])
    assert keys.unseal(old, HERE) == b"old"
    assert key_id_of(keys.seal(b"new", HERE)) == keys.current.id != KEY.id
    assert KEY.id in keys


def test_a_key_that_is_not_here_is_named() -> None:
    with pytest.raises(KeyMissing) as missing:
        DataKeys(DataKey.generate()).unseal(KEY.seal(b"x", HERE), HERE)
    assert missing.value.facts["key"] == str(KEY.id)


def test_a_key_does_not_show_itself() -> None:
    assert "k" * 8 not in repr(KEY) + str(KEY)
    assert KEY.secret.hex() not in repr(KEY)


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(UUID(int=1), b"short")
