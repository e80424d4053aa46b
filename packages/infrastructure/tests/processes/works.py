"""A database of processes, jobs and events, and the services that work on it."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.schema import CreateTable

from colonnade.application.messaging import Context, Handlers
from colonnade.application.processes import Process, ProcessEngine, ProcessId, Status
from colonnade.application.processes import handlers as process_handlers
from colonnade.core import DomainEvent, new_id
from colonnade.core.events import EventId
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.event_log import NewEvent, append, event_log
from colonnade.infrastructure.jobs.tables import jobs
from colonnade.infrastructure.operations import HANDLERS
from colonnade.infrastructure.processes.tables import processes
from colonnade.infrastructure.subscriptions.tables import parked_events
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.tables import workers
from colonnade.infrastructure.workers.worker import Runner
from colonnade.testing import FrozenClock

from ..scripts import Script
from ..waiting import eventually
from .services import Service
from .trips import Begin, Call, Do, effects


class Works:
    """A database, a clock, and what handlers do beside leaving their effect.

    Attributes:
        script: What else happens while a label is handled.
        called: The labels that errands were called with, in order.
        vanished: What runs no more and was never stopped.
    """

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.script: dict[str, Script] = {}
        self.called: list[str] = []
        self.vanished: list[Runner] = []
        self._services: list[Service] = []
        self._versions = count(1)

    async def open(self) -> "Works":
        """Make the table of effects."""
        await self.database.write(CreateTable(effects))
        return self

    async def close(self) -> None:
        """Bury the dead, and wait for what the services still say to each other."""
        for runner in self.vanished:
            await runner.stop()
        for service in self._services:
            await service.resolver.wakeups.close()

    async def service(self, *definitions: Process[Any], handlers: Iterable[Handlers] = (), **options: Any) -> "Service":
        """Put a service together; the options are those of its resolver."""
        made = Service(self, definitions, **options)
        await made.build([self._handlers(definitions), process_handlers, *HANDLERS, *handlers])
        self._services.append(made)
        return made

    def pass_time(self, **span: float) -> None:
        """Move the clock, and let whoever waits look at it."""
        self.clock.advance(**span)
        for service in self._services:
            service.resolver.wakeups.wake_all()

    async def rest(self) -> None:
        """Wait until nobody uses the database: who is stopped in the middle of that leaves a connection behind."""
        pool, rested = self.database.engine.pool, 0

        def is_quiet() -> bool:
            nonlocal rested
            rested = rested + 1 if pool.checkedout() == 0 else 0
            return rested > 3

        await eventually(is_quiet)

    def event(self, event: DomainEvent, stream: str | None = None) -> NewEvent:
        """Return an event as it is appended, in a stream of its own unless said."""
        return NewEvent(
            event_id=new_id(EventId),
            stream=stream or f"account-{new_id(EventId)}",
            stream_version=next(self._versions),
            type=event.event_type,
            schema_version=event.schema_version,
            data=event.model_dump_json().encode(),
            metadata="{}",
            recorded_at=self.clock.now(),
        )

    async def append(self, events: Sequence[NewEvent]) -> None:
        """Append events in one transaction, and let every service know."""
        await self.database.transact(lambda connection: append(connection, events, announced=()))
        for service in self._services:
            service.resolver.wakeups.heard(" ".join({event.type for event in events}))

    async def tell(self, *events: DomainEvent, stream: str | None = None) -> list[UUID]:
        """Append events, in one stream if it is said, and return their ids."""
        new = [self.event(event, stream) for event in events]
        await self.append(new)
        return [event.event_id for event in new]

    async def position(self, event_id: UUID) -> int:
        """Return the position of an event."""
        rows = await self.database.fetch(select(event_log.c.position).where(event_log.c.event_id == event_id))
        return int(rows[0][0])

    async def expire(self, lease: WorkerLease) -> None:
        """Let the lease of a worker run out."""
        await self.database.write(update(workers).where(workers.c.id == lease.worker_id).values(leased_until=0))

    async def effects(self) -> list[str]:
        """Return what handlers left behind, in alphabetical order."""
        return [label for (label,) in await self.database.fetch(select(effects.c.label).order_by(effects.c.label))]

    async def process(self, process_id: UUID | None = None) -> Any:
        """Return the row of a process; of the only one if not said."""
        rows = await self.processes()
        if process_id is None:
            (row,) = rows
            return row
        return next(row for row in rows if row.id == process_id)

    async def processes(self) -> list[Any]:
        """Return the rows of all processes, in the order of their start."""
        return list(await self.database.fetch(select(processes).order_by(processes.c.id)))

    async def jobs(self, name: str | None = None) -> list[Any]:
        """Return the rows of all jobs, or of those with a message of a name, in the order in which they were sent."""
        rows = await self.database.fetch(select(jobs).order_by(jobs.c.id))
        return [row for row in rows if name is None or row.name == name]

    async def job(self, job_id: UUID) -> Any:
        """Return the row of a job."""
        return next(row for row in await self.jobs() if row.id == job_id)

    async def parked(self) -> list[Any]:
        """Return the rows of the events that were set aside, in the order of the log."""
        return list(await self.database.fetch(select(parked_events).order_by(parked_events.c.position)))

    async def until(self, *statuses: Status, process_id: UUID | None = None, step: str | None = None) -> Any:
        """Wait until a process stands like this, at a step if one is said, and return its row."""
        row = None

        async def stands() -> bool:
            nonlocal row
            row = await self.process(process_id)
            return row.status in statuses and (step is None or row.step == step)

        await eventually(stands, lambda: f"{row}")
        return row

    async def until_ended(self, number: int = 1) -> list[Any]:
        """Wait until so many processes are over, all of them, and return their rows."""
        rows: list[Any] = []

        async def are_over() -> bool:
            nonlocal rows
            rows = await self.processes()
            return len(rows) == number and all(row.ended_at for row in rows)

        await eventually(are_over, lambda: f"{rows}")
        return rows

    async def until_job(self, job_id: UUID, state: str, *, attempts: int | None = None) -> Any:
        """Wait until a job is in a state, and return its row."""
        row = None

        async def stands() -> bool:
            nonlocal row
            row = await self.job(job_id)
            return row.state == state and attempts in {None, row.attempts}

        await eventually(stands, lambda: f"{row}")
        return row

    async def until_parked(self, *states: str) -> list[Any]:
        """Wait until the events that were set aside stand like this, and return their rows."""
        rows: list[Any] = []

        async def stand() -> bool:
            nonlocal rows
            rows = await self.parked()
            return [row.state for row in rows] == list(states)

        await eventually(stand, lambda: f"{rows}")
        return rows

    def _handlers(self, definitions: Iterable[Process[Any]]) -> Handlers:
        """Return the handlers of the messages above."""
        handlers = Handlers()

        @handlers.handles(Do)
        async def do(command: Do, work: SqlUnitOfWork, context: Context) -> str:
            work.at_commit(insert(effects), {"label": command.label})
            await self._act(command.label, context)
            return command.label

        @handlers.handles(Call)
        async def call(errand: Call, context: Context) -> str:
            self.called.append(errand.label)
            await self._act(errand.label, context)
            return errand.label

        @handlers.handles(Begin)
        async def begin(command: Begin, engine: ProcessEngine, work: SqlUnitOfWork) -> ProcessId:
            newest = max((one for one in definitions if one.name == command.name), key=lambda one: one.version)
            started = await engine.start(newest, command.key, newest.state(), by=command.by)
            work.at_commit(insert(effects), {"label": f"began {command.key}"})
            return started.id

        return handlers

    async def _act(self, label: str, context: Context) -> None:
        if label in self.script:
            await self.script[label](context)
