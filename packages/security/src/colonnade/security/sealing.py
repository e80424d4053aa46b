"""Sealed values: encrypted and bound to the place where they are kept (AES-256-GCM, NIST SP 800-38D)."""

import os

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "sealing", "cryptography")

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from colonnade.core import Invalid

_NONCE_BYTES = 12


class Sealer:
    """Seals with a key derived from the service's secret for one purpose."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derive_key(secret, purpose))

    def seal(self, value: bytes, place: bytes) -> bytes:
        """Encrypt a value so that it can be opened at its place only."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, place)

    def unseal(self, sealed: bytes, place: bytes) -> bytes:
        """Decrypt a value.

        Raises:
            Invalid: It was altered, moved, or sealed with another secret.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as error:
            raise Invalid("the sealed value cannot be opened") from error


def derive_key(secret: bytes, purpose: str, *, length: int = 32) -> bytes:
    """Return a key for one purpose (HKDF, RFC 5869), so that no two purposes share one."""
    return HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(secret)
