"""From the commit of an event to its durable subscriber, against a bare NOTIFY in the transaction and one read."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from statistics import median, quantiles
from time import perf_counter
from typing import NamedTuple
from uuid import uuid4

import asyncpg
import uvloop
from peers.place import Place
from pydantic_core import from_json
from sqlalchemy import event

from colonnade.application.subscriptions import Subscriptions
from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.testing.databases import PostgresTemplate
from colonnade.testing.work import migrated
from micro.events import ONE
from micro.subscriptions.service import Noted, until, working, write

WARMING = 20
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.003, 0.009
_CHANNEL = "bare"
_READ = "SELECT position, data FROM event_log WHERE position > $1 ORDER BY position LIMIT 500"

Moments = Mapping[int, float]
"""By number of the event: seconds of the clock that all processes of a machine share (clock_gettime(2))."""

Write = Callable[[Place, range], Moments]
"""Commits an event of each number, and returns when the COMMIT of each was sent."""


class Latency(NamedTuple):
    """Milliseconds from the COMMIT to the event in the subscriber's hands."""

    p50: float
    p99: float


class Peer(NamedTuple):
    """A subscriber, and a writer in a process of its own or in this one."""

    heard: Moments
    write: Callable[[range], Awaitable[Moments]]


def measure(server_url: str, *, rounds: int, count: int) -> dict[str, Latency]:
    """Return the latency of each: `bare` and `two processes` from process to process, `one process` within one."""
    template = PostgresTemplate(server_url, migrated)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_measure(template, rounds, count))
    finally:
        template.drop()


async def _measure(template: PostgresTemplate, rounds: int, count: int) -> dict[str, Latency]:
    async with AsyncExitStack() as stack:
        writer = stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
        there = Place(await stack.enter_async_context(template.copy()), "")
        here = Place(await stack.enter_async_context(template.copy()), "")
        bare = await stack.enter_async_context(_bare(there, writer))
        near, far = await stack.enter_async_context(_ours(here, writer))
        peers = {"bare": bare, "two processes": far, "one process": near}
        turns: dict[str, list[Latency]] = {name: [] for name in peers}
        for turn in range(rounds):
            for place, (name, peer) in enumerate(peers.items()):
                first = (turn * len(peers) + place) * (count + WARMING)
                turns[name].append(await _take_turn(peer, range(first, first + count + WARMING)))
    return {name: Latency(*map(median, zip(*taken, strict=True))) for name, taken in turns.items()}


async def _take_turn(peer: Peer, numbers: range) -> Latency:
    committed = await peer.write(numbers)
    await until(lambda: numbers[-1] in peer.heard)
    taken = [(peer.heard[number] - committed[number]) * 1e3 for number in numbers[WARMING:]]
    return Latency(median(taken), quantiles(taken, n=100)[98])


@asynccontextmanager
async def _ours(place: Place, writer: Executor) -> AsyncIterator[tuple[Peer, Peer]]:
    heard: dict[int, float] = {}
    subscriptions = Subscriptions()

    @subscriptions.durable("bench.heard", Noted)
    async def hear(noted: Noted) -> None:
        heard[noted.number] = perf_counter()

    database = Database(DatabaseSettings(place.database_url))
    try:
        async with working(database, subscriptions) as resolver:

            async def write_here(numbers: range) -> Moments:
                return await _write_notes(database, resolver.wakeups, numbers)

            async def write_there(numbers: range) -> Moments:
                return await _elsewhere(writer, _write_notes_apart, place, numbers)

            yield Peer(heard, write_here), Peer(heard, write_there)
    finally:
        await database.dispose()


def _write_notes_apart(place: Place, numbers: range) -> Moments:
    async def work() -> Moments:
        database = Database(DatabaseSettings(place.database_url))
        wakeups = Wakeups(database)
        try:
            return await _write_notes(database, wakeups, numbers)
        finally:
            await wakeups.close()
            await database.dispose()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


async def _write_notes(database: Database, wakeups: Wakeups, numbers: range) -> Moments:
    moments: dict[int, float] = {}
    number = numbers[0]

    def about_to_commit(connection: object) -> None:
        moments.setdefault(number, perf_counter())

    event.listen(database.writer, "commit", about_to_commit)
    try:
        for number in numbers:
            await write(database, number, wakeups)
            await _pause()
    finally:
        event.remove(database.writer, "commit", about_to_commit)
    return moments


@asynccontextmanager
async def _bare(place: Place, writer: Executor) -> AsyncIterator[Peer]:
    heard: dict[int, float] = {}
    news = asyncio.Event()
    listening, reading = await asyncpg.connect(place.dsn), await asyncpg.connect(place.dsn)

    async def read() -> None:
        position = 0
        while True:
            await news.wait()
            news.clear()
            for row in await reading.fetch(_READ, position):
                heard[from_json(row["data"])["number"]] = perf_counter()
                position = row["position"]

    async def write_there(numbers: range) -> Moments:
        return await _elsewhere(writer, _notify_apart, place, numbers)

    await listening.add_listener(_CHANNEL, lambda *_: news.set())
    task = asyncio.create_task(read())
    try:
        yield Peer(heard, write_there)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await listening.close()
        await reading.close()


def _notify_apart(place: Place, numbers: range) -> Moments:
    async def work() -> Moments:
        moments: dict[int, float] = {}
        connection = await asyncpg.connect(place.dsn)
        for number in numbers:
            transaction = connection.transaction()
            await transaction.start()
            facts = f'{{"number": {number}}}'
            await connection.execute(
                ONE, uuid4(), f"note-{uuid4()}", 1, "bench.noted", 1, facts, "{}", datetime.now(UTC)
            )
            await connection.execute(f"NOTIFY {_CHANNEL}")
            moments[number] = perf_counter()
            await transaction.commit()
            await _pause()
        await connection.close()
        return moments

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


async def _elsewhere(writer: Executor, work: Write, place: Place, numbers: range) -> Moments:
    return await asyncio.get_running_loop().run_in_executor(writer, work, place, numbers)


async def _pause() -> None:
    await asyncio.sleep(random.uniform(_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS))
