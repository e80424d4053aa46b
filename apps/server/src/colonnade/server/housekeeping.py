"""What a server clears away by itself: what nobody will ask for any more."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from dishka import AsyncContainer

from colonnade.application.identity.notices import SESSIONS_KEPT_SECONDS
from colonnade.core import Clock, ColonnadeError
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore
from colonnade.infrastructure.identity.device_grants import SqlDevicePolls
from colonnade.infrastructure.identity.spent import SpentSignIns
from colonnade.infrastructure.identity.throttle import SqlTurns
from colonnade.server.settings import Settings

INTERVAL_SECONDS = 3600.0
_DAY_SECONDS = 86_400

_log = logging.getLogger("colonnade.housekeeping")


class Chore(NamedTuple):
    """Something to clear away.

    Attributes:
        what: What it is, in the plural.
        expire: Forgets what is older than a moment.
        keep_seconds: How old it may become.
    """

    what: str
    expire: Callable[[datetime], Awaitable[None]]
    keep_seconds: float


async def chores(container: AsyncContainer, settings: Settings) -> list[Chore]:
    """Return everything that the product clears away."""
    store, turns = await container.get(SqlIdempotencyStore), await container.get(SqlTurns)
    polls, spent = await container.get(SqlDevicePolls), await container.get(SpentSignIns)
    return [
        Chore("idempotency keys", store.expire, settings.http.idempotency_key_seconds),
        Chore("failures to sign in", turns.expire, _DAY_SECONDS),
        Chore("codes of devices", polls.expire, _DAY_SECONDS),
        Chore("links and challenges", spent.expire_secrets, _DAY_SECONDS),
        Chore("sessions", spent.expire_sessions, SESSIONS_KEPT_SECONDS),
    ]


@asynccontextmanager
async def housekeeping(chores: Iterable[Chore], clock: Clock) -> AsyncIterator[None]:
    """Clear away at once and then every hour, as long as the context is open."""
    task = asyncio.create_task(_clear_for_ever(tuple(chores), clock), name="housekeeping")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _clear_for_ever(chores: tuple[Chore, ...], clock: Clock) -> None:
    while True:
        for chore in chores:
            try:
                await chore.expire(clock.now() - timedelta(seconds=chore.keep_seconds))
            except ColonnadeError as error:
                _log.warning("old %s stay for now: %s", chore.what, error.message)
        await asyncio.sleep(INTERVAL_SECONDS)
