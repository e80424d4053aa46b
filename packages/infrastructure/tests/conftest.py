"""What the tests of the adapters share: the product's database on both engines, and units of work over it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from inspect import signature
from typing import Any
from uuid import UUID

import pytest

from colonnade.application.messaging import Caller, Context, Query
from colonnade.core import AggregateRoot, CursorCodec, RecordedEvent, Repository, UserId
from colonnade.domain.projects import Project
from colonnade.domain.workspaces import Role, Workspace, WorkspaceId
from colonnade.infrastructure.database import CommitListener, Database, DatabaseSettings, EventLog, SqlUnitOfWork
from colonnade.infrastructure.identity.device_grants import SqlDeviceGrantRepository
from colonnade.infrastructure.identity.personal_tokens import SqlPersonalTokenRepository
from colonnade.infrastructure.identity.repository import SqlSecretRepository, SqlSessionRepository, SqlUserRepository
from colonnade.infrastructure.projects.repository import SqlProjectRepository
from colonnade.infrastructure.tasks.repository import SqlTaskRepository
from colonnade.infrastructure.work import CONSTRAINTS, EVENT_TYPES
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.infrastructure.workspaces.repository import SqlWorkspaceRepository
from colonnade.testing import FrozenClock
from colonnade.testing.databases import PostgresTemplate, Prepare
from colonnade.testing.factories import EntityFactory
from colonnade.testing.fixtures import *  # noqa: F403 - fixtures
from colonnade.testing.work import migrated

from .sealing import Sealing


@pytest.fixture(scope="session")
def prepare_database() -> Prepare:
    """Every test starts from the product's newest schema."""
    return migrated


@pytest.fixture
async def postgres(postgres_template: PostgresTemplate) -> AsyncIterator[Database]:
    """A PostgreSQL database of the test's own."""
    async with postgres_template.copy() as url:
        opened = Database(DatabaseSettings(url, pool_size=30))
        yield opened
        await opened.dispose()


@pytest.fixture
def make() -> EntityFactory:
    """Makes entities."""
    return EntityFactory(seed=1)


@pytest.fixture
def cursors() -> CursorCodec:
    """Writes and reads cursors."""
    return CursorCodec(b"secret")


class House:
    """A database of the product with what most tests need: units of work, repositories and a first workspace."""

    def __init__(self, database: Database, clock: FrozenClock, make: EntityFactory) -> None:
        self.database = database
        self.clock = clock
        self.make = make
        self.log = EventLog(database, EVENT_TYPES)
        self.sealing = Sealing(database, clock)
        self.owner: UserId
        self.workspace: Workspace

    async def found(self) -> "House":
        """Make the first workspace and its owner."""
        self.owner = await self.person()
        self.workspace = await self.open_workspace(self.owner)
        return self

    def unit_of_work(
        self, *, listeners: Sequence[CommitListener] = (), metadata: Mapping[str, str] | None = None
    ) -> SqlUnitOfWork:
        """Open a unit of work."""
        return SqlUnitOfWork(
            self.database, clock=self.clock, constraints=CONSTRAINTS, listeners=listeners, metadata=metadata
        )

    @asynccontextmanager
    async def change(self, *listeners: CommitListener) -> AsyncIterator[SqlUnitOfWork]:
        """Open a unit of work that is committed in the end."""
        unit_of_work = self.unit_of_work(listeners=listeners)
        try:
            yield unit_of_work
            await unit_of_work.commit()
        finally:
            await unit_of_work.rollback()

    def users(self, unit_of_work: SqlUnitOfWork) -> SqlUserRepository:
        """Return the users."""
        return self.sealing.users(unit_of_work)

    def sessions(self, unit_of_work: SqlUnitOfWork) -> SqlSessionRepository:
        """Return the sessions."""
        return self.sealing.sessions(unit_of_work)

    def workspaces(self, unit_of_work: SqlUnitOfWork) -> SqlWorkspaceRepository:
        """Return the workspaces."""
        return SqlWorkspaceRepository(unit_of_work)

    def projects(self, unit_of_work: SqlUnitOfWork, tenant: WorkspaceId | None = None) -> SqlProjectRepository:
        """Return the projects of a workspace, the first one unless said."""
        return SqlProjectRepository(unit_of_work, tenant or self.workspace.id)

    def tasks(self, unit_of_work: SqlUnitOfWork, tenant: WorkspaceId | None = None) -> SqlTaskRepository:
        """Return the tasks of a workspace, the first one unless said."""
        return SqlTaskRepository(unit_of_work, tenant or self.workspace.id)

    def repository_of(self, aggregate: AggregateRoot[Any], unit_of_work: SqlUnitOfWork) -> Repository[Any, UUID]:
        """Return the repository that an aggregate belongs to."""
        kinds = {
            "user": self.users,
            "session": self.sessions,
            "secret": SqlSecretRepository,
            "personal_token": SqlPersonalTokenRepository,
            "device_grant": SqlDeviceGrantRepository,
            "workspace": self.workspaces,
            "project": lambda work: self.projects(work, aggregate.workspace_id),
            "task": lambda work: self.tasks(work, aggregate.workspace_id),
        }
        return kinds[aggregate.stream_kind](unit_of_work)

    async def ask(self, handle: Callable[..., Any], query: Query[Any], by: UserId | Caller | None, **given: Any) -> Any:
        """Call the handler of a query with whatever it asks for by name.

        Args:
            handle: The handler.
            query: What is asked.
            by: Who asks; nobody is whoever has the machine.
            given: What it is given instead of what everybody is.
        """
        caller = Caller(by) if isinstance(by, UUID) else by
        named = {
            "query": query,
            "caller": caller,
            "context": Context(caller=caller),
            "database": self.database,
            "memberships": CachedMemberships(self.database),
            "users": self.sealing.texts,
            "keys": self.sealing.keys,
            "cursors": CursorCodec(b"secret"),
            "clock": self.clock,
            **given,
        }
        return await handle(**{name: named[name] for name in signature(handle).parameters})

    async def store(self, *aggregates: AggregateRoot[Any]) -> None:
        """Store new aggregates, each in a unit of work of its own."""
        for aggregate in aggregates:
            unit_of_work = self.unit_of_work()
            await self.repository_of(aggregate, unit_of_work).add(aggregate)
            await unit_of_work.commit()

    async def person(self, email: str | None = None) -> UserId:
        """Store somebody with an account."""
        user = self.make.user(email=email)
        await self.store(user)
        return user.id

    async def open_workspace(self, owner: UserId, members: Mapping[UserId, Role] | None = None) -> Workspace:
        """Store a workspace."""
        workspace = self.make.workspace(owner, members=members)
        await self.store(workspace)
        return workspace

    async def open_project(self, key: str | None = None) -> Project:
        """Store a project in the first workspace."""
        project = self.make.project(self.workspace.id, key=key)
        await self.store(project)
        return project

    async def events(self) -> list[RecordedEvent]:
        """Return the whole log."""
        return [event for _, event in await self.log.read(limit=100_000)]


@pytest.fixture
async def house(database: Database, clock: FrozenClock, make: EntityFactory) -> AsyncIterator[House]:
    """The product's database with a first workspace, on each engine in turn."""
    house = House(database, clock, make)
    yield await house.found()
    await house.sealing.close()


@pytest.fixture
async def postgres_house(postgres: Database, clock: FrozenClock, make: EntityFactory) -> AsyncIterator[House]:
    """The product's database with a first workspace, on PostgreSQL."""
    house = House(postgres, clock, make)
    yield await house.found()
    await house.sealing.close()
