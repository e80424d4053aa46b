"""What a worker process does: subscriptions, jobs, schedules, each until it is told to stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from dishka import AsyncContainer
from starlette.applications import Starlette

from colonnade.application.messaging import LocalBus, Resolver
from colonnade.application.subscriptions import SubscriptionCatalogue, TransactionReactions
from colonnade.core import Clock, EventTypes
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import EventProtector
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.subscriptions import Checkpoints, Reading
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.runners import Runners, WorkSettings
from colonnade.infrastructure.workers.worker import running_worker
from colonnade.monitoring.metrics import Metrics
from colonnade.server.application import running_server
from colonnade.server.health import health_of
from colonnade.server.operational import operational_routes
from colonnade.server.people import protect_what_is_there
from colonnade.server.product import SCHEDULES
from colonnade.server.schema import made_ready
from colonnade.server.settings import Settings


@asynccontextmanager
async def working(container: AsyncContainer, bus: LocalBus, settings: Settings) -> AsyncIterator[None]:
    """Work while the context is open; what runs at its end is finished or given back."""
    lease, wakeups = await container.get(WorkerLease), await container.get(Wakeups)
    async with running_worker(lease, await _runners(container, bus, settings)):
        yield
    await wakeups.close()


async def begin_subscriptions(container: AsyncContainer) -> None:
    """Let new subscriptions begin now: they hear of the first message already, whenever a worker comes.

    Raises:
        Unavailable: The database does not answer.
    """
    checkpoints = await container.get(Checkpoints)
    await checkpoints.register_all(await container.get(SubscriptionCatalogue))


async def reading_of(container: AsyncContainer, settings: Settings) -> Reading:
    """Return what subscriptions are read with."""
    reactions = TransactionReactions(await container.get(SubscriptionCatalogue))
    return Reading(
        await container.get(Database),
        await container.get(Resolver),
        await container.get(EventTypes),
        await container.get(Clock),
        reactions or None,
        settings.worker.poll_seconds,
        await container.get(EventProtector),
    )


async def _runners(container: AsyncContainer, bus: LocalBus, settings: Settings) -> Runners:
    section = settings.worker
    runners = Runners.of(
        bus,
        await reading_of(container, settings),
        list(await container.get(SubscriptionCatalogue)),
        SCHEDULES,
        await container.get(Wakeups),
        await container.get(WorkerLease),
        WorkSettings(page=section.page, jobs_at_a_time=section.jobs_at_a_time, grace_seconds=section.grace_seconds),
    )
    metrics, jobs, subscribed = await container.get(Metrics), runners.jobs, runners.subscribed
    metrics.watch("colonnade_jobs_running", "Jobs that run in this process.", lambda: jobs.running)
    metrics.watch("colonnade_partitions_read", "Partitions that this process reads.", lambda: len(subscribed.held()))
    return runners


async def work_until_told(settings: Settings, ready: Callable[[], None]) -> None:
    """Work until a signal comes.

    Args:
        settings: What the operator has set.
        ready: Hears that work has begun.
    """
    async with running_server(settings) as server:
        database = await server.container.get(Database)
        if await made_ready(database, migrate=settings.database.migrate_at_start):
            await protect_what_is_there(server.container, server.bus)
            await begin_subscriptions(server.container)
        async with working(server.container, server.bus, settings), _watched(server.container, settings):
            ready()
            await _told()


@asynccontextmanager
async def _watched(container: AsyncContainer, settings: Settings) -> AsyncIterator[None]:
    """Tell health and metrics over HTTP, if there is a port for it."""
    if settings.worker.port is None:
        yield
        return
    routes = operational_routes(await health_of(container, settings), await container.get(Metrics))
    config = uvicorn.Config(
        Starlette(routes=routes),
        host=settings.worker.host,
        port=settings.worker.port,
        lifespan="off",
        access_log=False,
        log_config=None,
    )
    watching = uvicorn.Server(config)
    serving = asyncio.create_task(watching._serve(), name="worker-http")  # noqa: SLF001 - serve() takes the signals
    try:
        yield
    finally:
        watching.should_exit = True
        await serving


async def _told() -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    await told.wait()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(name)
