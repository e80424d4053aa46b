"""A worker process of the service, which can be told to die, to fail or to be confused."""

import argparse
import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos.outside import outside
from chaos.service import handlers, resolver_of
from sqlalchemy import event

from colonnade.core import Clock, SystemClock
from colonnade.infrastructure.composition import running_service
from colonnade.infrastructure.database import Database, DatabaseSettings

READY = "ready"
"""What it says on standard output when it works."""

_CALLS_PER_JUMP = 50


class Fumbling:
    """Takes its time between an effect and the end of its transaction, and then may fail.

    It says on standard output what it is at.
    """

    def __init__(self, *, dawdle_seconds: float, stumbles: float, fails_at: Collection[int]) -> None:
        """Say how bad it is.

        Args:
            dawdle_seconds: How long it takes at most.
            stumbles: How often it fails, from 0 to 1.
            fails_at: For which numbers it always fails.
        """
        self._dawdle_seconds = dawdle_seconds
        self._stumbles = stumbles
        self._fails_at = fails_at

    async def left(self, number: int) -> None:
        """Let something happen."""
        print(number, flush=True)
        await asyncio.sleep(random.uniform(0, self._dawdle_seconds))
        if number in self._fails_at or random.random() < self._stumbles:
            raise RuntimeError(f"{number} could not be done")


class JumpingClock:
    """Is wrong by a number of hours between two limits, and every few calls by another one."""

    def __init__(self, least: float, most: float) -> None:
        self._limits = least, most
        self._calls = 0
        self._wrong_by = timedelta()

    def now(self) -> datetime:
        """Return some moment."""
        if self._calls % _CALLS_PER_JUMP == 0:
            self._wrong_by = timedelta(hours=random.uniform(*self._limits))
        self._calls += 1
        return datetime.now(UTC) + self._wrong_by


def die_at(database: Database, moment: int) -> None:
    """Be killed when an effect was written and so many further things have happened to the database.

    Each statement is one thing, and so is the moment before each commit and the one after it.
    """
    left = [moment]
    begun = [False]

    def count() -> None:
        left[0] -= begun[0]
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(database.writer, "after_cursor_execute")
    def _(connection: Any, cursor: Any, statement: str, *_: Any) -> None:  # the driver's own
        begun[0] = begun[0] or "chaos_effects" in statement
        count()

    dialect = database.writer.dialect
    commit = dialect.do_commit

    def committed(connection: Any) -> None:  # the driver's own
        count()
        commit(connection)
        count()

    dialect.do_commit = committed  # type: ignore[method-assign, assignment]  # that is the fault


@asynccontextmanager
async def working(given: argparse.Namespace) -> AsyncIterator[None]:
    """Work while the context is open."""
    database = Database(DatabaseSettings(given.url))
    if given.die_at is not None:
        die_at(database, given.die_at)
    clock: Clock = JumpingClock(*given.wrong_hours) if given.wrong_hours else SystemClock()
    fumbling = Fumbling(dawdle_seconds=given.dawdle_seconds, stumbles=given.stumbles, fails_at=given.fails_at)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.dispose)
        further = await stack.enter_async_context(outside(database, clock, given.nats, given.valkey, given.smtp))
        resolver = resolver_of(
            database,
            *further.subscriptions,
            moments=fumbling,
            clock=clock,
            objects=further.objects,
            factories=further.factories,
        )
        await stack.enter_async_context(
            running_service(
                resolver,
                handlers=[handlers, *further.handlers],
                lease_seconds=given.lease_seconds,
                poll_seconds=given.poll_seconds,
            )
        )
        yield


async def main(words: list[str]) -> None:
    """Work until a signal comes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--lease-seconds", type=float, default=1.0)
    parser.add_argument("--poll-seconds", type=float, default=0.2)
    parser.add_argument("--die-at", type=int)
    parser.add_argument("--dawdle-seconds", type=float, default=0.0)
    parser.add_argument("--stumbles", type=float, default=0.0)
    parser.add_argument("--fails-at", type=int, nargs="*", default=())
    parser.add_argument("--wrong-hours", type=float, nargs=2)
    parser.add_argument("--nats")
    parser.add_argument("--valkey")
    parser.add_argument("--smtp", type=int)
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with working(parser.parse_args(words)):
        print(READY, flush=True)
        await told.wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
