"""The envelope: data keys are kept wrapped by a key-encryption key, which itself is kept elsewhere.

To rotate the key-encryption key, readers get the new one beside the former ones, then the wrapped keys are wrapped anew
one by one; nothing that the data keys sealed is touched, and no reader is interrupted.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from colonnade.security.encryption.data_keys import DataKey
from colonnade.security.encryption.errors import KeyMissing


class KeyEncryptionKey(Protocol):
    """A key that wraps keys: a file, an environment variable, a key management service."""

    @property
    def key_id(self) -> str:
        """Its name, kept beside what it wraps; says nothing of the key."""
        ...

    async def wrap(self, key: bytes, name: str) -> bytes:
        """Encrypt a key under a name, to which it is bound.

        Raises:
            Unavailable: The key does not answer now.
            KeyRefused: It refuses.
        """
        ...

    async def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """Decrypt a key.

        Raises:
            Unavailable: The key does not answer now.
            KeyRefused: It refuses, or something else was wrapped.
        """
        ...


class WrappedKey(NamedTuple):
    """A data key as it is kept.

    Attributes:
        id: Name of the data key.
        kek: Name of the key that wraps it.
        wrapped: The wrapped key.
    """

    id: UUID
    kek: str
    wrapped: bytes


class Envelope:
    """Wraps data keys with the current key-encryption key, and opens what former ones have wrapped."""

    def __init__(self, current: KeyEncryptionKey, former: Sequence[KeyEncryptionKey] = ()) -> None:
        self.current = current
        self._keks = {kek.key_id: kek for kek in (*former, current)}

    async def wrap(self, key: DataKey) -> WrappedKey:
        """Wrap a data key with the current key."""
        return WrappedKey(key.id, self.current.key_id, await self.current.wrap(key.secret, _name(key.id)))

    async def unwrap(self, wrapped: WrappedKey) -> DataKey:
        """Open a wrapped data key.

        Raises:
            KeyMissing: The key that wraps it is neither the current nor a former one.
            KeyRefused: It was altered, or wrapped by another key.
            Unavailable: The key-encryption key does not answer now.
        """
        kek = self._keks.get(wrapped.kek)
        if kek is None:
            raise KeyMissing(
                f"data key {wrapped.id} is wrapped by {wrapped.kek}, which is not configured", key=wrapped.kek
            )
        return DataKey(wrapped.id, await kek.unwrap(wrapped.wrapped, _name(wrapped.id)))

    async def rewrap(self, wrapped: WrappedKey) -> WrappedKey:
        """Return a data key wrapped with the current key."""
        return await self.wrap(await self.unwrap(wrapped))


def _name(key_id: UUID) -> str:
    return f"data key {key_id}"
