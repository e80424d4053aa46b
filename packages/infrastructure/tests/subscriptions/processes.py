"""Processes of a service: they can be started, stopped, frozen and left to die, several in one test."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import Context, Lifetime, Scope
from colonnade.application.messaging.pipeline import Reactions
from colonnade.application.subscriptions import Subscription
from colonnade.core import EventTypes, UnitOfWork
from colonnade.infrastructure.database import Database, DatabaseSettings, SqlUnitOfWork
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs import SqlScheduler
from colonnade.infrastructure.subscriptions import LiveRunner, Reading, SubscriptionRunner
from colonnade.infrastructure.work import CONSTRAINTS
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.worker import running_worker
from colonnade.testing import FrozenClock

from ..waiting import DEADLINE_SECONDS, eventually
from .words import TYPES, Effects


class LabResolver:
    """Gives reactions a unit of work, a scheduler and a way to leave effects."""

    def __init__(self, database: Database, clock: FrozenClock, wakeups: Wakeups) -> None:
        self._database = database
        self._clock = clock
        self._wakeups = wakeups
        self.opened: list[Mapping[Any, object]] = []

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell what can be given."""
        return Lifetime.REQUEST if dependency in {SqlUnitOfWork, UnitOfWork, Scheduler, Effects} else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Nothing lives as long as the application."""
        raise KeyError(dependency)

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, object], /) -> AsyncIterator[Scope]:
        """Open a scope with a unit of work of its own."""
        self.opened.append(values)
        context = values[Context]
        assert isinstance(context, Context)
        work = SqlUnitOfWork(
            self._database, clock=self._clock, constraints=CONSTRAINTS, listeners=(self._wakeups,), announced=()
        )
        scheduler = SqlScheduler(work, context, self._clock, self._database, self._wakeups)
        made = {SqlUnitOfWork: work, UnitOfWork: work, Scheduler: scheduler, Effects: Effects(work)}
        try:
            yield Given(made)
        finally:
            await work.rollback()


class Given:
    """What a scope has."""

    def __init__(self, made: Mapping[Any, object]) -> None:
        self._made = made

    async def get(self, dependency: type[Any], /) -> Any:
        """Return it."""
        return self._made[dependency]


class Process:
    """What one process of a service has; several of them may run in one test."""

    def __init__(
        self,
        url: str,
        clock: FrozenClock,
        subscriptions: Iterable[Subscription],
        *,
        lease_seconds: float = 6.0,
        poll_seconds: float = 0.05,
        page: int = 500,
        types: EventTypes = TYPES,
        reactions: Reactions | None = None,
    ) -> None:
        self.subscriptions = list(subscriptions)
        self.database = Database(DatabaseSettings(url))
        self.wakeups = Wakeups(self.database)
        self.news = StreamNotifications(self.database, (), self.wakeups)
        self.resolver = LabResolver(self.database, clock, self.wakeups)
        self.lease = WorkerLease(self.database, clock, lease_seconds=lease_seconds)
        self.reading = Reading(self.database, self.resolver, types, clock, reactions, poll_seconds)
        self.runner = SubscriptionRunner(self.reading, self.subscriptions, self.wakeups, self.lease, page=page)
        self.live = LiveRunner(self.reading, self.subscriptions, self.wakeups)
        self._stack = AsyncExitStack()
        self._running: asyncio.Task[None]

    async def start(self, *, holding: int | None = None) -> "Process":
        """Start it, and wait until it holds a number of partitions: all there are unless said."""
        await self.news.start()
        await self._stack.enter_async_context(running_worker(self.lease, [self.runner, self.live]))
        await self.ready(holding)
        return self

    async def start_without_a_heart(self, *, holding: int | None = None) -> "Process":
        """Start it so that it never renews its lease: the others will believe that it is dead."""
        await self.lease.renew()
        self._running = asyncio.create_task(self.runner.run())
        self._stack.push_async_callback(self.runner.stop)
        self._stack.push_async_callback(self.freeze)
        await self.ready(holding)
        return self

    async def freeze(self) -> None:
        """Let it look at nothing any more, as a paused process does; what it was doing stays as it is."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def ready(self, holding: int | None = None) -> None:
        """Wait until it reads what it should."""
        all_of_them = sum(one.partitions for one in self.subscriptions if one.mode.name == "DURABLE")
        wanted = all_of_them if holding is None else holding
        await eventually(lambda: len(self.runner.held()) == wanted)
        if any(one.mode.name == "LIVE" for one in self.subscriptions):
            async with asyncio.timeout(DEADLINE_SECONDS):
                await self.live.listening.wait()

    async def stop(self) -> None:
        """Stop it as a service stops: everything is given up."""
        await self._stack.aclose()
        await self.news.close()
        await self.wakeups.close()
        await self.database.dispose()
