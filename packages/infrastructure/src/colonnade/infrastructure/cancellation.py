"""Ending tasks, for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN_SECONDS = 1.0


async def cancel_and_wait(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended, however they did.

    A cancellation can be lost: `asyncio.wait_for` of Python 3.11 swallows one that comes at the moment of the answer.
    So it is repeated, but not at once, since a second one would disturb what a task does to end in order. Whoever is
    cancelled while waiting here does not cancel the tasks once more.
    """
    left = list(tasks)
    while pending := {task for task in left if not task.done()}:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=_AGAIN_SECONDS)
