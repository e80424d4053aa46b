"""A service that sends webhooks: bus, subscription and jobs over the product's database, and somebody who works."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from ipaddress import ip_network
from typing import Any, TypeVar

from sqlalchemy import text, update

from colonnade.application.integrations import (
    CreateWebhook,
    DeliveryWithAttempts,
    GetDelivery,
    GetWebhook,
    ListDeliveries,
    WebhookEvents,
    WebhookSettings,
    WebhookView,
    WebhookWithSecret,
    attempts,
    management,
    resending,
    retention,
    webhook_subscriptions,
)
from colonnade.application.integrations.ports import (
    AddressRule,
    Deliveries,
    DeliveryRetention,
    SecretBox,
)
from colonnade.application.integrations.telling import PARTITIONS
from colonnade.application.jobs import JobOutcomes, Scheduler
from colonnade.application.messaging import Caller, Context, Lifetime, LocalBus, Message, Scope, Subject
from colonnade.application.messaging.behaviours import Authorising, Retrying
from colonnade.application.messaging.pipeline import Receipts
from colonnade.application.projects.published import publications as of_projects
from colonnade.application.tasks.published import publications as of_tasks
from colonnade.application.workspaces.published import publications as of_workspaces
from colonnade.core import Clock, CursorCodec, EventTypes, UnitOfWork
from colonnade.domain.integrations import EVENTS, SealedSecret, WebhookRepository
from colonnade.domain.tasks import Task
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.event_log import EventLog
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.integrations import errands, queries
from colonnade.infrastructure.integrations.deliveries import SqlDeliveries, SqlDeliveryRetention
from colonnade.infrastructure.integrations.repository import WEBHOOKS, SqlWebhookRepository
from colonnade.infrastructure.integrations.secrets import SealedSecretBox
from colonnade.infrastructure.integrations.sender import OutboundAddressRule, OutboundWebhookSender
from colonnade.infrastructure.jobs import JobReceipts, JobRunner, SqlScheduler
from colonnade.infrastructure.jobs.outcomes import SqlJobOutcomes
from colonnade.infrastructure.jobs.scheduler import JOBS
from colonnade.infrastructure.outbound import OutboundHttp, OutboundSettings
from colonnade.infrastructure.subscriptions import Reading, SubscriptionRunner
from colonnade.infrastructure.work import CONSTRAINTS, EVENT_TYPES, UPCASTERS
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.worker import running_worker
from colonnade.security.sealing import Sealer
from colonnade.testing import FrozenClock
from colonnade.testing.fakes import AllowEverything

from ..waiting import DEADLINE_SECONDS, eventually

Answer = TypeVar("Answer")

POLL_SECONDS = 5.0
OUTBOUND = OutboundSettings(
    allowed_networks=(ip_network("127.0.0.0/8"),), allow_http=True, timeout_seconds=5.0, body_limit_bytes=2048
)
HANDLERS = (
    management.handlers,
    resending.handlers,
    attempts.handlers,
    retention.handlers,
    queries.handlers,
    errands.handlers,
)


class Post:
    """One service; it runs while it is opened."""

    def __init__(self, house: Any, cursors: CursorCodec, *, settings: WebhookSettings | None = None) -> None:
        self.house = house
        self.database: Database = house.database
        self.clock: FrozenClock = house.clock
        self.wakeups = Wakeups(self.database)
        self.events = WebhookEvents([of_workspaces, of_projects, of_tasks])
        self.types = EventTypes((*EVENT_TYPES, *EVENTS), UPCASTERS)
        self.box = SealedSecretBox(Sealer(b"the secret of the installation!!", "webhook secrets"))
        self.app: dict[Any, object] = {
            Database: self.database,
            Clock: self.clock,
            CursorCodec: cursors,
            WebhookEvents: self.events,
            WebhookSettings: settings or WebhookSettings(),
            SecretBox: self.box,
            AddressRule: OutboundAddressRule(OUTBOUND),
            SealedSecretBox: self.box,
            OutboundWebhookSender: OutboundWebhookSender(OutboundHttp(OUTBOUND), self.clock),
            JobOutcomes: SqlJobOutcomes(self.database),
        }
        self.done: asyncio.Queue[Message[Any]] = asyncio.Queue()
        self._stack = AsyncExitStack()

    # what the bus and the subscriptions ask for

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell how long a dependency lives."""
        return Lifetime.APP if dependency in self.app else Lifetime.REQUEST if dependency in _PER_MESSAGE else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Return what lives as long as the service."""
        return self.app[dependency]

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, Any], /) -> AsyncIterator[Scope]:
        """Open the scope of a message or an event."""
        unit_of_work = SqlUnitOfWork(
            self.database, clock=self.clock, constraints=CONSTRAINTS, listeners=(self.wakeups,), announced=()
        )
        try:
            yield _Scope(self, unit_of_work, values)
        finally:
            await unit_of_work.rollback()

    async def send(self, message: Message[Answer], context: Context) -> Answer:
        """Take a job's message to the bus, and note when it was handled."""
        answer = await self.bus.send(message, context)
        self.done.put_nowait(message)
        return answer

    # the service

    async def open(self) -> "Post":
        """Open a task, start everything, and wait until it listens to what happens from then on."""
        project = await self.house.open_project()
        self.task: Task = self.house.make.task(project, by=self.house.owner, at=self.clock.now())
        await self.house.store(self.task)
        behaviours = (Authorising(AllowEverything()), Retrying())
        self.bus = await LocalBus.start(handlers=HANDLERS, resolver=self, behaviours=behaviours)
        lease = WorkerLease(self.database, self.clock)
        reading = Reading(self.database, self, self.types, self.clock, None, POLL_SECONDS)
        reader = SubscriptionRunner(reading, list(webhook_subscriptions(self.events)), self.wakeups, lease)
        runner = JobRunner(
            self.database, self, self.bus.kinds(), self.clock, self.wakeups, lease, poll_seconds=POLL_SECONDS
        )
        await self._stack.enter_async_context(running_worker(lease, [reader, runner]))
        await eventually(lambda: len(reader.held()) == PARTITIONS)
        return self

    async def close(self) -> None:
        """Stop it once it has nothing to do."""
        await self._idle()
        await self._stack.aclose()
        await self.wakeups.close()

    async def ask(self, message: Message[Answer]) -> Answer:
        """Send a message as the owner of the workspace does."""
        return await self.bus.send(message, Context(caller=Caller(self.house.owner)))

    async def create(self, url: str, *event_types: str, **more: Any) -> WebhookWithSecret:
        """Open an endpoint."""
        fields = {"workspace_id": self.house.workspace.id, "url": url, "event_types": event_types or ("*",)}
        return await self.ask(CreateWebhook.model_validate({**fields, **more}))

    async def webhook(self, webhook: WebhookView) -> WebhookView:
        """Return an endpoint as it is now."""
        return await self.ask(GetWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id))

    async def deliveries(self, **narrowed: Any) -> list[DeliveryWithAttempts]:
        """Return the deliveries, the oldest first."""
        workspace_id = self.house.workspace.id
        page = await self.ask(ListDeliveries(workspace_id=workspace_id, limit=200, **narrowed))
        return [
            await self.ask(GetDelivery(workspace_id=workspace_id, delivery_id=delivery.id))
            for delivery in sorted(page.items, key=lambda delivery: delivery.id)
        ]

    async def recorded(self, count: int = 1) -> list[DeliveryWithAttempts]:
        """Wait until so many more attempts were written down, and return the deliveries."""
        await self.handled(attempts.RecordAttempt, count)
        return await self.deliveries()

    async def handled(self, kind: type[Message[Any]], count: int = 1) -> None:
        """Wait until so many more jobs of a kind are done."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while count:
                count -= isinstance(await self.done.get(), kind)

    async def retried(self, delivery: DeliveryWithAttempts) -> DeliveryWithAttempts:
        """Let the time of a delivery's next attempt come, and return what became of it."""
        assert delivery.next_attempt_at is not None
        self.move_to(delivery.next_attempt_at)
        return next(one for one in await self.recorded() if one.id == delivery.id)

    def move_to(self, moment: datetime) -> None:
        """Let time pass; jobs that become due by it are run."""
        self.clock.move_to(moment)
        self.wakeups.tell({JOBS})

    async def work(self, change: Callable[[Task], None]) -> None:
        """Change the task as people do."""
        unit_of_work = self.house.unit_of_work(listeners=(self.wakeups,))
        change(await self.house.tasks(unit_of_work).get(self.task.id))
        await unit_of_work.commit()

    async def assign(self) -> None:
        """Give the task to the owner of the workspace."""
        await self.work(lambda task: task.assign(self.house.owner, at=self.clock.now()))

    async def change_url(self, webhook: WebhookView, url: str) -> None:
        """Let an endpoint be elsewhere, without a look at where that is."""
        statement = update(WEBHOOKS.table).where(WEBHOOKS.table.c.id == webhook.id).values(url=url)
        await self.database.write(statement)

    async def spoil_secrets(self) -> None:
        """Seal everything anew with the secret of another installation."""
        other = Sealer(b"the secret of another one!!!!!!!", "webhook secrets").seal(b"whsec_", b"")
        statement = update(WEBHOOKS.table).values(secrets=(SealedSecret(other),))
        await self.database.write(statement)

    async def log(self) -> list[Any]:
        """Return every event that was recorded."""
        return [event.event for _, event in await EventLog(self.database, self.types).read(limit=10_000)]

    async def _idle(self) -> None:
        """Wait until no connection is in use for a while."""
        pool, quiet = self.database.engine.pool, 0

        def rests() -> bool:
            nonlocal quiet
            quiet = quiet + 1 if pool.checkedout() == 0 else 0  # type: ignore[attr-defined]  # of this kind of pool
            return quiet > 5

        await eventually(rests)

    async def rows(self, table: str) -> Sequence[Any]:
        """Return all rows of a table."""
        return await self.database.fetch(text(f'SELECT * FROM "{table}"'))

    async def everything_written(self) -> str:
        """Return every row of every table, as text."""
        listed = "pg_tables WHERE schemaname = 'public'" if self.database.is_postgresql else "sqlite_master"
        column = "tablename" if self.database.is_postgresql else "name"
        where = "" if self.database.is_postgresql else " WHERE type = 'table'"
        tables = await self.database.fetch(text(f"SELECT {column} FROM {listed}{where}"))
        rows: list[Sequence[Any]] = []
        for table in tables:
            rows += await self.rows(table[0])
        return "\n".join(str(tuple(row)) for row in rows)


