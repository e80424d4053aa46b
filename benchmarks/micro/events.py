"""Appending events: our log, the driver by hand on the same table, the `eventsourcing` library on the same server."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

import asyncpg
import uvloop
from peers.place import Place
from sqlalchemy import make_url
from uuid_utils.compat import uuid7

from colonnade.infrastructure.database import Database, DatabaseSettings, event_log

WRITERS = 16
DATA = b'{"workspace_id":"01890a5d-ac96-774b-bcce-b302099a8057","title":"Measure the loading time of the board"}'
METADATA = '{"caller":"01890a5d-ac96-774b-bcce-b302099a8057"}'
KIND = "bench.task_retitled"

ONE = """INSERT INTO event_log (event_id, stream, stream_version, type, schema_version, data, metadata, recorded_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""
MANY = """INSERT INTO event_log (event_id, stream, stream_version, type, schema_version, data, metadata, recorded_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::smallint[], $6::jsonb[], $7::jsonb[],
                         $8::timestamptz[])"""

Writer = Callable[[int], Awaitable[None]]
"""Appends so many events in one transaction."""


def measure(place: Place, *, rounds: int, seconds: float) -> dict[str, dict[int, float]]:
    """Return events per second of each, by how many go into one transaction."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measure(place, rounds, seconds))


async def _measure(place: Place, rounds: int, seconds: float) -> dict[str, dict[int, float]]:
    database = Database(DatabaseSettings(place.database_url, pool_size=WRITERS))
    pool: asyncpg.Pool[asyncpg.Record] = await asyncpg.create_pool(place.dsn, min_size=WRITERS, max_size=WRITERS)
    with ThreadPoolExecutor(WRITERS) as threads:
        writers: dict[str, Writer] = {"ours": _ours(database), "asyncpg": _by_hand(pool)}
        library = _library(place, threads)
        if library is not None:
            writers["eventsourcing"] = library
        try:
            return {name: {} for name in writers} | await _take_turns(writers, rounds, seconds)
        finally:
            await pool.close()
            await database.dispose()


async def _take_turns(writers: Mapping[str, Writer], rounds: int, seconds: float) -> dict[str, dict[int, float]]:
    rates: dict[str, dict[int, list[float]]] = {name: {1: [], 100: []} for name in writers}
    for turn in range(rounds + 1):
        for size in (1, 100):
            for name, write in writers.items():
                rate = await _rate(write, size, seconds if turn else 0.2)
                if turn:
                    rates[name][size].append(rate)
    return {name: {size: median(values) for size, values in sizes.items()} for name, sizes in rates.items()}


async def _rate(write: Writer, size: int, seconds: float) -> float:
    begin = perf_counter()
    written = 0

    async def work() -> None:
        nonlocal written
        while perf_counter() - begin < seconds:
            await write(size)
            written += size

    await asyncio.gather(*(work() for _ in range(WRITERS)))
    return written / (perf_counter() - begin)


def _ours(database: Database) -> Writer:
    def append(size: int) -> None:
        stream, now = f"bench-{uuid4()}", datetime.now(UTC)
        events = [
            event_log.NewEvent(uuid7(), stream, version, KIND, 1, DATA, METADATA, now) for version in range(1, size + 1)
        ]
        connection = database.begin()
        try:
            event_log.append(connection, events, announced=())
            connection.commit()
        finally:
            database.end(connection)

    async def write(size: int) -> None:
        await database.run(append, size)

    return write


def _by_hand(pool: "asyncpg.Pool[asyncpg.Record]") -> Writer:
    data = DATA.decode()

    async def write(size: int) -> None:
        stream, now = f"bench-{uuid4()}", datetime.now(UTC)
        rows: list[tuple[UUID, str, int, str, int, str, str, datetime]] = [
            (uuid7(), stream, version, KIND, 1, data, METADATA, now) for version in range(1, size + 1)
        ]
        async with pool.acquire() as connection, connection.transaction():
            if size == 1:
                await connection.execute(ONE, *rows[0])
            else:
                await connection.execute(MANY, *zip(*rows, strict=True))

    return write


def _library(place: Place, threads: ThreadPoolExecutor) -> Writer | None:
    try:
        from eventsourcing.application import Application  # noqa: PLC0415 - it may lack its driver
        from eventsourcing.domain import Aggregate, event  # noqa: PLC0415
        from eventsourcing.postgres import PostgresAggregateRecorder  # noqa: F401, PLC0415 - its driver
    except ImportError:
        return None

    class Task(Aggregate):
        def __init__(self, title: str) -> None:
            self.title = title

        @event("Retitled")
        def retitle(self, title: str) -> None:
            self.title = title

    url = make_url(place.database_url)
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": url.database or "",
        "POSTGRES_HOST": str(url.query.get("host") or url.host or ""),
        "POSTGRES_PORT": str(url.port or os.environ.get("PGPORT", "5432")),
        "POSTGRES_USER": url.username or "postgres",
        "POSTGRES_PASSWORD": url.password or "",
        "POSTGRES_POOL_SIZE": str(WRITERS),
    }
    tasks: Application[UUID] = Application(environment)

    def save(size: int) -> None:
        task = Task("Measure the loading time of the board")
        for version in range(1, size):
            task.retitle(f"Measure the loading time of the board {version}")
        tasks.save(task)

    async def write(size: int) -> None:
        await asyncio.get_running_loop().run_in_executor(threads, save, size)

    return write
