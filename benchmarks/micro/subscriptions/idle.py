"""What a worker costs that has nothing to do: its own CPU and queries, and the commits of others that it hears of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

import uvloop
from sqlalchemy import text

from colonnade.application.subscriptions import Subscriptions
from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.testing.databases import PostgresTemplate
from colonnade.testing.work import migrated
from micro.subscriptions.service import Rare, working, write

SUBSCRIPTIONS = 8
PARTITIONS = 4
WRITERS = 8
_TRANSACTIONS = text("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()")
_FLUSH_SECONDS = 1.5  # statistics reach the view that late (PostgreSQL, 27.2)


class Idle(NamedTuple):
    """What idling costs.

    Attributes:
        queries: Of the worker in a second.
        cpu: Share of one core that the worker's process takes.
        silent: Commits per second when nobody is told of them.
        told: The same with wake-ups that nobody hears.
        heard: The same with wake-ups and the worker.
    """

    queries: float
    cpu: float
    silent: float
    told: float
    heard: float


def measure(server_url: str, *, rounds: int, seconds: float) -> Idle:
    """Return the costs of a worker with eight subscriptions of four partitions to what never happens."""
    template = PostgresTemplate(server_url, migrated)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_measure(template, rounds, seconds))
    finally:
        template.drop()


async def _measure(template: PostgresTemplate, rounds: int, seconds: float) -> Idle:
    async with _fresh(template) as database, _worker_apart(database) as worker:
        queries, cpu = await _idle(database, worker, seconds)
    silent, told, heard = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        async with _fresh(template) as database:
            silent.append(await _commits(database, seconds))
        async with _fresh(template) as database:
            told.append(await _commits(database, seconds, Wakeups(database)))
        async with _fresh(template) as database, _worker_apart(database):
            heard.append(await _commits(database, seconds, Wakeups(database)))
    return Idle(queries, cpu, median(silent), median(told), median(heard))


@asynccontextmanager
async def _fresh(template: PostgresTemplate) -> AsyncIterator[Database]:
    async with template.copy() as url:
        database = Database(DatabaseSettings(url))
        try:
            yield database
        finally:
            await database.dispose()


async def _idle(database: Database, worker: Connection, seconds: float) -> tuple[float, float]:
    """Return queries and seconds of CPU per second."""
    await asyncio.sleep(_FLUSH_SECONDS)
    begin, spent = perf_counter(), await _spent(worker)
    before = await _transactions(database)
    await asyncio.sleep(2 * seconds + _FLUSH_SECONDS)
    done = await _transactions(database) - before
    spent, taken = await _spent(worker) - spent, perf_counter() - begin
    return done / taken, spent / taken


async def _transactions(database: Database) -> int:
    return int((await database.fetch(_TRANSACTIONS))[0][0])


async def _commits(database: Database, seconds: float, *listeners: Wakeups) -> float:
    begin, written = perf_counter(), 0

    async def work() -> None:
        nonlocal written
        while perf_counter() - begin < seconds:
            await write(database, written, *listeners)
            written += 1

    await asyncio.gather(*(work() for _ in range(WRITERS)))
    for listener in listeners:
        await listener.close()
    return written / (perf_counter() - begin)


@asynccontextmanager
async def _worker_apart(database: Database) -> AsyncIterator[Connection]:
    """Run a worker in a process of its own; it answers whatever it is sent with its CPU seconds, and ends at None."""
    context = get_context("spawn")
    here, there = context.Pipe()
    url = database.engine.url.render_as_string(hide_password=False)
    process = context.Process(target=_work, args=(url, there))
    process.start()
    try:
        await _spent(here)
        yield here
    finally:
        here.send(None)
        await asyncio.to_thread(process.join)


async def _spent(worker: Connection) -> float:
    worker.send("CPU")
    return float(await asyncio.to_thread(worker.recv))


def _work(url: str, told: Connection) -> None:
    subscriptions = Subscriptions()
    for number in range(SUBSCRIPTIONS):
        subscriptions.durable(f"bench.idle_{number}", Rare, partitions=PARTITIONS)(_ignore)

    async def work() -> None:
        database = Database(DatabaseSettings(url))
        async with working(database, subscriptions):
            while await asyncio.to_thread(told.recv) is not None:
                told.send(process_time())
        await database.dispose()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


async def _ignore(event: Rare) -> None:
    pass
