"""Challenges that carry their own proof: random, signed, good for one purpose, for a while and once."""

import hashlib
import hmac
import os
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from colonnade.core import Clock
from colonnade.security.marks import Marks
from colonnade.security.passkeys.errors import PasskeyReason, PasskeyRefused

_TIME_BYTES = 8
_RANDOM_BYTES = 16
_HEAD_BYTES = _TIME_BYTES + _RANDOM_BYTES
_TAG_BYTES = 32


class SpentChallenge(NamedTuple):
    """A challenge that was used up.

    Attributes:
        mark: Its SHA-256, hexadecimal.
        until: When it would have stopped being good.
    """

    mark: str
    until: datetime


class Challenges:
    """Makes challenges and takes each back once; nothing is kept of those that nobody answers.

    Args:
        key: Signs them (HMAC-SHA-256), 32 random bytes; the same in all processes.
        clock: Time.
        marks: What was answered already, shared by all processes.
        lifetime_seconds: How long a challenge is good.
    """

    def __init__(self, key: bytes, clock: Clock, marks: Marks, *, lifetime_seconds: int = 300) -> None:
        self._key = key
        self._clock = clock
        self._marks = marks
        self._lifetime = timedelta(seconds=lifetime_seconds)

    @property
    def lifetime_seconds(self) -> int:
        """How long a challenge is good."""
        return int(self._lifetime.total_seconds())

    def issue(self, purpose: str) -> bytes:
        """Return a new challenge of 56 bytes, of which 16 are random.

        Args:
            purpose: What may be done with the answer, and by whom; it is good for nothing else.
        """
        expires_at = int((self._clock.now() + self._lifetime).timestamp())
        head = expires_at.to_bytes(_TIME_BYTES, "big") + os.urandom(_RANDOM_BYTES)
        return head + self._tag(head, purpose)

    async def spend(self, challenge: bytes, purpose: str) -> SpentChallenge:
        """Use a challenge up.

        Raises:
            PasskeyRefused: It is not one of ours, is for something else, too old, or was used.
        """
        head, tag = challenge[:_HEAD_BYTES], challenge[_HEAD_BYTES:]
        if len(tag) != _TAG_BYTES or not hmac.compare_digest(tag, self._tag(head, purpose)):
            raise _refusal()
        until = datetime.fromtimestamp(int.from_bytes(head[:_TIME_BYTES], "big"), UTC)
        mark = hashlib.sha256(challenge).hexdigest()
        if self._clock.now() >= until or not await self._marks.take(mark, until):
            raise _refusal()
        return SpentChallenge(mark, until)

    def _tag(self, head: bytes, purpose: str) -> bytes:
        return hmac.digest(self._key, head + purpose.encode(), "sha256")


def _refusal() -> PasskeyRefused:
    return PasskeyRefused("this answers no question of ours, or too late: begin again", reason=PasskeyReason.CHALLENGE)
