"""Repositories, unit of work, event log, idempotency store and scheduler pass the suites of their ports."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from colonnade.application.jobs import JobId, Scheduler
from colonnade.application.messaging import Context
from colonnade.core import AggregateRoot, RecordedEvent, UnitOfWork, UserId
from colonnade.domain.identity import Lifetimes, Session
from colonnade.domain.projects import Project, ProjectName
from colonnade.domain.tasks import Task, TaskDescription, TaskTitle
from colonnade.domain.workspaces import Role, Workspace, WorkspaceId, WorkspaceName
from colonnade.infrastructure.database import EventLog
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore, SqlReceipts
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs import SqlScheduler
from colonnade.infrastructure.jobs.tables import SCHEDULED, WAITING, jobs
from colonnade.testing.contracts import (
    EventLogSuite,
    IdempotencyStoreSuite,
    IdempotencySubject,
    PersistenceSubject,
    Remind,
    RepositorySuite,
    SchedulerSubject,
    SchedulerSuite,
    UnitOfWorkSuite,
)
from colonnade.testing.fakes import SentLater

LIFETIMES = Lifetimes(idle_seconds=3_600, absolute_seconds=86_400)


class SqlSubject(PersistenceSubject[Any]):
    """Aggregates of one kind in a database of the product."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.one_writer_at_a_time = not house.database.is_postgresql
        self.tenant = None
        self.changes = 0

    async def events(self) -> list[RecordedEvent]:
        """Return the whole log."""
        return await self.house.events()

    def next(self, word: str = "another") -> str:
        """Return a text that was not used yet."""
        self.changes += 1
        return f"{word} {self.changes}"


class Sessions(SqlSubject):
    """Sessions."""

    async def make(self) -> Session:
        return self.house.make.session(self.house.owner)

    def change(self, aggregate: Session) -> None:
        aggregate.refresh(
            aggregate.refresh_hash,
            next_hash=self.next(),
            device=aggregate.device,
            at=aggregate.created_at,
            lifetimes=LIFETIMES,
        )

    def tamper(self, aggregate: Session) -> None:
        aggregate.refresh_hash = "tampered"

    def open(self) -> Any:
        work = self.house.unit_of_work()
        return work, self.house.sessions(work)


class Workspaces(SqlSubject):
    """Workspaces with members."""

    async def make(self) -> Workspace:
        return self.house.make.workspace(self.house.owner, members={await self.house.person(): Role.GUEST})

    def change(self, aggregate: Workspace) -> None:
        guest = next(member for member in aggregate.members if member != self.house.owner)
        aggregate.rename(WorkspaceName(self.next()))
        new = Role.ADMIN if aggregate.role_of(guest) is not Role.ADMIN else Role.MEMBER
        aggregate.change_role(guest, new, by=self.house.owner)

    def tamper(self, aggregate: Workspace) -> None:
        aggregate.members = {self.house.owner: Role.OWNER}

    def open(self) -> Any:
        work = self.house.unit_of_work()
        return work, self.house.workspaces(work)


class Projects(SqlSubject):
    """Projects of a workspace."""

    async def make(self) -> Project:
        return self.house.make.project(self.house.workspace.id)

    def change(self, aggregate: Project) -> None:
        aggregate.rename(ProjectName(self.next()))

    def tamper(self, aggregate: Project) -> None:
        aggregate.name = ProjectName("tampered")

    def open(self, tenant: UUID | None = None) -> Any:
        work = self.house.unit_of_work()
        return work, self.house.projects(work, tenant)

    def open_as_stranger(self) -> Any:
        return self.open(self.house.make.id(WorkspaceId))


class Tasks(SqlSubject):
    """Tasks of a workspace."""

    def __init__(self, house: Any) -> None:
        super().__init__(house)
        self.project: Project | None = None

    async def make(self) -> Task:
        self.project = self.project or await self.house.open_project()
        return self.house.make.task(self.project, by=self.house.owner, assignee_id=self.house.owner)

    def change(self, aggregate: Task) -> None:
        at = self.house.clock.advance(seconds=1)
        aggregate.retitle(TaskTitle(self.next()), at=at)
        aggregate.describe(TaskDescription(self.next("100 % größer")), at=at)

    def tamper(self, aggregate: Task) -> None:
        aggregate.status = "tampered"

    def open(self, tenant: UUID | None = None) -> Any:
        work = self.house.unit_of_work()
        return work, self.house.tasks(work, tenant)

    def open_as_stranger(self) -> Any:
        return self.open(self.house.make.id(WorkspaceId))


