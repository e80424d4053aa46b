"""Waiting for what tests expect, and what handlers do beside leaving their effect."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

from colonnade.application.messaging import Context

DEADLINE_SECONDS = 10
TICK_SECONDS = 0.005

Script = Callable[[Context], Awaitable[None]]


async def eventually(condition: Callable[[], bool | Awaitable[bool]], found: Callable[[], str] = str) -> None:
    """Wait until something holds.

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


def raising(*errors: Exception) -> Script:
    """Return a script that raises these errors one after the other, the last one again and again."""
    left = list(errors)

    async def fail(context: Context) -> None:
        raise left.pop(0) if len(left) > 1 else left[0]

    return fail


def failing(*errors: Exception) -> Script:
    """Return a script that raises these errors one after the other and then goes well."""
    left = list(errors)

    async def fail(context: Context) -> None:
        if left:
            raise left.pop(0)

    return fail


def waiting_for(event: asyncio.Event) -> Script:
    """Return a script that goes on when something happens."""

    async def wait(context: Context) -> None:
        await event.wait()

    return wait
