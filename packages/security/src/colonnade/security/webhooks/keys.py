"""Secrets and keys of webhooks as text: `whsec_` (HMAC-SHA256), `whsk_` and `whpk_` (Ed25519), then base64."""

import binascii
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from colonnade.core import Invalid
from colonnade.security.webhooks.schemes import PrivateKey, PublicKey, Signing, SymmetricSecret, Verifying

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with, not one # nosec B105
PRIVATE_PREFIX = "whsk_"
PUBLIC_PREFIX = "whpk_"

MIN_SECRET_BYTES = 24
MAX_SECRET_BYTES = 64
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An Ed25519 key pair as text: the private key signs and stays here, the public one goes to the receiver."""

    private: str = field(repr=False)
    public: str


def generate_secret(length_bytes: int = 32) -> str:
    """Return a fresh `whsec_` secret that sender and receiver share, one for each endpoint.

    Raises:
        Invalid: The length is not within 24 to 64 bytes.
    """
    _check_secret_length(length_bytes)
    return SECRET_PREFIX + b64encode(secrets.token_bytes(length_bytes)).decode()


def generate_key_pair() -> KeyPair:
    """Return a fresh pair of `whsk_` and `whpk_` keys, one for each endpoint."""
    private = PRIVATE_PREFIX + b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    return KeyPair(private, public_key_of(private))


def public_key_of(private: str) -> str:
    """Return the `whpk_` key that belongs to a `whsk_` key.

    Raises:
        Invalid: It is not a private key.
    """
    return PUBLIC_PREFIX + b64encode(_private_key(private).public_key().public_bytes_raw()).decode()


def parse_signing(text: str) -> Signing:
    """Return what a `whsec_` secret or a `whsk_` key signs with.

    Raises:
        Invalid: It is neither; the message does not repeat it.
    """
    if text.startswith(SECRET_PREFIX):
        return _symmetric(text)
    if text.startswith(PRIVATE_PREFIX):
        return PrivateKey(_private_key(text))
    raise Invalid(f"a webhook is signed with a secret ({SECRET_PREFIX}…) or a private key ({PRIVATE_PREFIX}…)")


def parse_verifying(text: str) -> Verifying:
    """Return what a `whsec_` secret or a `whpk_` key verifies with.

    Raises:
        Invalid: It is neither; the message does not repeat it.
    """
    if text.startswith(SECRET_PREFIX):
        return _symmetric(text)
    if text.startswith(PUBLIC_PREFIX):
        return PublicKey(_public_key(text))
    raise Invalid(f"a webhook is verified with a secret ({SECRET_PREFIX}…) or a public key ({PUBLIC_PREFIX}…)")


def _symmetric(text: str) -> SymmetricSecret:
    raw = _decode(text, SECRET_PREFIX)
    _check_secret_length(len(raw))
    return SymmetricSecret(raw)


def _private_key(text: str) -> Ed25519PrivateKey:
    """Read the 32 bytes of RFC 8032, or 64 with the public key behind them, as libsodium and Svix write them."""
    raw = _decode(text, PRIVATE_PREFIX)
    if len(raw) not in {_KEY_BYTES, 2 * _KEY_BYTES}:
        raise Invalid(f"a {PRIVATE_PREFIX} key has {_KEY_BYTES} or {2 * _KEY_BYTES} bytes")
    key = Ed25519PrivateKey.from_private_bytes(raw[:_KEY_BYTES])
    if raw[_KEY_BYTES:] not in {b"", key.public_key().public_bytes_raw()}:
        raise Invalid(f"the halves of the {PRIVATE_PREFIX} key do not belong together")
    return key


def _public_key(text: str) -> Ed25519PublicKey:
    raw = _decode(text, PUBLIC_PREFIX)
    if len(raw) != _KEY_BYTES:
        raise Invalid(f"a {PUBLIC_PREFIX} key has {_KEY_BYTES} bytes")
    return Ed25519PublicKey.from_public_bytes(raw)


def _check_secret_length(length_bytes: int) -> None:
    if not MIN_SECRET_BYTES <= length_bytes <= MAX_SECRET_BYTES:
        raise Invalid(f"a webhook secret has {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes")


def _decode(text: str, prefix: str) -> bytes:
    if not text.startswith(prefix):
        raise Invalid(f"a key of this kind begins with {prefix}")
    try:
        return b64decode(text.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        # The cause is not kept: it may quote the secret.
        raise Invalid(f"what follows {prefix} is not base64") from None
