"""A service that tells people: bus, subscriptions and jobs over the product's database, and a mail server."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from colonnade.application.jobs import JobOutcomes, Scheduler
from colonnade.application.messaging import Caller, Context, Lifetime, LocalBus, Message, Scope, Subject
from colonnade.application.messaging.behaviours import Authorising, Retrying
from colonnade.application.messaging.pipeline import Receipts
from colonnade.application.notifications import (
    EditPreferences,
    EditSettings,
    ListNotificationDeliveries,
    ListNotifications,
    NotificationDeliveryView,
    NotificationView,
    due,
    inbox,
    preferences,
    reactions,
    sending,
    settings,
    unsubscribing,
)
from colonnade.application.notifications.news import News
from colonnade.application.notifications.ports import (
    DueTasks,
    Inbox,
    Letters,
    NotificationSettings,
    Outbox,
    Senders,
)
from colonnade.application.notifications.recipients import Recipients
from colonnade.application.notifications.telling import Notifier
from colonnade.application.notifications.unsubscribing import UnsubscribeTokens
from colonnade.application.workspaces import Memberships
from colonnade.application.workspaces.resources import Resources
from colonnade.core import Clock, CursorCodec, UnitOfWork, UserId
from colonnade.domain.integrations import WebhookRepository
from colonnade.domain.notifications import Channel, Kind, PersonalSettingsRepository, PreferencesRepository
from colonnade.domain.projects import ProjectRepository
from colonnade.domain.tasks import Task, TaskRepository
from colonnade.domain.workspaces import Role, Workspace, WorkspaceRepository
from colonnade.infrastructure.database import Database, EventLog, SqlUnitOfWork
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.identity.people import UserTexts
from colonnade.infrastructure.integrations.repository import SqlWebhookRepository
from colonnade.infrastructure.jobs import JobReceipts, JobRunner, SqlJobOutcomes, SqlScheduler
from colonnade.infrastructure.jobs.scheduler import JOBS
from colonnade.infrastructure.jobs.tables import RUNNING, SCHEDULED, WAITING, jobs
from colonnade.infrastructure.mail import Mailer
from colonnade.infrastructure.notifications import queries
from colonnade.infrastructure.notifications.due import SqlDueTasks
from colonnade.infrastructure.notifications.inbox import SqlInbox
from colonnade.infrastructure.notifications.letters import SqlLetters
from colonnade.infrastructure.notifications.naming import NamedFacts
from colonnade.infrastructure.notifications.outbox import SqlOutbox
from colonnade.infrastructure.notifications.recipients import SqlRecipients
from colonnade.infrastructure.notifications.rendering import Renderer
from colonnade.infrastructure.notifications.repository import SqlPersonalSettingsRepository, SqlPreferencesRepository
from colonnade.infrastructure.notifications.senders import MailSender
from colonnade.infrastructure.projects.repository import SqlProjectRepository
from colonnade.infrastructure.protection import PersonKeys
from colonnade.infrastructure.subscriptions import Reading, SubscriptionRunner
from colonnade.infrastructure.tasks.repository import SqlTaskRepository
from colonnade.infrastructure.work import CONSTRAINTS, EVENT_TYPES
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.worker import running_worker
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.infrastructure.workspaces.repository import SqlWorkspaceRepository
from colonnade.infrastructure.workspaces.resources import SqlResources
from colonnade.testing import FrozenClock
from colonnade.testing.fakes import AllowEverything

from ..waiting import eventually

Answer = TypeVar("Answer")

POLL_SECONDS = 0.5
PUBLIC_URL = "https://work.example.com"
HANDLERS = tuple(module.handlers for module in (due, inbox, preferences, sending, settings, unsubscribing, queries))
SUBSCRIPTIONS = list(reactions.subscriptions)
PARTITIONS = sum(subscription.partitions for subscription in SUBSCRIPTIONS)


class Desk:
    """One service with three people in a workspace; it runs while it is opened."""

    def __init__(self, house: Any, cursors: CursorCodec, mailer: Mailer) -> None:
        self.house = house
        self.database: Database = house.database
        self.clock: FrozenClock = house.clock
        self.wakeups = Wakeups(self.database)
        self.types = EVENT_TYPES
        self.tokens = UnsubscribeTokens(b"key of the links")
        self.renderer = Renderer(PUBLIC_URL)
        self.memberships = CachedMemberships(self.database)
        self.senders: dict[Channel, Any] = {Channel.MAIL: MailSender(mailer, self.renderer, self.tokens, PUBLIC_URL)}
        people, keys = house.sealing.texts, house.sealing.keys
        recipients, named = SqlRecipients(self.database, people, keys), NamedFacts(self.database, people)
        self.app: dict[Any, object] = {
            Database: self.database,
            Clock: self.clock,
            CursorCodec: cursors,
            Memberships: self.memberships,
            Resources: SqlResources(self.database),
            JobOutcomes: SqlJobOutcomes(self.database),
            Recipients: recipients,
            Letters: SqlLetters(self.database, recipients, named),
            NamedFacts: named,
            UserTexts: people,
            PersonKeys: keys,
            DueTasks: SqlDueTasks(self.database),
            Senders: self.senders,
            NotificationSettings: NotificationSettings(page_size=2),
            UnsubscribeTokens: self.tokens,
        }
        self.handled: set[str | None] = set()
        self._stack = AsyncExitStack()

    # what the bus and the subscriptions ask for

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell how long a dependency lives."""
        return Lifetime.APP if dependency in self.app else Lifetime.REQUEST if dependency in _PER_MESSAGE else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Return what lives as long as the service."""
        return self.app[dependency]

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, Any], /) -> AsyncIterator["_Scope"]:
        """Open the scope of a message or an event."""
        unit_of_work = SqlUnitOfWork(
            self.database,
            clock=self.clock,
            constraints=CONSTRAINTS,
            listeners=(self.wakeups, self.memberships),
            announced=(),
        )
        try:
            yield _Scope(self, unit_of_work, values)
            self.handled.add(values[Context].causation_id)
        finally:
            await unit_of_work.rollback()

    # the service

    async def open(self) -> "Desk":
        """Let people in, start everything, and wait until it listens to what happens from then on."""
        self.ada: UserId = self.house.owner
        self.ben, self.cy = await self.house.person("ben@example.com"), await self.house.person("cy@example.com")
        async with self.acting(self.ada) as work:
            self.workspace: Workspace = await self.house.workspaces(work).get(self.house.workspace.id)
            for user_id in (self.ben, self.cy):
                self.workspace.add_member(user_id, Role.MEMBER, by=self.ada)
        self.project = await self.house.open_project("WEB")
        behaviours = (Authorising(AllowEverything()), Retrying())
        self.bus = await LocalBus.start(handlers=HANDLERS, resolver=self, behaviours=behaviours)
        lease = WorkerLease(self.database, self.clock)
        reading = Reading(self.database, self, self.types, self.clock, None, POLL_SECONDS)
        reader = SubscriptionRunner(reading, SUBSCRIPTIONS, self.wakeups, lease)
        runner = JobRunner(
            self.database, self.bus, self.bus.kinds(), self.clock, self.wakeups, lease, poll_seconds=POLL_SECONDS
        )
        await self._stack.enter_async_context(running_worker(lease, [reader, runner]))
        await eventually(lambda: len(reader.held()) == PARTITIONS)
        self._begin = len(await self._log())
        return self

    async def close(self) -> None:
        """Stop it once it has nothing to do."""
        await self._idle()
        await self._stack.aclose()
        await self.wakeups.close()

    async def settled(self) -> None:
        """Wait until everybody who had to hear has heard, and nothing is left to do now."""
        self.wakeups.tell({JOBS})
        due = and_(jobs.c.state == SCHEDULED, jobs.c.due_at <= self.clock.now())
        left = select(func.count()).where(or_(jobs.c.state.in_([WAITING, RUNNING]), due))

        async def quiet() -> bool:
            heard = all(str(event_id) in self.handled for event_id in await self._news())
            return heard and (await self.database.fetch(left))[0][0] == 0

        await eventually(quiet)

    async def later(self, **time: float) -> None:
        """Let time pass once all is done, and what becomes due by it be done."""
        await self.settled()
        self.clock.advance(**time)
        await self.settled()

    async def at(self, moment: str) -> None:
        """Let it become a moment once all is done, and what becomes due by it be done."""
        await self.settled()
        self.clock.move_to(datetime.fromisoformat(moment))
        await self.settled()

    async def waiting(self) -> list[tuple[str, datetime]]:
        """Return the jobs that wait for their time."""
        rows = await self.database.fetch(select(jobs.c.name, jobs.c.due_at).where(jobs.c.state == SCHEDULED))
        return [(row.name, row.due_at) for row in rows]

    # what people do

    @asynccontextmanager
    async def acting(self, actor: UserId | None) -> AsyncIterator[SqlUnitOfWork]:
        """Open a unit of work in which somebody does something."""
        about = {} if actor is None else {"caller": str(actor)}
        work = self.house.unit_of_work(listeners=(self.wakeups, self.memberships), metadata=about)
        try:
            yield work
            await work.commit()
        finally:
            await work.rollback()

    async def task(self, by: UserId, *, assignee: UserId | None = None, **more: Any) -> Task:
        """Open a task."""
        task: Task = self.house.make.task(self.project, by=by, assignee_id=assignee, at=self.clock.now(), **more)
        async with self.acting(by) as work:
            await self.house.tasks(work).add(task)
        return task

    async def change(self, task: Task, by: UserId | None, do: Callable[[Task], None]) -> None:
        """Do something with a task."""
        async with self.acting(by) as work:
            do(await self.house.tasks(work).get(task.id))

    async def move(self, task: Task, by: UserId | None, *targets: str) -> None:
        """Take a task to one status after the other."""
        for target in targets:
            async with self.acting(by) as work:
                one = await self.house.tasks(work).get(task.id)
                one.move(target, self.project.workflow, at=self.clock.now())

    async def schedule(self, task: Task, due_on: date | None) -> None:
        """Give a task another due date."""
        await self.change(task, self.ada, lambda one: one.schedule(due_on, at=self.clock.now()))

    async def ask(self, user_id: UserId | None, message: Message[Answer]) -> Answer:
        """Send a message as somebody does."""
        return await self.bus.send(message, Context(caller=None if user_id is None else Caller(user_id)))

    async def serve(self, message: Message[Answer]) -> Answer:
        """Send a message as the service itself does."""
        return await self.bus.send(message, Context(by_service=True))

    async def tell(self, user_id: UserId, **changes: Any) -> None:
        """Tell somebody that a process finished, as the process does."""
        about = {
            "kind": Kind.PROCESS_FINISHED,
            "thread": "process:1",
            "facts": {"title": "The export is ready", "url": "/exports/1"},
            "event_id": UUID("01890a5d-ac96-7000-8000-000000000001"),
            "workspace_id": self.workspace.id,
        }
        context = Context(by_service=True)
        async with self.scope({Context: context, Subject: self}) as scope:
            await (await scope.get(Notifier)).tell([user_id], News(**about | changes))
            await (await scope.get(UnitOfWork)).commit()

    async def prefer(self, user_id: UserId, kind: str, channel: str, timing: str | None, **more: Any) -> None:
        """Choose how to hear of something."""
        await self.ask(user_id, EditPreferences.model_validate({"choices": {kind: {channel: timing}}, **more}))

    async def set(self, user_id: UserId, **values: Any) -> None:
        """Change somebody's settings."""
        await self.ask(user_id, EditSettings.model_validate(values))

    async def told(self, user_id: UserId, **how: Any) -> list[NotificationView]:
        """Return what somebody sees in the app, the oldest first."""
        page = await self.ask(user_id, ListNotifications(limit=200, **how))
        return list(reversed(page.items))

    async def deliveries(self, user_id: UserId) -> list[NotificationDeliveryView]:
        """Return what became of what somebody was told, the oldest first."""
        pages = [
            await self.ask(user_id, ListNotificationDeliveries(notification_id=one.id))
            for one in await self.told(user_id)
        ]
        return [delivery for page in pages for delivery in page.items]

    async def _idle(self) -> None:
        """Wait until no connection is in use for a while."""
        pool, quiet = self.database.engine.pool, 0

        async def rests() -> bool:
            nonlocal quiet
            quiet = quiet + 1 if pool.checkedout() == 0 else 0  # type: ignore[attr-defined]  # of this kind of pool
            return quiet > 5

        await eventually(rests)

    async def _news(self) -> list[UUID]:
        """Return the events since the beginning that somebody has to hear of."""
        return [
            recorded.event_id
            for recorded in (await self._log())[self._begin :]
            if any(one.concerns(recorded.event) for one in SUBSCRIPTIONS)
        ]

    async def _log(self) -> list[Any]:
        return [recorded for _, recorded in await EventLog(self.database, self.types).read(limit=10_000)]


