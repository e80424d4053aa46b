"""The composition root: which class stands for which port, how long each object lives, and who closes it."""

from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version

from dishka import Provider, Scope, from_context, provide

from colonnade.api.work import CONTRACT
from colonnade.application.audit import circumstances, done_without_event
from colonnade.application.messaging import Context, Message, Resolver, Subject
from colonnade.application.messaging.behaviours import IdempotencyStore
from colonnade.application.messaging.pipeline import Receipts
from colonnade.application.workspaces import MembershipPolicy, Memberships, Resources
from colonnade.application.workspaces.explaining import Explainer, MessageKinds
from colonnade.core import Clock, CursorCodec, DomainEvent, EventTypes, SystemClock, UnitOfWork
from colonnade.domain.identity import Session, User
from colonnade.domain.identity.personal_token import PersonalToken
from colonnade.domain.projects import Project, ProjectRepository
from colonnade.domain.tasks import TaskRepository
from colonnade.domain.workspaces import Workspace, WorkspaceId, WorkspaceRepository
from colonnade.infrastructure.database import Database, DatabaseSettings, SqlUnitOfWork
from colonnade.infrastructure.database.event_log import EventProtector
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore, SqlReceipts
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.database.tenancy import EVERY_TENANT, Tenant
from colonnade.infrastructure.database.tls import Tls
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.identity.authenticator import TokenAuthenticator
from colonnade.infrastructure.identity.personal_tokens import PersonalTokenAuthenticator
from colonnade.infrastructure.jobs import JobReceipts
from colonnade.infrastructure.projects.repository import SqlProjectRepository
from colonnade.infrastructure.protection import PersonKeys
from colonnade.infrastructure.rich_text import RichTexts
from colonnade.infrastructure.tasks.repository import SqlTaskRepository
from colonnade.infrastructure.work import CONSTRAINTS, EVENT_TYPES
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.infrastructure.workspaces.repository import SqlWorkspaceRepository
from colonnade.infrastructure.workspaces.resources import SqlResources
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.tracing import Tracing
from colonnade.security.sealing import Sealer, derive_key
from colonnade.server.accounts import Accounts, AccountsInScope
from colonnade.server.after_commit import AfterCommit, AfterCommitInScope
from colonnade.server.audit import Audit, AuditInScope
from colonnade.server.delivering import Delivering
from colonnade.server.federation import FederationInScope, FederationOfProviders
from colonnade.server.identity import Identity, IdentityInScope
from colonnade.server.notifications import Notifications, NotificationsInScope
from colonnade.server.observing import EventCounter, trace_statements, watch_pool
from colonnade.server.passkeys import PasskeysInScope
from colonnade.server.people import People, PeopleInScope
from colonnade.server.pipeline import Pipeline
from colonnade.server.protection import Protection
from colonnade.server.publishing import Files, Publishing
from colonnade.server.secrets import Secret, installation_secret
from colonnade.server.settings import Settings
from colonnade.server.signing import Signing
from colonnade.server.webhooks import Webhooks, WebhooksInScope

ANNOUNCED = frozenset(
    {Session.stream_kind, PersonalToken.stream_kind, Workspace.stream_kind, Project.stream_kind, User.stream_kind}
)
"""Streams that caches of other processes hold something of."""
VERSION = version("colonnade-server")


class Platform(Provider):
    """What lives as long as the process and knows nothing of tasks."""

    scope = Scope.APP
    settings = from_context(Settings)
    resolver = from_context(Resolver)
    clock = provide(SystemClock, provides=Clock)
    metrics = provide(Metrics)

    @provide
    def secret(self, settings: Settings) -> Secret:
        """The installation's secret."""
        return Secret(installation_secret(settings))

    @provide
    def cursors(self, secret: Secret) -> CursorCodec:
        """Signs cursors."""
        return CursorCodec(derive_key(secret, "cursors"))

    @provide
    def sealer(self, secret: Secret) -> Sealer:
        """Seals what idempotent commands answered."""
        return Sealer(secret, "idempotency answers")

    @provide
    def tracing(self, settings: Settings) -> Iterator[Tracing]:
        """Exports spans, if anybody wants them."""
        tracing = Tracing.to(
            settings.traces.exporter, service="colonnade-server", version=VERSION, endpoint=settings.traces.endpoint
        )
        yield tracing
        tracing.close()

    @provide
    async def database(self, settings: Settings, metrics: Metrics, tracing: Tracing) -> AsyncIterator[Database]:
        """The database that the settings name."""
        section = settings.database
        database = Database(
            DatabaseSettings(
                url=settings.database_url,
                pool_size=section.pool_size,
                pool_timeout_seconds=section.pool_timeout_seconds,
                pool_recycle_seconds=section.pool_recycle_seconds,
                busy_timeout_seconds=section.busy_timeout_seconds,
                idle_transaction_seconds=section.idle_transaction_seconds,
                tls=None if section.tls is None else Tls(section.tls),
                tls_ca_file=section.tls_ca_file,
            )
        )
        watch_pool(database, metrics)
        trace_statements(database, tracing)
        yield database
        await database.dispose()

    @provide
    def rich_texts(self) -> Iterator[RichTexts]:
        """Makes HTML of what people write."""
        rich_texts = RichTexts()
        yield rich_texts
        rich_texts.close()

    @provide
    def event_types(self) -> EventTypes:
        """The events of the product."""
        return EVENT_TYPES

    @provide
    def idempotency_port(self, store: SqlIdempotencyStore) -> IdempotencyStore:
        """Remembers idempotency keys."""
        return store

    @provide
    def idempotency(self, database: Database, clock: Clock, sealer: Sealer, secret: Secret) -> SqlIdempotencyStore:
        """Remembers idempotency keys in the database."""
        return SqlIdempotencyStore(
            database, clock, secret=derive_key(secret, "idempotency fingerprints"), unseal=sealer.unseal
        )


