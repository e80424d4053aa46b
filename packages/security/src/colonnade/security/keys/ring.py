"""Key rings: the key that signs, and all keys whose signatures are good."""

from collections.abc import Iterable
from typing import Protocol

from colonnade.security.keys.signing import SigningKey
from colonnade.security.keys.verifying import VerifyingKey


class VerifyingKeys(Protocol):
    """Finds the key that a signature is checked with."""

    def public(self, kid: str) -> VerifyingKey | None:
        """Return the public key with this name, if its signatures are good now; the name is looked up, no more."""
        ...


class KeySource(VerifyingKeys, Protocol):
    """Keys of a service that signs."""

    @property
    def current(self) -> SigningKey:
        """The key that signs now."""
        ...

    def published(self) -> tuple[VerifyingKey, ...]:
        """Return all keys that others should know."""
        ...


class KeyRing:
    """Keys that stay as they are."""

    def __init__(self, current: SigningKey, others: Iterable[SigningKey] = ()) -> None:
        self._current = current
        self._public = {key.kid: key.public for key in (current, *others)}

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._current

    def public(self, kid: str) -> VerifyingKey | None:
        """Return the public key with this name, if it is on the ring."""
        return self._public.get(kid)

    def published(self) -> tuple[VerifyingKey, ...]:
        """Return the public halves of all keys."""
        return tuple(self._public.values())
