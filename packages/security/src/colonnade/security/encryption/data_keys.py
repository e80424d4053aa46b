"""Data keys: each seals values (AES-256-GCM) as `version | key id | nonce | ciphertext and tag`.

The version is one byte, now 1; the key's id are 16 bytes, the nonce 12, the tag 16. Version and id are part of what is
authenticated. With random nonces one key is good for 2**32 values (NIST SP 800-38D, section 8.3).
"""

import os
from collections.abc import Iterable, Iterator
from typing import NewType
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colonnade.core.identifiers import new_id
from colonnade.security.encryption.errors import CiphertextRefused, KeyMissing
from colonnade.security.encryption.places import Place

DataKeyId = NewType("DataKeyId", UUID)

KEY_BYTES = 32
_VERSION = b"\x01"
_HEADER_BYTES = 17
_NONCE_BYTES = 12
_SHORTEST_BYTES = _HEADER_BYTES + _NONCE_BYTES + 16


class DataKey:
    """A key with its name; it never shows itself.

    Attributes:
        id: Its name, which is part of all that it seals.
        secret: The 32 bytes.
    """

    __slots__ = ("_cipher", "id", "secret")

    def __init__(self, key_id: UUID, secret: bytes) -> None:
        """Use a key.

        Raises:
            ValueError: It has not got 32 bytes.
        """
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes")
        self.id = key_id
        self.secret = secret
        self._cipher = AESGCM(secret)

    @classmethod
    def generate(cls, key_id: UUID | None = None) -> "DataKey":
        """Make a fresh key, with a fresh name if none is given."""
        return cls(new_id(DataKeyId) if key_id is None else key_id, os.urandom(KEY_BYTES))

    def seal(self, value: bytes, place: Place) -> bytes:
        """Encrypt a value so that it opens at its place only."""
        header, nonce = _VERSION + self.id.bytes, os.urandom(_NONCE_BYTES)
        return header + nonce + self._cipher.encrypt(nonce, value, header + place.associated_data())

    def unseal(self, sealed: bytes, place: Place) -> bytes:
        """Decrypt a value.

        Raises:
            CiphertextRefused: It was altered, moved, or sealed with another key.
        """
        if key_id_of(sealed) != self.id:
            raise CiphertextRefused("the sealed value is of another key")
        header, nonce = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
        try:
            return self._cipher.decrypt(nonce, sealed[_HEADER_BYTES + _NONCE_BYTES :], header + place.associated_data())
        except InvalidTag as error:
            raise CiphertextRefused("the sealed value cannot be opened") from error

    def __repr__(self) -> str:
        return f"DataKey(id={self.id})"


class DataKeys:
    """The key that seals now, and all keys that open what was sealed before."""

    def __init__(self, current: DataKey, others: Iterable[DataKey] = ()) -> None:
        self.current = current
        self._keys = {key.id: key for key in (*others, current)}

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._keys

    def __iter__(self) -> Iterator[DataKey]:
        return iter(self._keys.values())

    def seal(self, value: bytes, place: Place) -> bytes:
        """Encrypt a value with the current key so that it opens at its place only."""
        return self.current.seal(value, place)

    def unseal(self, sealed: bytes, place: Place) -> bytes:
        """Decrypt a value with the key that sealed it.

        Raises:
            CiphertextRefused: It was altered or moved.
            KeyMissing: The key that sealed it is not here.
        """
        key = self._keys.get(key_id_of(sealed))
        if key is None:
            raise KeyMissing("the key of this sealed value is not here", key=str(key_id_of(sealed)))
        return key.unseal(sealed, place)


def key_id_of(sealed: bytes) -> UUID:
    """Return the name of the key that sealed a value.

    Raises:
        CiphertextRefused: This is no sealed value, or of a version that is not known.
    """
    if len(sealed) < _SHORTEST_BYTES or not sealed.startswith(_VERSION):
        raise CiphertextRefused("this is no sealed value of a known version")
    return UUID(bytes=sealed[1:_HEADER_BYTES])
