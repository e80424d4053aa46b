"""The fakes pass the suites that the adapters pass."""

from typing import Any
from uuid import UUID

import pytest

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import Context
from colonnade.core import RecordedEvent, UnitOfWork, UserId
from colonnade.domain.identity import Lifetimes
from colonnade.domain.projects import Project, ProjectName
from colonnade.domain.tasks import Task, TaskTitle
from colonnade.domain.workspaces import Role, Workspace, WorkspaceId, WorkspaceName
from colonnade.testing import FrozenClock
from colonnade.testing.contracts import (
    EventLogSuite,
    IdempotencyStoreSuite,
    IdempotencySubject,
    PersistenceSubject,
    RepositorySuite,
    SchedulerSubject,
    SchedulerSuite,
    UnitOfWorkSuite,
)
from colonnade.testing.factories import EntityFactory
from colonnade.testing.fakes import (
    MemoryEventLog,
    MemoryIdempotencyStore,
    MemoryReceipts,
    MemoryScheduler,
    MemoryStore,
    MemoryUnitOfWork,
    SentLater,
)
from colonnade.testing.fakes.work import (
    RULES,
    MemoryProjectRepository,
    MemorySessionRepository,
    MemoryTaskRepository,
    MemoryWorkspaceRepository,
)

LIFETIMES = Lifetimes(idle_seconds=3_600, absolute_seconds=86_400)


class MemorySubject(PersistenceSubject[Any]):
    """Aggregates of one kind in memory."""

    def __init__(self, clock: FrozenClock, make: EntityFactory) -> None:
        self.memory = MemoryStore(RULES)
        self.clock = clock
        self.factory = make
        self.tenant = make.id(WorkspaceId)
        self.changes = 0

    def work(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self.memory, clock=self.clock)

    async def events(self) -> list[RecordedEvent]:
        return list(self.memory.events)

    def next(self) -> str:
        self.changes += 1
        return f"another {self.changes}"


class Sessions(MemorySubject):
    """Sessions."""

    async def make(self) -> Any:
        return self.factory.session()

    def change(self, aggregate: Any) -> None:
        aggregate.refresh(
            aggregate.refresh_hash,
            next_hash=self.next(),
            device=aggregate.device,
            at=aggregate.created_at,
            lifetimes=LIFETIMES,
        )

    def tamper(self, aggregate: Any) -> None:
        aggregate.refresh_hash = "tampered"

    def open(self) -> Any:
        work = self.work()
        return work, MemorySessionRepository(work)


class Workspaces(MemorySubject):
    """Workspaces, whose members are a dictionary: copies must be deep."""

    async def make(self) -> Workspace:
        return self.factory.workspace()

    def change(self, aggregate: Workspace) -> None:
        aggregate.rename(WorkspaceName(self.next()))
        aggregate.add_member(self.factory.id(UserId), Role.GUEST, by=next(iter(aggregate.members)))

    def tamper(self, aggregate: Workspace) -> None:
        aggregate.members.clear()

    def open(self) -> Any:
        work = self.work()
        return work, MemoryWorkspaceRepository(work)


class Projects(MemorySubject):
    """Projects."""

    async def make(self) -> Project:
        return self.factory.project(self.tenant)

    def change(self, aggregate: Project) -> None:
        aggregate.rename(ProjectName(self.next()))

    def tamper(self, aggregate: Project) -> None:
        aggregate.name = ProjectName("tampered")

    def open(self, tenant: UUID | None = None) -> Any:
        work = self.work()
        return work, MemoryProjectRepository(work, tenant or self.tenant)

    def open_as_stranger(self) -> Any:
        return self.open(self.factory.id(WorkspaceId))


class Tasks(MemorySubject):
    """Tasks."""

    async def make(self) -> Task:
        return self.factory.task(self.factory.project(self.tenant))

    def change(self, aggregate: Task) -> None:
        aggregate.retitle(TaskTitle(self.next()), at=self.clock.advance(seconds=1))

    def tamper(self, aggregate: Task) -> None:
        aggregate.status = "tampered"

    def open(self, tenant: UUID | None = None) -> Any:
        work = self.work()
        return work, MemoryTaskRepository(work, tenant or self.tenant)

    def open_as_stranger(self) -> Any:
        return self.open(self.factory.id(WorkspaceId))


class TestMemoryRepositories(RepositorySuite):
    """Every repository in memory."""

    @pytest.fixture(params=[Sessions, Workspaces, Projects, Tasks])
    def subject(self, request: pytest.FixtureRequest, clock: FrozenClock, make: EntityFactory) -> MemorySubject:
        """Each kind of aggregate that changes."""
        kind: type[MemorySubject] = request.param
        return kind(clock, make)


class TestMemoryUnitOfWork(UnitOfWorkSuite):
    """The unit of work in memory."""

    @pytest.fixture
    def subject(self, clock: FrozenClock, make: EntityFactory) -> MemorySubject:
        return Workspaces(clock, make)


class TestMemoryEventLog(EventLogSuite):
    """The event log in memory."""

    @pytest.fixture
    def subject(self, clock: FrozenClock, make: EntityFactory) -> MemorySubject:
        return Tasks(clock, make)

    @pytest.fixture
    def log(self, subject: MemorySubject) -> MemoryEventLog:
        return MemoryEventLog(subject.memory)


class MemoryIdempotency(IdempotencySubject):
    """Keys in memory."""

    def __init__(self, clock: FrozenClock) -> None:
        self.memory = MemoryStore()
        self.clock = clock
        self.store = MemoryIdempotencyStore(self.memory, clock, claim_seconds=self.claim_seconds)

    async def answer(self, context: Context, answer: bytes, *, commit: bool = True) -> None:
        work = MemoryUnitOfWork(self.memory, clock=self.clock)
        await MemoryReceipts(work).keep(context, answer)
        await (work.commit() if commit else work.rollback())


class TestMemoryIdempotencyStore(IdempotencyStoreSuite):
    """The idempotency store in memory."""

    @pytest.fixture
    def subject(self, clock: FrozenClock) -> IdempotencySubject:
        return MemoryIdempotency(clock)


class MemoryLater(SchedulerSubject):
    """Messages that wait in memory."""

    def __init__(self, clock: FrozenClock) -> None:
        self.memory = MemoryStore()
        self.clock = clock

    def open(self, context: Context) -> tuple[UnitOfWork, Scheduler]:
        work = MemoryUnitOfWork(self.memory, clock=self.clock)
        return work, MemoryScheduler(work, self.clock, context)

    async def waiting(self) -> list[SentLater]:
        return list(self.memory.jobs)


class TestMemoryScheduler(SchedulerSuite):
    """The scheduler in memory."""

    @pytest.fixture
    def subject(self, clock: FrozenClock) -> SchedulerSubject:
        return MemoryLater(clock)
