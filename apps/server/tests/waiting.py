"""Wait for a condition, never for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

DEADLINE_SECONDS = 20.0
LOOK_SECONDS = 0.005


async def eventually(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Return as soon as a condition holds.

    Raises:
        AssertionError: It does not within the deadline.
    """
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not await condition():  # noqa: ASYNC110 - the other side tells nobody when it is done
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise AssertionError(f"not within {DEADLINE_SECONDS} s: {what}") from None


async def found(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """Return what is looked for as soon as it is there."""
    seen: list[Any] = []

    async def is_there() -> bool:
        seen[:] = [await look()]
        return bool(seen[0])

    await eventually(is_there, what)
    return seen[0]


def until(condition: Callable[[], bool], what: str) -> None:
    """Return as soon as a condition holds that is about other processes.

    Raises:
        AssertionError: It does not within the deadline.
    """
    deadline = time.monotonic() + 3 * DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(LOOK_SECONDS)
