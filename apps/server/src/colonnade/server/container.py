"""The composition root: which class stands for which port, how long each object lives, and who closes it."""

from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version

from dishka import Provider, Scope, from_context, provide

from colonnade.api.http import Authenticator
from colonnade.application.identity import ports as identity_ports
from colonnade.application.identity.operators import Operators
from colonnade.application.identity.people import People
from colonnade.application.messaging import Context, Resolver, Subject
from colonnade.application.messaging.behaviours import IdempotencyStore
from colonnade.application.messaging.pipeline import Receipts
from colonnade.application.workspaces import MembershipPolicy, Memberships
from colonnade.core import Clock, CursorCodec, EventTypes, SystemClock, UnitOfWork
from colonnade.domain.identity import Session, SessionRepository, UserRepository
from colonnade.domain.projects import ProjectRepository
from colonnade.domain.tasks import TaskRepository
from colonnade.domain.workspaces import Workspace, WorkspaceId, WorkspaceRepository
from colonnade.infrastructure.database import Database, DatabaseSettings, EventLog, SqlUnitOfWork
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore, SqlReceipts
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.identity.authenticator import TokenAuthenticator
from colonnade.infrastructure.identity.queries import SqlCredentials, SqlOperators, SqlPeople
from colonnade.infrastructure.identity.repository import SqlSessionRepository, SqlUserRepository
from colonnade.infrastructure.jobs import JobReceipts
from colonnade.infrastructure.projects.repository import SqlProjectRepository
from colonnade.infrastructure.tasks.repository import SqlTaskRepository
from colonnade.infrastructure.work import CONSTRAINTS, EVENT_TYPES
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.infrastructure.workspaces.repository import SqlWorkspaceRepository
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.tracing import Tracing
from colonnade.security.keys import KeyRing, SigningKey
from colonnade.security.passwords import Argon2Passwords
from colonnade.security.sealing import Sealer, derive_key
from colonnade.security.tokens import AccessTokens
from colonnade.server.after_commit import AfterCommit, AfterCommitInScope
from colonnade.server.delivering import Delivering
from colonnade.server.notifications import Notifications, NotificationsInScope
from colonnade.server.observing import EventCounter, trace_statements, watch_pool
from colonnade.server.publishing import Files, Publishing
from colonnade.server.secrets import Secret, installation_secret
from colonnade.server.settings import Settings
from colonnade.server.webhooks import Webhooks, WebhooksInScope

ANNOUNCED = frozenset({Session.stream_kind, Workspace.stream_kind})
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
            )
        )
        watch_pool(database, metrics)
        trace_statements(database, tracing)
        yield database
        await database.dispose()

    @provide
    def event_types(self) -> EventTypes:
        """The events of the product."""
        return EVENT_TYPES

    event_log = provide(EventLog)

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


class Identity(Provider):
    """Who somebody is."""

    scope = Scope.APP
    credentials = provide(SqlCredentials, provides=identity_ports.Credentials)
    people = provide(SqlPeople, provides=People)
    operators = provide(SqlOperators, provides=Operators)

    @provide
    def key_ring(self, settings: Settings) -> KeyRing:
        """The key that signs access tokens."""
        path = settings.identity.signing_key_file or settings.data_dir / "signing-key.pem"
        path.parent.mkdir(parents=True, exist_ok=True)
        return KeyRing(SigningKey.from_file(path))

    @provide
    def tokens(self, ring: KeyRing, clock: Clock, settings: Settings) -> AccessTokens:
        """Signs and verifies access tokens."""
        section = settings.identity
        return AccessTokens(
            ring,
            clock,
            issuer=section.issuer,
            audience=section.audience,
            lifetime_seconds=section.access_token_seconds,
        )

    @provide
    def issuer(self, tokens: AccessTokens) -> identity_ports.TokenIssuer:
        """Signs access tokens."""
        return tokens

    @provide
    def sessions(self, settings: Settings) -> identity_ports.SessionSettings:
        """How long a sign-in lasts."""
        return identity_ports.SessionSettings(refresh_seconds=settings.identity.refresh_token_seconds)

    @provide
    def hasher(self, settings: Settings) -> Iterator[identity_ports.PasswordHasher]:
        """Hashes passwords."""
        section = settings.identity
        passwords = Argon2Passwords(
            memory_kibibytes=section.password_memory_kibibytes, iterations=section.password_iterations
        )
        yield passwords
        passwords.close()

    @provide
    def authenticator(self, tokens: AccessTokens, database: Database, clock: Clock) -> TokenAuthenticator:
        """Knows who a token stands for, and remembers it."""
        return TokenAuthenticator(tokens, database, clock)

    @provide
    def authenticator_port(self, authenticator: TokenAuthenticator) -> Authenticator:
        """Knows who a token stands for."""
        return authenticator


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

    policy = provide(MembershipPolicy)
    counter = provide(EventCounter)

    @provide
    async def notifications(
        self,
        database: Database,
        memberships: CachedMemberships,
        authenticator: TokenAuthenticator,
        wakeups: Wakeups,
    ) -> AsyncIterator[StreamNotifications]:
        """Keeps the caches right when other processes change what they hold, and wakes who waits for work."""
        notifications = StreamNotifications(database, (memberships, authenticator), wakeups)
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
        memberships: CachedMemberships,
        authenticator: TokenAuthenticator,
        counter: EventCounter,
        wakeups: Wakeups,
    ) -> AsyncIterator[SqlUnitOfWork]:
        """One transaction, rolled back if nobody commits it."""
        about = {"correlation_id": context.correlation_id}
        if context.caller is not None:
            about["caller"] = str(context.caller.user_id)
        if context.console is not None:
            about["console"] = context.console
        if context.causation_id is not None:
            about["causation_id"] = context.causation_id
        unit_of_work = SqlUnitOfWork(
            database,
            clock=clock,
            constraints=CONSTRAINTS,
            metadata=about,
            listeners=(memberships, authenticator, counter, wakeups),
            announced=ANNOUNCED,
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

    users = provide(SqlUserRepository, provides=UserRepository)
    sessions = provide(SqlSessionRepository, provides=SessionRepository)
    workspaces = provide(SqlWorkspaceRepository, provides=WorkspaceRepository)
    projects = provide(SqlProjectRepository, provides=ProjectRepository)
    tasks = provide(SqlTaskRepository, provides=TaskRepository)


PROVIDERS = (
    Platform(),
    Identity(),
    Access(),
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
)
"""Everything that is provided; the graph is checked when the container is made."""
