"""What a server clears away by itself: idempotency keys that nobody will repeat any more."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from colonnade.core import Clock, ColonnadeError
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore

INTERVAL_SECONDS = 3600.0

_log = logging.getLogger("colonnade.housekeeping")


@asynccontextmanager
async def housekeeping(store: SqlIdempotencyStore, clock: Clock, *, keep_seconds: int) -> AsyncIterator[None]:
    """Clear away at once and then every hour, as long as the context is open.

    Args:
        store: Where the keys are.
        clock: Time.
        keep_seconds: How long a key is remembered.
    """
    task = asyncio.create_task(_clear_for_ever(store, clock, keep_seconds), name="housekeeping")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _clear_for_ever(store: SqlIdempotencyStore, clock: Clock, keep_seconds: int) -> None:
    while True:
        try:
            await store.expire(clock.now() - timedelta(seconds=keep_seconds))
        except ColonnadeError as error:
            _log.warning("old idempotency keys stay for now: %s", error.message)
        await asyncio.sleep(INTERVAL_SECONDS)
