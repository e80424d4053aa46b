"""Waiting for what a test expects, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

DEADLINE_SECONDS = 20
TICK_SECONDS = 0.005


async def eventually(condition: Callable[[], bool | Awaitable[bool]], found: Callable[[], str] = str) -> None:
    """Wait until something holds that tells nobody when it does.

    Args:
        condition: Tells whether it holds.
        found: Says what is there instead, for the error.

    Raises:
        AssertionError: It does not within the deadline.
    """
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                holds = condition()
                if await holds if isawaitable(holds) else holds:
                    return
                await asyncio.sleep(TICK_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited in vain; found {found()}") from None
