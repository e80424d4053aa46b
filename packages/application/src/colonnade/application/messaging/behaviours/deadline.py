"""Stop working on what nobody waits for any more."""

import asyncio
from typing import Any

from colonnade.application.messaging.context import Context
from colonnade.application.messaging.messages import Message
from colonnade.application.messaging.pipeline import Call
from colonnade.core import Clock
from colonnade.core.errors import DeadlineExceeded


class Deadlines:
    """Ends a message at the deadline of its context, if it has one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Bound the call in time."""
        clock = self._clock

        async def bounded(message: Any, context: Context) -> Any:  # types are stated by the bus
            if context.deadline is None:
                return await call(message, context)
            seconds = (context.deadline - clock.now()).total_seconds()
            if seconds <= 0:
                raise _exceeded()
            try:
                async with asyncio.timeout(seconds) as limit:
                    return await call(message, context)
            except TimeoutError:
                if not limit.expired():
                    raise
                raise _exceeded() from None

        return bounded


def _exceeded() -> DeadlineExceeded:
    return DeadlineExceeded("took longer than you were ready to wait: repeat it with the same idempotency key")
