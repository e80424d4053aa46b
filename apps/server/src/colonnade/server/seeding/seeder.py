"""Makes the world through the domain: every rule holds, and every change is in the event log."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from colonnade.application.identity.ports import PasswordHasher
from colonnade.core import Email, PersonName, Slug, UserId
from colonnade.domain.identity import User
from colonnade.domain.projects import Project, ProjectId, ProjectKey, ProjectName
from colonnade.domain.tasks import LabelName, Priority, Task, TaskDescription, TaskId, TaskTitle
from colonnade.domain.workspaces import Role, Workspace, WorkspaceId, WorkspaceName
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.event_log import EventProtector
from colonnade.infrastructure.database.tenancy import EVERY_TENANT
from colonnade.infrastructure.identity.repository import SqlUserRepository
from colonnade.infrastructure.projects.repository import SqlProjectRepository
from colonnade.infrastructure.protection import PersonKeys
from colonnade.infrastructure.tasks.repository import SqlTaskRepository
from colonnade.infrastructure.work import CONSTRAINTS
from colonnade.infrastructure.workspaces.repository import SqlWorkspaceRepository
from colonnade.security.encryption import BlindIndex
from colonnade.server.seeding import plan

BATCH = 500
DAYS = 90

Progress = Callable[[int], None]
"""Hears how many tasks were made since the last time."""


class _Moment:
    """A clock that stands at the moment that is being made up."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Protected:
    """What seals who people are.

    Attributes:
        keys: Their keys.
        index: Finds them by address.
        events: Seals what events say of them.
    """

    keys: PersonKeys
    index: BlindIndex
    events: EventProtector


