"""An office that runs jobs: messages of several kinds, handlers that do what a test says, and any number of workers."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, MetaData, Table, Text, Uuid, func, select, update

from colonnade.application.jobs import JobId, Scheduler
from colonnade.application.messaging import (
    INTERNAL,
    Command,
    Context,
    Errand,
    Handlers,
    JobOptions,
    Lifetime,
    LocalBus,
    Message,
    Query,
    RetryPolicy,
    Scope,
)
from colonnade.application.messaging.pipeline import Receipts
from colonnade.core import Clock, UnitOfWork
from colonnade.infrastructure.database import ConstraintErrors, Database, SqlUnitOfWork
from colonnade.infrastructure.database.idempotency import SqlReceipts
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs import JobReceipts, JobRunner, SqlScheduler
from colonnade.infrastructure.jobs.tables import job_queues, jobs
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.tables import workers
from colonnade.infrastructure.workers.worker import running_worker
from colonnade.testing import FrozenClock

from ..scripts import Script
from ..waiting import eventually

DAY_SECONDS = 86_400
EXACT = RetryPolicy(attempts=3, first_pause_seconds=10.0, outage_seconds=DAY_SECONDS, keep_seconds=3_600)
"""Three attempts; the jitter of the pauses is at most a quarter."""

effects = Table("tests_effects", MetaData(), Column("label", Text), Column("worker_id", Uuid))
"""What handlers leave behind, without any rule against doing it twice."""


class Work(Command[str], name="tests.work", requires=INTERNAL, job=JobOptions(retries=EXACT)):
    """Leave an effect and answer with the label."""

    label: str


class Urgent(Work, name="tests.urgent", requires=INTERNAL, job=JobOptions(priority=-10, retries=EXACT)):
    """What goes before all the rest."""


class Idle(Work, name="tests.idle", requires=INTERNAL, job=JobOptions(priority=10, retries=EXACT)):
    """What goes after all the rest."""


class Letter(Work, name="tests.letter", requires=INTERNAL, job=JobOptions(queue="mail", retries=EXACT)):
    """What waits in a queue of its own."""


class UrgentLetter(
    Work, name="tests.urgent_letter", requires=INTERNAL, job=JobOptions(queue="mail", priority=-10, retries=EXACT)
):
    """What goes before all the rest, from a queue of its own."""


class Planned(
    Work,
    name="tests.planned",
    requires=INTERNAL,
    job=JobOptions(retries=RetryPolicy(attempts=99, pauses_seconds=(5.0, 300.0))),
):
    """What is tried at the times that a standard names."""


class Brief(
    Work,
    name="tests.brief",
    requires=INTERNAL,
    job=JobOptions(retries=RetryPolicy(attempts=2, first_pause_seconds=10.0, time_limit_seconds=0.05)),
):
    """What must not take long."""


class Fetch(Errand[str], name="tests.fetch", requires=INTERNAL, job=JobOptions(retries=EXACT)):
    """Talk to the outside world."""

    label: str


class Look(Query[dict[str, datetime]], name="tests.look", requires=INTERNAL, job=JobOptions(retries=EXACT)):
    """Answer with more than a text."""

    label: str


class Ended(Work, name="tests.ended", requires=INTERNAL, job=JobOptions(queue="mail", priority=-10, retries=EXACT)):
    """What follows a job."""


class Newer(Work, name="tests.newer", requires=INTERNAL, job=JobOptions(retries=EXACT)):
    """What only newer processes know."""


KNOWN: tuple[type[Message[Any]], ...] = (Work, Urgent, Idle, Letter, UrgentLetter, Planned, Brief, Fetch, Look, Ended)


class Begun(NamedTuple):
    """One attempt of which the handler was called."""

    label: str
    attempt: int
    worker_id: UUID


class Office:
    """A database of jobs and the workers that run them.

    Attributes:
        script: What else happens while a label is handled.
        begun: Every call of a handler, in order.
    """

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.wakeups = Wakeups(database)
        self.script: dict[str, Script] = {}
        self.begun: list[Begun] = []

    def labels(self) -> list[str]:
        """Return what was begun, in order."""
        return [begun.label for begun in self.begun]

    async def bus(self, *more: type[Message[Any]]) -> LocalBus:
        """Return a bus that knows all messages but the newer ones."""
        handlers = Handlers()
        for kind in (*KNOWN, *more):
            handlers.handles(kind)(self._change if issubclass(kind, Command) else self._talk)
        return await LocalBus.start(handlers=[handlers], resolver=_Resolver(self))

    def unit_of_work(self) -> SqlUnitOfWork:
        """Open a unit of work."""
        return SqlUnitOfWork(self.database, clock=self.clock, constraints=ConstraintErrors(MetaData(), {}))

    def scheduler(self, work: SqlUnitOfWork, context: Context | None = None) -> SqlScheduler:
        """Return the scheduler of a unit of work."""
        return SqlScheduler(work, context or Context(), self.clock, self.database, self.wakeups)

    async def send(
        self,
        *messages: Message[Any],
        at: datetime | None = None,
        unique: str | None = None,
        then: Message[Any] | None = None,
        context: Context | None = None,
    ) -> list[JobId]:
        """Send messages as jobs, in one unit of work."""
        work = self.unit_of_work()
        scheduler = self.scheduler(work, context)
        sent = [scheduler.send_later(message, at=at, unique=unique, then=then) for message in messages]
        await work.commit()
        return sent

    async def cancel(self, unique: str, context: Context | None = None) -> None:
        """Cancel what waits with a key."""
        work = self.unit_of_work()
        self.scheduler(work, context).cancel(unique)
        await work.commit()

    async def runner(self, lease: WorkerLease, *more: type[Message[Any]], **options: Any) -> JobRunner:
        """Return a runner, which looks by itself so seldom that all depends on the wake-ups."""
        bus = await self.bus(*more)
        options = {"poll_seconds": 60.0, "concurrency": 3, "grace_seconds": 0.05, **options}
        return JobRunner(self.database, bus, bus.kinds(), self.clock, self.wakeups, lease, **options)

    @asynccontextmanager
    async def worker(self, *more: type[Message[Any]], **options: Any) -> AsyncIterator[WorkerLease]:
        """Run jobs while the context is open, and stop in good order."""
        lease = WorkerLease(self.database, self.clock)
        async with running_worker(lease, [await self.runner(lease, *more, **options)]):
            yield lease

    @asynccontextmanager
    async def paused_worker(self, *more: type[Message[Any]], **options: Any) -> AsyncIterator[WorkerLease]:
        """Run jobs without renewing the lease, as a process that the system has stopped; it gives nothing back."""
        lease = WorkerLease(self.database, self.clock)
        await lease.renew()
        runner = await self.runner(lease, *more, **options)
        task = asyncio.create_task(runner.run())
        try:
            yield lease
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await runner.stop()

    async def expire(self, lease: WorkerLease) -> None:
        """Let the lease of a worker run out."""
        await self.database.write(update(workers).where(workers.c.id == lease.worker_id).values(leased_until=0))

    def pass_time(self, seconds: float) -> None:
        """Move the clock, and let whoever waits look at it."""
        self.clock.advance(seconds=seconds)
        self.wakeups.wake_all()

    async def set_queue(self, name: str, *, paused: bool = False, running_limit: int | None = None) -> None:
        """Pause or limit a queue."""
        known = await self.database.fetch(select(job_queues.c.name).where(job_queues.c.name == name))
        values = {"paused": paused, "running_limit": running_limit}
        if known:
            await self.database.write(update(job_queues).where(job_queues.c.name == name).values(values))
        else:
            await self.database.write(job_queues.insert().values(name=name, **values))
        self.wakeups.wake_all()

    async def rows(self) -> list[Any]:
        """Return all jobs, in the order of their creation."""
        return list(await self.database.fetch(select(jobs).order_by(jobs.c.id)))

    async def row(self, job_id: UUID) -> Any:
        """Return a job, or none if it is forgotten."""
        rows = await self.database.fetch(select(jobs).where(jobs.c.id == job_id))
        return rows[0] if rows else None

    async def states(self) -> dict[str, str]:
        """Return the states of jobs by label."""
        return {row.message["label"]: row.state for row in await self.rows()}

    async def effects(self) -> list[str]:
        """Return what handlers left behind, in alphabetical order."""
        return [label for (label,) in await self.database.fetch(select(effects.c.label).order_by(effects.c.label))]

    async def until(self, job_id: UUID, state: str, *, attempts: int | None = None) -> Any:
        """Wait until a job is in a state, and return it."""
        row = None

        async def is_there() -> bool:
            nonlocal row
            row = await self.row(job_id)
            return row is not None and row.state == state and (attempts is None or row.attempts == attempts)

        await eventually(is_there, lambda: f"{row}")
        return row

    async def until_begun(self, *labels: str) -> None:
        """Wait until handlers of these labels were called."""

        async def are_begun() -> bool:
            return set(labels) <= set(self.labels())

        await eventually(are_begun, lambda: f"begun are {self.labels()}")

    async def until_all(self, state: str) -> None:
        """Wait until every job is in a state."""
        found: dict[str, int] = {}

        async def are_there() -> bool:
            nonlocal found
            counted = select(jobs.c.state, func.count().label("number")).group_by(jobs.c.state)
            found = {row.state: row.number for row in await self.database.fetch(counted)}
            return set(found) == {state}

        await eventually(are_there, lambda: f"{found}")

    async def look_around(self) -> None:
        """Wait until the workers have taken all that they may take: what is sent last and goes last is done."""
        (last,) = await self.send(Idle(label="last"))
        await self.until(last, "done")

    async def _change(self, message: Work, work: SqlUnitOfWork, scheduler: Scheduler, context: Context) -> str:
        worker_id = self._begin(message.label, context)
        work.at_commit(effects.insert(), {"label": message.label, "worker_id": worker_id})
        if message.label == "sender":
            scheduler.send_later(Work(label="sent by a job"))
        await self._act(message.label, context)
        return message.label

    async def _talk(self, message: Fetch | Look, context: Context) -> Any:
        self._begin(message.label, context)
        answer = await self._act(message.label, context)
        return message.label if answer is None else answer

    def _begin(self, label: str, context: Context) -> UUID | None:
        if context.delivery is None:
            return None
        self.begun.append(Begun(label, context.delivery.attempt, context.delivery.worker_id))
        return context.delivery.worker_id

    async def _act(self, label: str, context: Context) -> object:
        return await self.script[label](context) if label in self.script else None


def waiting_for_ever_at(attempt: int) -> Script:
    """Return a script that never ends in one attempt, and does nothing in the others."""

    async def wait(context: Context) -> None:
        if context.delivery is not None and context.delivery.attempt == attempt:
            await asyncio.Event().wait()

    return wait


class _Resolver:
    """The dependencies of a message: those of a small composition root, by hand."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell how long a dependency lives."""
        made = {UnitOfWork, SqlUnitOfWork, Receipts, Scheduler}
        return Lifetime.REQUEST if dependency in made else Lifetime.APP if dependency is Clock else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Return the clock."""
        return self._office.clock

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, object], /) -> AsyncIterator[Scope]:
        """Open a unit of work with all that takes part in it."""
        office, context = self._office, values[Context]
        assert isinstance(context, Context)
        work = office.unit_of_work()
        receipts = JobReceipts(work, office.clock, office.database, office.wakeups)
        made = {
            UnitOfWork: work,
            SqlUnitOfWork: work,
            Scheduler: office.scheduler(work, context),
            Receipts: SqlReceipts(work, lambda answer, place: answer, receipts),
        }
        try:
            yield _Scope(made)
        finally:
            await work.rollback()


class _Scope:
    def __init__(self, made: Mapping[Any, object]) -> None:
        self._made = made

    async def get(self, dependency: type[Any], /) -> Any:
        return self._made[dependency]
