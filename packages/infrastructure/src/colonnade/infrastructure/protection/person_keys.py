"""Keys of people as one piece of work holds them: sealing and opening without waiting."""

from collections.abc import Mapping
from enum import Enum
from typing import Literal
from uuid import UUID

from colonnade.infrastructure.protection.columns import Sealed
from colonnade.security.encryption import DataKey, Place


class ErasedPerson(Enum):
    """Stands for whatever was sealed with a key that is destroyed."""

    ERASED = "erased"


ERASED: Literal[ErasedPerson.ERASED] = ErasedPerson.ERASED
"""The one of its kind."""


class LoadedKeys:
    """The keys of some people, as they were a moment ago; whoever has none is erased."""

    def __init__(self, keys: Mapping[UUID, DataKey]) -> None:
        self._keys = keys

    def joined(self, other: "LoadedKeys") -> "LoadedKeys":
        """Return these keys and others."""
        return LoadedKeys({**self._keys, **other._keys})  # noqa: SLF001 - another one of its kind

    def seal(self, person_id: UUID, value: bytes, place: Place) -> Sealed | ErasedPerson:
        """Encrypt a value with a person's key; nothing is kept of a person who is erased."""
        key = self._keys.get(person_id)
        return ERASED if key is None else Sealed(key.seal(value, place))

    def unseal(self, sealed: Sealed, place: Place) -> bytes | ErasedPerson:
        """Decrypt a value with the key of the person that it names.

        Raises:
            CiphertextRefused: It was altered, or moved to this place from another one.
        """
        key = self._keys.get(sealed.key_id)
        return ERASED if key is None else key.unseal(sealed, place)
