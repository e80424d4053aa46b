"""The service that is measured: notes, which are nothing but their events, and a worker that reads subscriptions."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NewType
from uuid import UUID

from sqlalchemy import MetaData, text

from colonnade.application.subscriptions import Subscriptions
from colonnade.core import AggregateRoot, DomainEvent, EventTypes, SystemClock, new_id
from colonnade.infrastructure.composition import ServiceResolver
from colonnade.infrastructure.database import ConstraintErrors, Database, SqlUnitOfWork
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.database.unit_of_work import Change, CommitListener
from colonnade.infrastructure.subscriptions import Reading, SubscriptionRunner
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.worker import running_worker

POLL_SECONDS = 1.0
_LOOK_SECONDS = 0.01
_DEADLINE_SECONDS = 300

_FILL = text(
    """INSERT INTO event_log (event_id, stream, stream_version, type, schema_version, data, metadata, recorded_at)
       SELECT gen_random_uuid(), 'note-' || number % 1000, number / 1000 + 1,
              CASE WHEN number % 1000 = 999 THEN 'bench.rare' ELSE 'bench.noted' END, 1,
              jsonb_build_object('number', number), '{}', now()
       FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS number"""
)
_FILLED_AT_ONCE = 10_000

NoteId = NewType("NoteId", UUID)


class Noted(DomainEvent, type="bench.noted"):
    number: int


class Rare(DomainEvent, type="bench.rare"):
    number: int


TYPES = EventTypes([Noted, Rare])
NO_CONSTRAINTS = ConstraintErrors(MetaData(), {})


class Note(AggregateRoot[NoteId]):
    stream_kind = "note"


class Notes:
    """The repository of notes that are being written; they have no table."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._added: list[Note] = []
        unit_of_work.join(self)

    def add(self, number: int) -> None:
        note = Note(id=new_id(NoteId))
        note.record(Noted(number=number))
        self._added.append(note)

    def changes(self) -> list[Change]:
        return [Change(note, (), 0, 0) for note in self._added]

    def forget(self) -> None:
        self._added.clear()


async def write(database: Database, number: int, *listeners: CommitListener) -> None:
    """Commit a unit of work with one event."""
    work = SqlUnitOfWork(database, clock=SystemClock(), constraints=NO_CONSTRAINTS, listeners=listeners, announced=())
    Notes(work).add(number)
    await work.commit()


async def fill(database: Database, count: int) -> None:
    """Put events into the log: a thousand streams, every thousandth event a rare one."""
    for first in range(0, count, _FILLED_AT_ONCE):
        await database.write(_FILL, {"first": first, "last": min(first + _FILLED_AT_ONCE, count) - 1})
    await database.write(text("VACUUM ANALYZE event_log"))


async def until(reached: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(_DEADLINE_SECONDS):
        while not reached():  # noqa: ASYNC110 - what is measured must not be slowed down by telling
            await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def working(database: Database, subscriptions: Subscriptions) -> AsyncIterator[ServiceResolver]:
    """Run a worker while the context is open, which it is as soon as every partition is read; give what it gives."""
    resolver = ServiceResolver(database, TYPES, NO_CONSTRAINTS, subscriptions=[subscriptions])
    clock, wakeups = resolver.clock, resolver.wakeups
    lease, notifications = WorkerLease(database, clock), StreamNotifications(database, (), wakeups)
    reading = Reading(database, resolver, TYPES, clock, None, POLL_SECONDS)
    runner = SubscriptionRunner(reading, resolver.subscriptions, wakeups, lease)
    await notifications.start()
    await notifications.listening()
    try:
        async with running_worker(lease, [runner]):
            partitions = sum(one.partitions for one in resolver.subscriptions)
            await until(lambda: len(runner.held()) == partitions)
            yield resolver
    finally:
        await notifications.close()
        await wakeups.close()