class Access(Provider):
    """Who may do what."""

    scope = Scope.APP

    @provide
    def memberships(self, database: Database) -> CachedMemberships:
        """Knows who belongs to which workspace, and remembers it."""
        return CachedMemberships(database)

    @provide
    def memberships_port(self, memberships: CachedMemberships) -> Memberships:
        """Knows who belongs to which workspace."""
        return memberships

    resources = provide(SqlResources, provides=Resources)
    policy = provide(MembershipPolicy)
    explainer = provide(Explainer)

    @provide
    def message_kinds(self) -> MessageKinds:
        """Every message that people can send."""
        return MessageKinds({kind.wire_name: kind for kind in CONTRACT.messages()})

    counter = provide(EventCounter)

    @provide
    async def notifications(
        self,
        database: Database,
        memberships: CachedMemberships,
        authenticator: TokenAuthenticator,
        personal: PersonalTokenAuthenticator,
        keys: PersonKeys,
        wakeups: Wakeups,
    ) -> AsyncIterator[StreamNotifications]:
        """Keeps the caches right when other processes change what they hold, and wakes who waits for work."""
        notifications = StreamNotifications(database, (memberships, authenticator, personal, keys), wakeups)
        yield notifications
        await notifications.close()


class UnitsOfWork(Provider):
    """What lives as long as one message: the transaction, and the repositories in it."""

    scope = Scope.REQUEST
    context = from_context(Context)
    subject = from_context(Subject)

    @provide
    async def unit_of_work(
        self,
        database: Database,
        clock: Clock,
        context: Context,
        subject: Subject,
        memberships: CachedMemberships,
        authenticator: TokenAuthenticator,
        personal: PersonalTokenAuthenticator,
        keys: PersonKeys,
        counter: EventCounter,
        wakeups: Wakeups,
        protector: EventProtector,
    ) -> AsyncIterator[SqlUnitOfWork]:
        """One transaction, rolled back if nobody commits it."""
        unit_of_work = SqlUnitOfWork(
            database,
            clock=clock,
            constraints=CONSTRAINTS,
            metadata=circumstances(context, subject.wire_name if isinstance(subject, Message) else None),
            otherwise=done_without_event(subject, context),
            listeners=(memberships, authenticator, personal, keys, counter, wakeups),
            announced=ANNOUNCED,
            tenant=_tenant_of(subject),
            protector=protector,
        )
        yield unit_of_work
        await unit_of_work.rollback()

    @provide
    def port(self, unit_of_work: SqlUnitOfWork) -> UnitOfWork:
        """The transaction, as the bus sees it."""
        return unit_of_work

    @provide
    def receipts(self, unit_of_work: SqlUnitOfWork, sealer: Sealer, jobs: JobReceipts) -> Receipts:
        """Keeps what idempotent commands answered, and ends the jobs that commands are."""
        return SqlReceipts(unit_of_work, sealer.seal, jobs)

    @provide
    def tenant(self, subject: Subject) -> WorkspaceId:
        """The workspace that the message or event is about, to which every statement is bound."""
        return WorkspaceId(subject.workspace_id)  # type: ignore[attr-defined]  # a test holds it

    workspaces = provide(SqlWorkspaceRepository, provides=WorkspaceRepository)
    projects = provide(SqlProjectRepository, provides=ProjectRepository)
    tasks = provide(SqlTaskRepository, provides=TaskRepository)


def _tenant_of(subject: object) -> Tenant:
    """Return whose rows a unit of work sees: a message's workspace's; subscriptions work for all at once."""
    tenant: Tenant | None = None if isinstance(subject, DomainEvent) else getattr(subject, "workspace_id", None)
    return EVERY_TENANT if tenant is None else tenant


PROVIDERS = (
    Platform(),
    PasskeysInScope(),
    FederationOfProviders(),
    FederationInScope(),
    Pipeline(),
    Identity(),
    Signing(),
    IdentityInScope(),
    Accounts(),
    AccountsInScope(),
    Access(),
    Protection(),
    People(),
    PeopleInScope(),
    UnitsOfWork(),
    AfterCommit(),
    AfterCommitInScope(),
    Publishing(),
    Files(),
    Delivering(),
    Notifications(),
    NotificationsInScope(),
    Webhooks(),
    WebhooksInScope(),
    Audit(),
    AuditInScope(),
)
"""Everything that is provided; the graph is checked when the container is made."""
