"""Reading the next page of a long log against a short one: at the start, at the end, and for what seldom happens."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import NamedTuple

import uvloop
from sqlalchemy import text

from colonnade.application.subscriptions import Mode, Subscription
from colonnade.core import DomainEvent
from colonnade.infrastructure.database import Database, DatabaseSettings, LogPosition
from colonnade.infrastructure.database.event_log import START
from colonnade.infrastructure.subscriptions.reader import Batch, LogReader
from colonnade.testing.databases import PostgresTemplate
from colonnade.testing.work import migrated
from micro.subscriptions.service import Noted, Rare, fill
from micro.timing import interleaved

SHORT = 1_000
PARTITIONS = 4
_TAIL = 100
_BEFORE_END = text("SELECT transaction_id, position FROM event_log ORDER BY 1 DESC, 2 DESC OFFSET :tail LIMIT 1")


class LongLog(NamedTuple):
    """What a long log costs.

    Attributes:
        microseconds: Of one page, by what is read of which log.
        passed: Events per second that a share of a subscription to a rare event passes over.
    """

    microseconds: dict[str, float]
    passed: float


def measure(server_url: str, *, rounds: int, calls: int, events: int) -> LongLog:
    """Return the costs of a log of so many events, and of one of a thousand."""
    templates = [PostgresTemplate(server_url, _filling(size)) for size in (SHORT, events)]
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_measure(*templates, rounds, calls, events))
    finally:
        for template in templates:
            template.drop()


def _filling(size: int) -> Callable[[Database], Awaitable[None]]:
    async def prepare(database: Database) -> None:
        await migrated(database)
        await fill(database, size)

    return prepare


async def _measure(short: PostgresTemplate, long: PostgresTemplate, rounds: int, calls: int, events: int) -> LongLog:
    async with short.copy() as short_url, long.copy() as long_url:
        near, far = (Database(DatabaseSettings(url)) for url in (short_url, long_url))
        try:
            work: dict[str, Callable[[], Awaitable[Batch]]] = {}
            for name, database in (("short", near), ("long", far)):
                work[f"{name}, start"] = _reads(database, Noted, START, 1)
                work[f"{name}, end"] = _reads(database, Noted, await _before_end(database), 1)
                work[f"{name}, share of the rare"] = _reads(database, Rare, START, PARTITIONS)
            return LongLog(await interleaved(work, rounds=rounds, calls=calls), await _pass_over(far, events))
        finally:
            await near.dispose()
            await far.dispose()


def _reads(
    database: Database, kind: type[DomainEvent], after: LogPosition, partitions: int
) -> Callable[[], Awaitable[Batch]]:
    reader = LogReader(database, _to(kind, partitions))

    async def read() -> Batch:
        return await reader.read(after, 0, partitions)

    return read


async def _before_end(database: Database) -> LogPosition:
    return LogPosition(*(await database.fetch(_BEFORE_END, {"tail": _TAIL}))[0])


async def _pass_over(database: Database, events: int) -> float:
    reader, at, begin = LogReader(database, _to(Rare, PARTITIONS)), START, perf_counter()
    while (batch := await reader.read(at, 0, PARTITIONS)).end is not None:
        at = batch.end
    return events / (perf_counter() - begin)


def _to(kind: type[DomainEvent], partitions: int) -> Subscription:
    return Subscription("bench.read", (kind,), Mode.DURABLE, _ignore, partitions)


async def _ignore(event: DomainEvent) -> None:
    pass