class Seeder:
    """Makes the same world for the same seed, size and day."""

    def __init__(
        self,
        database: Database,
        hasher: PasswordHasher,
        protection: Protected,
        *,
        seed: int = 1,
        as_of: date | None = None,
    ) -> None:
        """Prepare to seed.

        Args:
            database: An empty database with its schema.
            hasher: Hashes the one password that everybody has.
            protection: Seals who people are.
            seed: Another one makes another world.
            as_of: The day on which the world ends; today if not said.
        """
        self._database = database
        self._hasher = hasher
        self._protection = protection
        self._random = random.Random(seed)  # noqa: S311 - made-up data # nosec B311
        self._end = datetime.combine(as_of or datetime.now(UTC).date(), time(8), UTC)
        self._clock = _Moment(self._end - timedelta(days=DAYS))

    async def seed(self, size: plan.Size, progress: Progress = lambda _: None) -> None:
        """Make people, workspaces, projects and tasks."""
        people = await self._make_people(size.people)
        projects = [
            (project, members)
            for number in range(size.workspaces)
            for project, members in await self._make_workspace(number, people)
        ]
        weights = [self._random.uniform(0.5, 2) for _ in projects]
        total, made = sum(weights), 0
        for (project, members), weight, is_last in zip(
            projects, weights, [False] * (len(projects) - 1) + [True], strict=True
        ):
            count = size.tasks - made if is_last else round(size.tasks * weight / total)
            made += count
            await self._make_tasks(project, members, count, progress)

    async def _make_people(self, count: int) -> list[UserId]:
        password_hash = await self._hasher.hash(plan.DEMO_PASSWORD)
        unit_of_work = self._unit_of_work()
        users = SqlUserRepository(unit_of_work, self._protection.keys, self._protection.index)
        people = []
        for number in range(count):
            user = User.register(
                UserId(self._new_id()),
                email=_email(number),
                name=PersonName(" ".join(_name(number))),
                password_hash=password_hash,
                at=self._clock.now(),
            )
            user.confirm_email(at=self._clock.now())
            await users.add(user)
            people.append(user.id)
        await unit_of_work.commit()
        return people

    async def _make_workspace(self, number: int, people: list[UserId]) -> list[tuple[Project, list[UserId]]]:
        name = plan.WORKSPACES[number % len(plan.WORKSPACES)] + (
            f" {number // len(plan.WORKSPACES) + 1}" if number >= len(plan.WORKSPACES) else ""
        )
        owner = people[number % len(people)]
        workspace = Workspace.create(
            WorkspaceId(self._new_id()),
            name=WorkspaceName(name),
            slug=Slug.from_name(name),
            owner=owner,
            at=self._clock.now(),
        )
        joining = self._random.sample(people, min(len(people), self._random.randint(5, 20)))
        for person in dict.fromkeys([*joining, *(people[:1] if number < len(plan.WORKSPACES) - 2 else [])]):
            if person not in workspace.members:
                role = self._random.choices([Role.ADMIN, Role.MEMBER, Role.GUEST], [1, 6, 1])[0]
                workspace.add_member(person, Role.ADMIN if person == people[0] else role, by=owner)
        unit_of_work = self._unit_of_work()
        await SqlWorkspaceRepository(unit_of_work).add(workspace)
        projects = SqlProjectRepository(unit_of_work, workspace.id)
        made = []
        for key, title in self._random.sample(plan.PROJECTS, self._random.randint(2, 4)):
            project = Project.create(
                ProjectId(self._new_id()),
                workspace_id=workspace.id,
                key=ProjectKey(key),
                name=ProjectName(title),
                at=self._clock.now(),
            )
            await projects.add(project)
            made.append(project)
        await unit_of_work.commit()
        working = [person for person, role in workspace.members.items() if role is not Role.GUEST]
        return [(project, working) for project in made]

    async def _make_tasks(self, project: Project, members: list[UserId], count: int, progress: Progress) -> None:
        moments = iter(sorted(self._random.uniform(0, DAYS) for _ in range(count)))
        start = self._end - timedelta(days=DAYS)
        while batch := list(islice(moments, BATCH)):
            unit_of_work = self._unit_of_work()
            projects = SqlProjectRepository(unit_of_work, project.workspace_id)
            tasks = SqlTaskRepository(unit_of_work, project.workspace_id)
            present, numbers = await projects.take_numbers(project.id, len(batch))
            for days, number in zip(batch, numbers, strict=True):
                self._clock.at = start + timedelta(days=days)
                await tasks.add(self._make_task(present, number, members))
            await unit_of_work.commit()
            progress(len(batch))

    def _make_task(self, project: Project, number: int, members: list[UserId]) -> Task:
        pick, opened = self._random.choice, self._clock.now()
        task = Task.open(
            TaskId(self._new_id()),
            project=project,
            number=number,
            title=TaskTitle(f"{pick(plan.VERBS)} {pick(plan.OBJECTS)}"),
            description=TaskDescription(pick(plan.REASONS)),
            assignee_id=pick(members) if self._random.random() < plan.ASSIGNED else None,
            labels=[LabelName(label) for label in self._random.sample(plan.LABELS, self._random.randint(0, 3))],
            priority=self._random.choices(tuple(Priority), [4, 2, 3, 2, 1])[0],
            due_on=self._due(opened),
            by=pick(members),
            at=opened,
        )
        for later in self._later(opened):
            choices = project.workflow.transitions[task.status]
            if task.completed_at is not None or not choices:
                break
            task.move(pick(choices), project.workflow, at=later)
        if self._random.random() < plan.DELETED:
            task.delete(at=self._end)
        return task

    def _due(self, opened: datetime) -> date | None:
        days = self._random.randint(3, 60)
        return (opened + timedelta(days=days)).date() if self._random.random() < plan.SCHEDULED else None

    def _later(self, opened: datetime) -> Iterator[datetime]:
        at = opened
        for _ in range(self._random.randint(0, 3)):
            at += timedelta(days=self._random.uniform(0.1, 20))
            if at >= self._end:
                return
            yield at

    def _unit_of_work(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(
            self._database,
            clock=self._clock,
            constraints=CONSTRAINTS,
            metadata={"origin": "seed"},
            tenant=EVERY_TENANT,
            protector=self._protection.events,
        )

    def _new_id(self) -> UUID:
        """Return a UUIDv7 of the moment that is being made up, from the seeded generator."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        bits = (milliseconds << 80) | (0x7 << 76) | (self._random.getrandbits(12) << 64)
        return UUID(int=bits | (0b10 << 62) | self._random.getrandbits(62))


def _name(number: int) -> tuple[str, str]:
    first = plan.FIRST_NAMES[number % len(plan.FIRST_NAMES)]
    last = plan.LAST_NAMES[(number + number // len(plan.FIRST_NAMES)) % len(plan.LAST_NAMES)]
    return first, last


def _email(number: int) -> Email:
    slug = Slug.from_name(" ".join(_name(number))).replace("-", ".")
    generation = number // (len(plan.FIRST_NAMES) * len(plan.LAST_NAMES))
    return Email(f"{slug}{generation or ''}@demo.example")
