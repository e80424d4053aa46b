"""One value that is asked for once and remembered for a while, however many want it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from colonnade.core import Clock

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Remembers what a function returned. What it raises is told to all who waited for it, and not remembered."""

    def __init__(self, read: Callable[[], Awaitable[Value]], clock: Clock, *, seconds: int) -> None:
        self._read = read
        self._clock = clock
        self._lifetime = timedelta(seconds=seconds)
        self._reading: asyncio.Task[Value] | None = None
        self._known: tuple[Value, datetime] | None = None

    async def get(self, *, younger_than_seconds: int | None = None) -> Value:
        """Return the value, read anew if it is too old.

        Args:
            younger_than_seconds: How old it may be, if that is less than usual.
        """
        lifetime = self._lifetime if younger_than_seconds is None else timedelta(seconds=younger_than_seconds)
        if self._known is not None and self._clock.now() < self._known[1] + lifetime:
            return self._known[0]
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_anew())
            self._reading.add_done_callback(self._has_read)
        return await asyncio.shield(self._reading)

    async def _read_anew(self) -> Value:
        value = await self._read()
        self._known = (value, self._clock.now())
        return value

    def _has_read(self, task: "asyncio.Task[Value]") -> None:
        self._reading = None
        if not task.cancelled():
            task.exception()  # somebody who waited has been told, or nobody waits any more
