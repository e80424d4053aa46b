"""A projection that begins with the first event: ours, and the driver by hand with a page in a transaction."""

import asyncio
from collections.abc import Sequence
from statistics import median
from time import perf_counter

import asyncpg
import uvloop
from peers.place import Place
from pydantic_core import from_json
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, delete, insert, text

from colonnade.application.subscriptions import Generation, Subscriptions
from colonnade.core import RecordedEvent
from colonnade.infrastructure.database import Database, DatabaseSettings, SqlUnitOfWork
from colonnade.testing.databases import PostgresTemplate
from colonnade.testing.work import migrated
from micro.subscriptions.service import Noted, Rare, fill, working

PAGE = 500

_rows = Table(
    "bench_rows",
    MetaData(),
    Column("generation", Integer, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("number", Integer, nullable=False),
)
_ADD = insert(_rows)
_READ = """
    SELECT transaction_id, position, stream, type, schema_version, data FROM event_log
    WHERE (transaction_id, position) > ($1, $2) AND type = ANY($4)
        AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY transaction_id, position LIMIT $3"""
_WRITE = "INSERT INTO bench_rows (generation, position, stream, number) VALUES ($1, $2, $3, $4)"
_KEEP = "UPDATE bench_checkpoint SET transaction_id = $1, position = $2"


def measure(server_url: str, *, rounds: int, events: int) -> dict[str, float]:
    """Return events per second of each, `ours` and `asyncpg`."""
    template = PostgresTemplate(server_url, lambda database: _prepare(database, events))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_measure(template, rounds, events))
    finally:
        template.drop()


async def _prepare(database: Database, events: int) -> None:
    await migrated(database)
    await database.transact(_rows.create)
    await database.write(text("CREATE TABLE bench_checkpoint AS SELECT -1::bigint transaction_id, -1::bigint position"))
    await fill(database, events)


async def _measure(template: PostgresTemplate, rounds: int, events: int) -> dict[str, float]:
    turns: dict[str, list[float]] = {"ours": [], "asyncpg": []}
    for _ in range(rounds):
        async with template.copy() as url:
            turns["asyncpg"].append(events / await _by_hand(Place(url, ""), events))
        async with template.copy() as url:
            turns["ours"].append(events / await _ours(url, events))
    return {name: median(rates) for name, rates in turns.items()}


async def _ours(url: str, events: int) -> float:
    left, ended, subscriptions = events, asyncio.Event(), Subscriptions()

    def committed(count: int) -> None:
        nonlocal left
        left -= count
        if left == 0:
            ended.set()

    async def forget(generation: Generation, work: SqlUnitOfWork) -> None:
        work.at_commit(delete(_rows).where(_rows.c.generation == generation), {})

    @subscriptions.projection("bench.rows", Noted, Rare, forget=forget)
    async def project(batch: Sequence[RecordedEvent], generation: Generation, work: SqlUnitOfWork) -> None:
        for recorded in batch:
            if isinstance(recorded.event, Noted | Rare):
                row = {"generation": generation, "position": recorded.position, "stream": recorded.stream}
                work.at_commit(_ADD, {**row, "number": recorded.event.number})
        work.after_commit(lambda: committed(len(batch)))

    database = Database(DatabaseSettings(url))
    begin = perf_counter()
    try:
        async with working(database, subscriptions):
            await ended.wait()
            return perf_counter() - begin
    finally:
        await database.dispose()


async def _by_hand(place: Place, events: int) -> float:
    connection = await asyncpg.connect(place.dsn)
    begin, done, at = perf_counter(), 0, (-1, -1)
    kinds = [Noted.event_type, Rare.event_type]
    while done < events:
        page = await connection.fetch(_READ, *at, PAGE, kinds)
        rows = [(1, row["position"], row["stream"], from_json(row["data"])["number"]) for row in page]
        at = page[-1]["transaction_id"], page[-1]["position"]
        async with connection.transaction():
            await connection.executemany(_WRITE, rows)
            await connection.execute(_KEEP, *at)
        done += len(page)
    taken = perf_counter() - begin
    await connection.close()
    return taken
