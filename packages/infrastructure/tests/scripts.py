"""What handlers do in a test beside leaving their effect: fail, or wait."""

import asyncio
from collections.abc import Awaitable, Callable

from colonnade.application.messaging import Context

Script = Callable[[Context], Awaitable[object]]


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