def body(mail: EmailMessage, form: str = "plain") -> str:
    """Return what a mail says, in one of its forms."""
    part = mail.get_body((form,))
    assert part is not None
    text: str = part.get_content()
    return text


class _Scope(Scope):
    """What one message or event is handled with."""

    def __init__(self, desk: Desk, unit_of_work: SqlUnitOfWork, values: Mapping[Any, Any]) -> None:
        self.desk = desk
        self.work = unit_of_work
        self.values = values
        self._made: dict[Any, Any] = {}

    async def get(self, dependency: type[Any], /) -> Any:
        """Return a dependency, made once."""
        return self.once(dependency)

    def once(self, dependency: Any) -> Any:
        """Return a dependency, made once."""
        if dependency in self.desk.app:
            return self.desk.app[dependency]
        if dependency not in self._made:
            self._made[dependency] = _PER_MESSAGE[dependency](self)
        return self._made[dependency]

    @property
    def tenant(self) -> Any:
        """The workspace that it is about."""
        return self.values[Subject].workspace_id


def _scheduler(scope: _Scope) -> Scheduler:
    desk = scope.desk
    return SqlScheduler(scope.work, scope.values[Context], desk.clock, desk.database, desk.wakeups)


def _notifier(scope: _Scope) -> Notifier:
    asked = (Recipients, Inbox, Outbox, Scheduler, Senders, NotificationSettings, Clock, Memberships, Resources)
    return Notifier(*(scope.once(one) for one in asked))


_PER_MESSAGE: dict[Any, Callable[[_Scope], object]] = {
    SqlUnitOfWork: lambda scope: scope.work,
    UnitOfWork: lambda scope: scope.work,
    Scheduler: _scheduler,
    Receipts: lambda scope: JobReceipts(scope.work, scope.desk.clock, scope.desk.database, scope.desk.wakeups),
    Notifier: _notifier,
    Inbox: lambda scope: SqlInbox(scope.work, scope.desk.database),
    Outbox: lambda scope: SqlOutbox(scope.work),
    PreferencesRepository: lambda scope: SqlPreferencesRepository(scope.work),
    PersonalSettingsRepository: lambda scope: SqlPersonalSettingsRepository(scope.work, scope.desk.house.sealing.keys),
    WorkspaceRepository: lambda scope: SqlWorkspaceRepository(scope.work),
    TaskRepository: lambda scope: SqlTaskRepository(scope.work, scope.tenant),
    ProjectRepository: lambda scope: SqlProjectRepository(scope.work, scope.tenant),
    WebhookRepository: lambda scope: SqlWebhookRepository(scope.work, scope.tenant),
}
