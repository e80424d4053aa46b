"""Secrets and keys of webhooks are well formed, fresh, and never shown by accident."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import Invalid
from colonnade.security.webhooks import (
    KeyPair,
    WebhookSigner,
    WebhookVerifier,
    generate_key_pair,
    generate_secret,
    public_key_of,
)

from .clock import MovableClock


def encoded(prefix: str, raw: bytes) -> str:
    """Return a key as text."""
    return prefix + b64encode(raw).decode()


def test_a_fresh_secret_has_32_random_bytes_unless_more_or_fewer_are_wanted() -> None:
    for length, secret in ((32, generate_secret()), (24, generate_secret(24)), (64, generate_secret(64))):
        assert secret.startswith("whsec_")
        assert len(b64decode(secret.removeprefix("whsec_"), validate=True)) == length
    assert len({generate_secret() for _ in range(100)}) == 100


@pytest.mark.parametrize("length", [-1, 0, 23, 65])
def test_a_secret_is_not_shorter_or_longer_than_the_standard_says(length: int) -> None:
    with pytest.raises(Invalid, match="24 to 64 bytes"):
        generate_secret(length)
    with pytest.raises(Invalid, match="24 to 64 bytes"):
        WebhookSigner([encoded("whsec_", b"s" * max(length, 0))])


def test_a_fresh_pair_belongs_together() -> None:
    pair = generate_key_pair()

    assert pair.private.startswith("whsk_")
    assert pair.public.startswith("whpk_")
    assert public_key_of(pair.private) == pair.public
    assert pair != generate_key_pair()


def test_a_private_key_may_have_the_public_one_behind_it() -> None:
    """As libsodium and Svix write it; then both must be of one pair."""
    pair, other = generate_key_pair(), generate_key_pair()
    seed = b64decode(pair.private.removeprefix("whsk_"))

    assert public_key_of(encoded("whsk_", seed + b64decode(pair.public.removeprefix("whpk_")))) == pair.public
    with pytest.raises(Invalid, match="do not belong together"):
        public_key_of(encoded("whsk_", seed + b64decode(other.public.removeprefix("whpk_"))))


def test_each_side_takes_only_what_it_should_have() -> None:
    """A receiver has no use for a private key, a sender cannot sign with a public one."""
    pair = generate_key_pair()

    with pytest.raises(Invalid, match="private key"):
        WebhookSigner([pair.public])
    with pytest.raises(Invalid, match="public key"):
        WebhookVerifier([pair.private], MovableClock())
    with pytest.raises(Invalid, match="whsk_"):
        public_key_of(pair.public)


@pytest.mark.parametrize("prefix", ["whsec_", "whsk_", "whpk_"])
@given(raw=st.binary(max_size=80).filter(lambda raw: len(raw) not in {32, 64} and not 24 <= len(raw) <= 64))
def test_a_key_of_another_length_is_refused(prefix: str, raw: bytes) -> None:
    for make in (lambda text: WebhookSigner([text]), lambda text: WebhookVerifier([text], MovableClock())):
        with pytest.raises(Invalid):
            make(encoded(prefix, raw))


@pytest.mark.parametrize("text", ["", "whsec", "secret", "whsec_not base64!!", "whsec_é" * 9, "whsk_%%%", "whpk_%%%"])
def test_what_is_not_well_formed_is_refused_without_being_repeated(text: str) -> None:
    for make in (lambda text: WebhookSigner([text]), lambda text: WebhookVerifier([text], MovableClock())):
        with pytest.raises(Invalid) as refused:
            make(text)
        assert refused.value.__cause__ is None
        assert "%%%" not in str(refused.value)
        assert "not base64!!" not in str(refused.value)


def test_no_secret_is_in_what_an_object_shows() -> None:
    secret, pair = generate_secret(), generate_key_pair()
    shown = "".join(
        f"{part!r}{part}"
        for part in (
            pair,
            WebhookSigner([secret, pair.private]),
            *WebhookSigner([secret, pair.private])._keys,
            WebhookVerifier([secret, pair.public], MovableClock()),
            *WebhookVerifier([secret, pair.public], MovableClock())._keys,
        )
    )

    assert shown.count(pair.public) == 2
    for hidden in (secret, pair.private):
        text = hidden.partition("_")[2]
        assert text not in shown
        assert repr(b64decode(text)) not in shown
        assert b64decode(text).hex() not in shown


def test_a_pair_can_be_kept_and_read_again() -> None:
    pair = generate_key_pair()

    assert KeyPair(pair.private, public_key_of(pair.private)) == pair
