"""Marks: what was used already, so that what is good once is good once."""

from datetime import datetime
from typing import Protocol

from colonnade.core import Clock, Unavailable


class Marks(Protocol):
    """What was used, in all processes that must agree about it."""

    async def take(self, mark: str, until: datetime) -> bool:
        """Put a mark if nobody has, and tell whether it was this call that put it.

        Args:
            mark: Name of what is used up; the same for the same thing.
            until: When it stops being good anyway, and the mark may be forgotten.
        """
        ...


class MemoryMarks:
    """Marks in the memory of one process, up to a number.

    Args:
        clock: Time.
        capacity: How many at most.
    """

    def __init__(self, clock: Clock, *, capacity: int = 100_000) -> None:
        self._clock = clock
        self._capacity = capacity
        self._until: dict[str, datetime] = {}

    async def take(self, mark: str, until: datetime) -> bool:
        """Put a mark if nobody has, and tell whether it was this call that put it.

        Raises:
            Unavailable: There is no room: to forget one early would let something be used twice.
        """
        if mark in self._until:
            return False
        if len(self._until) >= self._capacity:
            now = self._clock.now()
            self._until = {known: end for known, end in self._until.items() if end > now}
        if len(self._until) >= self._capacity:
            raise Unavailable("too much was used in a short time")
        self._until[mark] = until
        return True
