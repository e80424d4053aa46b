"""One process of a service: whole, outdated, or dying."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from colonnade.application.jobs import JobId, Scheduler
from colonnade.application.messaging import Caller, Context, Handlers, LocalBus, Message
from colonnade.application.messaging.behaviours import Retrying
from colonnade.application.operations import EVENTS as OPERATION_EVENTS
from colonnade.application.operations import GetProcess, ProcessDetail
from colonnade.application.processes import EVENTS as PROCESS_EVENTS
from colonnade.application.processes import Process, ProcessId
from colonnade.core import CursorCodec, EventTypes
from colonnade.infrastructure.composition import ServiceResolver
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.jobs import JobRunner, SqlScheduler
from colonnade.infrastructure.subscriptions import Reading, SubscriptionRunner
from colonnade.infrastructure.work import CONSTRAINTS
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.worker import running_worker

from ..waiting import DEADLINE_SECONDS, eventually
from .trips import KEY, Begin, Paid

if TYPE_CHECKING:
    from .works import Works

Answer = TypeVar("Answer")


class Service:
    """One process of a service: its bus, and the workers that it runs."""

    bus: LocalBus

    def __init__(self, works: "Works", definitions: Iterable[Process[Any]], **options: Any) -> None:
        self._works = works
        self.resolver = ServiceResolver(
            works.database,
            EventTypes((*PROCESS_EVENTS, *OPERATION_EVENTS, Paid)),
            CONSTRAINTS,
            clock=works.clock,
            objects={CursorCodec: CursorCodec(b"secret")},
            processes=definitions,
            **options,
        )

    async def build(self, handlers: Iterable[Handlers]) -> None:
        """Start the bus."""
        self.bus = await LocalBus.start(handlers=handlers, resolver=self.resolver, behaviours=[Retrying()])

    async def send(self, message: Message[Answer], **context: Any) -> Answer:
        """Send a message on behalf of the service itself, unless the context says something else."""
        return await self.bus.send(message, Context(**{"by_service": True, **context}))

    async def send_later(self, message: Message[Any], *, caller: Caller | None = None, **options: Any) -> JobId:
        """Send a message as a job."""
        context = Context(caller=caller, by_service=True)
        async with self.resolver.scope({Context: context}) as scope:
            scheduler: SqlScheduler = await scope.get(Scheduler)
            job = scheduler.send_later(message, **options)
            await (await scope.get(SqlUnitOfWork)).commit()
        return job

    async def begin(self, key: str = KEY, **facts: Any) -> ProcessId:
        """Start a process."""
        return await self.send(Begin(key=key, **facts))

    async def detail(self, process_id: ProcessId) -> ProcessDetail:
        """Return a process as operators see it."""
        return await self.send(GetProcess(process_id=process_id))

    async def history(self, process_id: ProcessId) -> list[str]:
        """Return what happened to a process, without the ids of jobs."""
        history = (await self.detail(process_id)).history
        return [entry.what.partition(" (job")[0] for entry in history]

    @asynccontextmanager
    async def working(self, **options: Any) -> AsyncIterator[SubscriptionRunner]:
        """Run jobs and subscriptions while the context is open, and stop in good order."""
        lease = WorkerLease(self._works.database, self._works.clock)
        jobs_of, subscriptions = self._runners(self.bus, lease, **options)
        async with running_worker(lease, [subscriptions, jobs_of]):
            await self._ready(subscriptions)
            yield subscriptions
            await self._works.rest()

    @asynccontextmanager
    async def fading(self, bus: "DyingBus | None" = None) -> AsyncIterator[WorkerLease]:
        """Run jobs and subscriptions without ever renewing the lease, and vanish at the end: nothing is given back."""
        lease = WorkerLease(self._works.database, self._works.clock)
        await lease.renew()
        jobs_of, subscriptions = self._runners(bus or self.bus, lease)
        tasks = [asyncio.create_task(runner.run()) for runner in (jobs_of, subscriptions)]
        await self._ready(subscriptions)
        try:
            yield lease
        finally:
            await self._works.rest()
            await self._works.expire(lease)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._works.vanished += [jobs_of, subscriptions]

    async def die(self, after: int, *, before_its_end: bool) -> None:
        """Run jobs up to a number, and die then.

        Args:
            after: How many messages it still handles.
            before_its_end: Whether it dies before the next one has any effect, or right after it is committed.
        """
        bus = DyingBus(self.bus, after, before_its_end=before_its_end)
        async with self.fading(bus):
            await asyncio.wait_for(bus.dead.wait(), DEADLINE_SECONDS)

    def _runners(self, bus: Any, lease: WorkerLease, **options: Any) -> tuple[JobRunner, SubscriptionRunner]:
        """Return runners that look by themselves so seldom that all depends on the wake-ups."""
        resolver, works = self.resolver, self._works
        options = {"poll_seconds": 60.0, "grace_seconds": 0.05, **options}
        kinds = self.bus.kinds()
        runner = JobRunner(works.database, bus, kinds, works.clock, resolver.wakeups, lease, **options)
        reading = Reading(works.database, resolver, resolver.types, works.clock, None, 60.0)
        return runner, SubscriptionRunner(reading, resolver.subscriptions, resolver.wakeups, lease)

    async def _ready(self, runner: SubscriptionRunner) -> None:
        wanted = sum(one.partitions for one in self.resolver.subscriptions)
        await eventually(lambda: len(runner.held()) >= wanted)


class DyingBus:
    """A bus that answers a number of messages, and never again."""

    def __init__(self, bus: LocalBus, after: int, *, before_its_end: bool) -> None:
        self._bus = bus
        self._left = after
        self._before = before_its_end
        self.dead = asyncio.Event()

    async def send(self, message: Message[Answer], context: Context) -> Answer:
        """Answer, or die."""
        self._left -= 1
        if self._left >= 0:
            return await self._bus.send(message, context)
        if not self._before and self._left == -1:
            await self._bus.send(message, context)
        self.dead.set()
        await asyncio.get_running_loop().create_future()
        raise AssertionError("the dead do not answer")
