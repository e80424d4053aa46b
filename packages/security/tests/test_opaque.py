"""Opaque tokens: found by their prefix, checked without a database, kept as a hash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.opaque import OpaqueTokens, digest_of

TOKENS = OpaqueTokens("clnp")


def test_every_token_is_another_one_and_looks_right() -> None:
    made = [TOKENS.make() for _ in range(50)]
    assert len({token.text for token in made}) == 50
    assert all(TOKENS.looks_right(token.text) for token in made)


def test_what_is_kept_is_the_hash_of_the_whole_text() -> None:
    token = TOKENS.make()
    assert token.digest == digest_of(token.text)
    assert token.text not in token.digest
    assert token.text.startswith(token.hint)


def test_the_secret_is_not_in_its_repr() -> None:
    token = TOKENS.make()
    assert token.text not in repr(token)


@pytest.mark.parametrize("text", ["", "clnp_", "clnx_" + "0" * 38, "clnp_" + "é" * 38])
def test_another_text_does_not_look_right(text: str) -> None:
    assert not TOKENS.looks_right(text)


@given(st.integers(0, 42), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_wrong_character_is_noticed(place: int, letter: str) -> None:
    text = TOKENS.make().text
    changed = text[:place] + letter + text[place + 1 :]
    assert changed == text or not TOKENS.looks_right(changed)
