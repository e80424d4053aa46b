"""Sending and running jobs: ours, commands and errands, and procrastinate's, on the same server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import procrastinate
import uvloop
from peers.place import Place
from procrastinate.types import JSONDict
from sqlalchemy import MetaData

from colonnade.application.messaging import (
    INTERNAL,
    Command,
    Context,
    Errand,
    Handlers,
    Lifetime,
    LocalBus,
    Message,
    Scope,
)
from colonnade.application.messaging.pipeline import Receipts
from colonnade.core import SystemClock, UnitOfWork
from colonnade.infrastructure.database import ConstraintErrors, Database, DatabaseSettings, SqlUnitOfWork
from colonnade.infrastructure.database.idempotency import SqlReceipts
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs import JobReceipts, JobRunner, SqlScheduler
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.worker import running_worker

CONCURRENCY = 10
CONNECTIONS = 10
BATCH = 100


class Change(Command[None], name="bench.change", requires=INTERNAL):
    number: int


class Fetch(Errand[None], name="bench.fetch", requires=INTERNAL):
    number: int


class Throughput(NamedTuple):
    """How fast jobs go.

    Attributes:
        sent: Jobs per second into the table, a batch in a transaction.
        ran: Jobs per second from the table to their end.
        microseconds: CPU of this process for running one.
    """

    sent: float
    ran: float
    microseconds: float


class Peer(NamedTuple):
    """Sends a batch of jobs, given their numbers; runs a number of jobs to their end."""

    send: Callable[[range], Awaitable[None]]
    run: Callable[[int], Awaitable[None]]


def measure(place: Place, *, rounds: int, jobs: int) -> dict[str, Throughput]:
    """Return the median throughput of each."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measure(place, rounds, jobs))


async def _measure(place: Place, rounds: int, jobs: int) -> dict[str, Throughput]:
    async with AsyncExitStack() as stack:
        peers: dict[str, Peer] = {
            "command": await stack.enter_async_context(ours(place, Change)),
            "errand": await stack.enter_async_context(ours(place, Fetch)),
            "procrastinate": await stack.enter_async_context(_procrastinate(place)),
        }
        turns: dict[str, list[Throughput]] = {name: [] for name in peers}
        for turn in range(rounds + 1):
            for name, peer in peers.items():
                throughput = await _take_turn(peer, jobs if turn else BATCH)
                if turn:
                    turns[name].append(throughput)
    return {name: Throughput(*map(median, zip(*taken, strict=True))) for name, taken in turns.items()}


async def _take_turn(peer: Peer, jobs: int) -> Throughput:
    begin = perf_counter()
    for first in range(0, jobs, BATCH):
        await peer.send(range(first, min(first + BATCH, jobs)))
    sent = perf_counter() - begin
    begin, spent = perf_counter(), process_time()
    await peer.run(jobs)
    ran, spent = perf_counter() - begin, process_time() - spent
    return Throughput(jobs / sent, jobs / ran, spent / jobs * 1e6)


@asynccontextmanager
async def ours(place: Place, kind: type[Change | Fetch]) -> AsyncIterator[Peer]:
    """Give this house as a peer, for messages of a kind."""
    database, clock = Database(DatabaseSettings(place.database_url, pool_size=CONNECTIONS)), SystemClock()
    wakeups = Wakeups(database)
    notifications = StreamNotifications(database, (), wakeups)
    resolver, left, ended = _Resolver(database, clock, wakeups), 0, asyncio.Event()

    async def handle(message: Message[None]) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            ended.set()

    handlers = Handlers()
    handlers.handles(kind)(handle)
    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)

    async def send(numbers: range) -> None:
        work = resolver.unit_of_work()
        scheduler = SqlScheduler(work, Context(), clock, database, wakeups)
        for number in numbers:
            scheduler.send_later(kind(number=number))
        await work.commit()

    async def run(jobs: int) -> None:
        nonlocal left
        left = jobs
        ended.clear()
        lease = WorkerLease(database, clock)
        runner = JobRunner(database, bus, bus.kinds(), clock, wakeups, lease, concurrency=CONCURRENCY)
        async with running_worker(lease, [runner]):
            await ended.wait()

    await notifications.start()
    await notifications.listening()
    try:
        yield Peer(send, run)
    finally:
        await notifications.close()
        await wakeups.close()
        await database.dispose()


@asynccontextmanager
async def _procrastinate(place: Place) -> AsyncIterator[Peer]:
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    connector = procrastinate.PsycopgConnector(conninfo=place.dsn, min_size=CONNECTIONS, max_size=CONNECTIONS)
    application = procrastinate.App(connector=connector)

    @application.task(name="bench.change")
    async def change(number: int) -> None:
        pass

    async def send(numbers: range) -> None:
        tasks: list[JSONDict] = [{"number": number} for number in numbers]
        await change.batch_defer_async(*tasks)

    async def run(jobs: int) -> None:
        await application.run_worker_async(concurrency=CONCURRENCY, wait=False, install_signal_handlers=False)

    async with application.open_async():
        await application.schema_manager.apply_schema_async()
        yield Peer(send, run)


def _unsealed(answer: bytes, _place: bytes) -> bytes:
    return answer


class _Resolver:
    """What a composition root gives a command, by hand: a unit of work, and what ends the job in it."""

    def __init__(self, database: Database, clock: SystemClock, wakeups: Wakeups) -> None:
        self._database = database
        self._clock = clock
        self._wakeups = wakeups
        self._constraints = ConstraintErrors(MetaData(), {})

    def unit_of_work(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self._database, clock=self._clock, constraints=self._constraints)

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        return Lifetime.REQUEST if dependency in {UnitOfWork, Receipts} else None

    async def get(self, dependency: type[Any], /) -> Any:
        raise KeyError(dependency)

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, object], /) -> AsyncIterator[Scope]:
        work = self.unit_of_work()
        jobs = JobReceipts(work, self._clock, self._database, self._wakeups)
        yield _Scope({UnitOfWork: work, Receipts: SqlReceipts(work, _unsealed, jobs)})
        await work.rollback()


class _Scope:
    def __init__(self, made: Mapping[Any, object]) -> None:
        self._made = made

    async def get(self, dependency: type[Any], /) -> Any:
        return self._made[dependency]