class TestRepositories(RepositorySuite):
    """Every repository."""

    @pytest.fixture(params=[Sessions, Workspaces, Projects, Tasks])
    async def subject(self, request: pytest.FixtureRequest, house: Any) -> SqlSubject:
        """Each kind of aggregate that changes."""
        kind: type[SqlSubject] = request.param
        return kind(house)


class TestUnitOfWork(UnitOfWorkSuite):
    """The unit of work, whatever it is about."""

    @pytest.fixture
    async def subject(self, house: Any) -> SqlSubject:
        return Workspaces(house)


class TestEventLog(EventLogSuite):
    """The event log."""

    @pytest.fixture
    async def subject(self, house: Any) -> SqlSubject:
        return Tasks(house)

    @pytest.fixture
    def log(self, house: Any) -> EventLog:
        return house.log


class SqlIdempotency(IdempotencySubject):
    """Keys in a database, sealed by turning the bytes round."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.clock = house.clock
        self.store = SqlIdempotencyStore(
            house.database, house.clock, secret=b"k" * 80, unseal=seal, claim_seconds=self.claim_seconds
        )

    async def answer(self, context: Context, answer: bytes, *, commit: bool = True) -> None:
        work = self.house.unit_of_work()
        await SqlReceipts(work, seal).keep(context, answer)
        await (work.commit() if commit else work.rollback())


def seal(answer: bytes, place: bytes) -> bytes:
    """Make an answer unreadable, and readable again."""
    key = place[0] ^ 0x55
    return bytes(byte ^ key for byte in answer)


class TestIdempotencyStore(IdempotencyStoreSuite):
    """The idempotency store."""

    @pytest.fixture
    async def subject(self, house: Any) -> IdempotencySubject:
        return SqlIdempotency(house)

    async def test_answers_are_sealed_and_commands_unreadable(
        self, subject: SqlIdempotency, context: Context, house: Any
    ) -> None:
        """What lies in the table shows neither the command nor the answer."""
        from sqlalchemy import text

        await subject.store.claim(context, b"password=hunter2")
        await subject.answer(context, b"token=hunter2")
        rows = await house.database.fetch(text("SELECT fingerprint, answer FROM idempotency_keys"))
        assert b"hunter2" not in bytes(rows[0].fingerprint) + bytes(rows[0].answer)

    async def test_old_keys_expire(self, subject: SqlIdempotency, context: Context) -> None:
        """Keys are forgotten by the time of their claim, answered or not."""
        await subject.store.claim(context, b"command")
        await subject.answer(context, b"1")
        await subject.store.expire(subject.clock.now())
        assert await subject.store.claim(context, b"command") == b"1"
        await subject.store.expire(subject.clock.advance(days=1))
        assert await subject.store.claim(context, b"command") is None


class SqlLater(SchedulerSubject):
    """Messages that wait in a database."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.clock = house.clock
        self.wakeups = Wakeups(house.database)

    def open(self, context: Context) -> tuple[UnitOfWork, Scheduler]:
        work = self.house.unit_of_work()
        return work, SqlScheduler(work, context, self.clock, self.house.database, self.wakeups)

    async def waiting(self) -> list[SentLater]:
        waiting = select(jobs).where(jobs.c.state.in_((SCHEDULED, WAITING)))
        return [
            SentLater(
                JobId(row.id),
                Remind.model_validate(row.message),
                row.due_at,
                row.unique_key,
                None if row.follow_up is None else Remind.model_validate(row.follow_up["message"]),
            )
            for row in await self.house.database.fetch(waiting)
        ]


class TestScheduler(SchedulerSuite):
    """The scheduler."""

    @pytest.fixture
    async def subject(self, house: Any) -> AsyncIterator[SchedulerSubject]:
        subject = SqlLater(house)
        yield subject
        await subject.wakeups.close()


async def test_users_are_kept(house: Any) -> None:
    """Users, who have no method that changes them yet, survive the way into the database and back."""
    user = house.make.user()
    await house.store(user)
    work = house.unit_of_work()
    again = await house.users(work).get(UserId(user.id))
    await work.rollback()
    assert {**vars(again), "_recorded": []} == {**vars(user), "_recorded": []}
    assert isinstance(again, AggregateRoot)
