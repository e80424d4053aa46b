"""Rotation: a key is published as the next, signs as the current, and verifies as a retired one for a while."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from colonnade.core import Conflict, NotFound
from colonnade.security.keys.signing import SigningKey


class KeyState(StrEnum):
    """What a key on a ring is for."""

    NEXT = "next"
    CURRENT = "current"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class RingKey:
    """A key on a ring.

    Attributes:
        key: The key.
        state: What it is for.
        not_before: When it may begin to sign, or began to.
        retired_at: When it ceased to sign.
    """

    key: SigningKey
    state: KeyState
    not_before: datetime
    retired_at: datetime | None = None

    def verifies(self, at: datetime, retire_seconds: float) -> bool:
        """Tell whether its signatures are good at a moment."""
        return self.retired_at is None or at < self.retired_at + timedelta(seconds=retire_seconds)


Ring = tuple[RingKey, ...]


def find(ring: Ring, state: KeyState) -> RingKey:
    """Return the one key that is the current or the next."""
    return next(key for key in ring if key.state is state)


def rotated(ring: Ring, fresh: RingKey, at: datetime, *, retire_seconds: float, at_once: bool) -> Ring:
    """Return the ring on which the next key signs and the current one is retired; keys whose time is over are gone.

    Args:
        ring: As it is.
        fresh: What becomes the next key.
        at: When this happens.
        retire_seconds: How long a retired key verifies.
        at_once: Whether the next key may sign although others may not have heard of it yet.

    Raises:
        Conflict: The next key may not sign yet.
    """
    coming = find(ring, KeyState.NEXT)
    if at < coming.not_before and not at_once:
        raise Conflict(
            "the next key may not sign yet, since others may not know it", not_before=coming.not_before.isoformat()
        )
    retired = (_retired(key, at) for key in ring if key.state is not KeyState.NEXT)
    return (fresh, _current(coming, at), *(key for key in retired if key.verifies(at, retire_seconds)))


def withdrawn(ring: Ring, kid: str, fresh: RingKey, at: datetime) -> Ring:
    """Return the ring without a key, whose signatures are good for nothing from now on.

    For the current key the next one signs at once, and a fresh one takes the place of the one that is missing.

    Raises:
        NotFound: It is not on the ring.
    """
    lost = next((key for key in ring if key.key.kid == kid), None)
    if lost is None:
        raise NotFound("no key on the ring has this name", kid=kid)
    others = tuple(key for key in ring if key is not lost)
    if lost.state is KeyState.RETIRED:
        return others
    if lost.state is KeyState.CURRENT:
        others = tuple(_current(key, at) if key.state is KeyState.NEXT else key for key in others)
    return (fresh, *others)


def _current(key: RingKey, at: datetime) -> RingKey:
    return replace(key, state=KeyState.CURRENT, not_before=at)


def _retired(key: RingKey, at: datetime) -> RingKey:
    return key if key.state is KeyState.RETIRED else replace(key, state=KeyState.RETIRED, retired_at=at)