class _Scope:
    """What one message or event is handled with."""

    def __init__(self, post: Post, unit_of_work: SqlUnitOfWork, values: Mapping[Any, Any]) -> None:
        self._post = post
        self._unit_of_work = unit_of_work
        self._values = values
        self._made: dict[Any, Any] = {}

    async def get(self, dependency: type[Any], /) -> Any:
        """Return a dependency, made once."""
        if dependency in self._post.app:
            return self._post.app[dependency]
        if dependency not in self._made:
            self._made[dependency] = _PER_MESSAGE[dependency](self._post, self._unit_of_work, self._values)
        return self._made[dependency]


def _tenant(values: Mapping[Any, Any]) -> Any:
    return values[Subject].workspace_id


_PER_MESSAGE: dict[Any, Callable[[Post, SqlUnitOfWork, Mapping[Any, Any]], object]] = {
    SqlUnitOfWork: lambda post, work, values: work,
    UnitOfWork: lambda post, work, values: work,
    Receipts: lambda post, work, values: JobReceipts(work, post.clock, post.database, post.wakeups),
    Scheduler: lambda post, work, values: SqlScheduler(work, values[Context], post.clock, post.database, post.wakeups),
    WebhookRepository: lambda post, work, values: SqlWebhookRepository(work, _tenant(values)),
    Deliveries: lambda post, work, values: SqlDeliveries(work, post.database, _tenant(values)),
    DeliveryRetention: lambda post, work, values: SqlDeliveryRetention(work),
}
