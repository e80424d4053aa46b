"""Do it again when somebody else was faster (optimistic locking)."""

import asyncio
import random
from typing import Any

from colonnade.application.messaging.context import Context
from colonnade.application.messaging.messages import Command, Message
from colonnade.application.messaging.pipeline import Call
from colonnade.core import VersionConflict


class Retrying:
    """Repeats a command that lost a race, from a fresh read, a few times with growing pauses.

    A sender that named the version it saw is not overruled: the fresh read finds another version and refuses.
    """

    def __init__(self, *, attempts: int = 5, pause_seconds: float = 0.005) -> None:
        self._attempts = attempts
        self._pause_seconds = pause_seconds

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Repeat the call on a version conflict."""
        if not issubclass(kind, Command):
            return call
        last = self._attempts - 1

        async def retried(message: Any, context: Context) -> Any:  # types are stated by the bus
            attempt = 0
            while True:
                try:
                    return await call(message, context)
                except VersionConflict:
                    if attempt == last:
                        raise
                await asyncio.sleep(self._pause_seconds * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter # nosec B311
                attempt += 1

        return retried
