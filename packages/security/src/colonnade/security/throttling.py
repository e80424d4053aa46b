"""Slowing down whoever guesses: a turn is taken before the guess is looked at, and each failure lengthens the wait.

To count before looking is what makes parallel guesses no better than one after another.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Protocol

from colonnade.core import Clock
from colonnade.core.errors import LimitExceeded

_IPV6_NETWORK_BITS = 64


class GrowingDelay(NamedTuple):
    """How long to wait after so many failures.

    Attributes:
        free: Failures that cost nothing yet; the last of them brings the first wait.
        first_seconds: The first wait; each further one is twice as long.
        longest_seconds: Where the waits stop growing, so that nobody is kept out for ever.
        forget_seconds: After what silence the failures are forgotten.
    """

    free: int = 5
    first_seconds: float = 1.0
    longest_seconds: float = 900.0
    forget_seconds: float = 86_400.0

    def seconds(self, failures: int) -> float:
        """Return the wait after the failure of this number, from 1."""
        if failures < self.free:
            return 0.0
        return min(self.first_seconds * 2.0 ** min(failures - self.free, 60), self.longest_seconds)

    def steps(self) -> Sequence[tuple[int, float]]:
        """Return every wait with the number of failures from which on it holds, the shortest first."""
        steps = [(self.free, self.seconds(self.free))]
        while steps[-1][1] < self.longest_seconds:
            steps.append((steps[-1][0] + 1, self.seconds(steps[-1][0] + 1)))
        return steps


class Turns(Protocol):
    """Counts failures by key."""

    async def take(self, key: str, delay: GrowingDelay) -> None:
        """Take a turn, and count it as a failure until it is given back or the failures are forgotten.

        Raises:
            LimitExceeded: Its time has not come: `retry_after_seconds` says how long that takes.
        """
        ...

    async def blocked_until(self, key: str) -> datetime | None:
        """Return until when no turn is to be had, if that is later than now."""
        ...


class MemoryTurns:
    """Counts the failures of one process.

    Args:
        clock: Time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[int, datetime, datetime]] = {}

    async def take(self, key: str, delay: GrowingDelay) -> None:
        """Take a turn.

        Raises:
            LimitExceeded: Its time has not come.
        """
        now = self._clock.now()
        failures, last, until = self._counts.get(key, (0, now, now))
        if until > now:
            raise too_early(until, now)
        if last + timedelta(seconds=delay.forget_seconds) <= now:
            failures = 0
        self._counts[key] = (failures + 1, now, now + timedelta(seconds=delay.seconds(failures + 1)))

    async def blocked_until(self, key: str) -> datetime | None:
        """Return until when no turn is to be had."""
        now = self._clock.now()
        until = self._counts.get(key, (0, now, now))[2]
        return until if until > now else None

    def forget(self, key: str) -> None:
        """Begin to count from nothing."""
        self._counts.pop(key, None)


def too_early(until: datetime, now: datetime) -> LimitExceeded:
    """Return the refusal of a turn that comes too early."""
    wait = max(1, -int(-(until - now).total_seconds() // 1))
    return LimitExceeded(f"too many attempts failed: try again in {wait} seconds", retry_after_seconds=wait)


def network_of(address: str) -> str:
    """Return who is behind an address: of IPv6 the /64, which one customer has to themselves (RFC 6177)."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> _IPV6_NETWORK_BITS << _IPV6_NETWORK_BITS))
