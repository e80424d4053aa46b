"""The schemes that webhooks are signed by: HMAC-SHA256 (RFC 2104) as `v1`, Ed25519 (RFC 8032) as `v1a`."""

import hashlib
import hmac
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signing(Protocol):
    """Signs, by one scheme."""

    @property
    def version(self) -> str:
        """What the scheme's signatures begin with."""
        ...

    def sign(self, content: bytes) -> bytes:
        """Return the signature."""
        ...


class Verifying(Protocol):
    """Recognises signatures of one scheme."""

    @property
    def version(self) -> str:
        """What the scheme's signatures begin with."""
        ...

    def verify(self, content: bytes, signature: bytes) -> bool:
        """Tell whether the signature is good, in a time that says nothing of the secret."""
        ...


class SymmetricSecret:
    """HMAC-SHA256, `v1`."""

    version = "v1"

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def sign(self, content: bytes) -> bytes:
        """Return the signature, 32 bytes."""
        return hmac.digest(self._raw, content, hashlib.sha256)

    def verify(self, content: bytes, signature: bytes) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.sign(content), signature)


class PrivateKey:
    """Ed25519, `v1a`: the sender's half."""

    version = "v1a"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def sign(self, content: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self._key.sign(content)


class PublicKey:
    """Ed25519, `v1a`: the receiver's half."""

    version = "v1a"

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, content: bytes, signature: bytes) -> bool:
        """Verify; nothing here is secret."""
        try:
            self._key.verify(signature, content)
        except InvalidSignature:
            return False
        return True
