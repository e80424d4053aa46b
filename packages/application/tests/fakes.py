"""Stand-ins for what the use cases need: collections in memory, and people who are known beforehand."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from colonnade.application.identity.ports import Credential
from colonnade.application.workspaces import Membership, TaskFacts
from colonnade.core import AggregateRoot, Email, NotFound, Specification, UserId, predicate
from colonnade.domain.projects import Project, ProjectId
from colonnade.domain.tasks import Task, TaskId
from colonnade.domain.workspaces import GRANTS, Role, WorkspaceId

Aggregate = TypeVar("Aggregate", bound=AggregateRoot[Any])
Id = TypeVar("Id", bound=UUID)


class StoppedClock:
    """A clock that shows one moment until the test sets another."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def now(self) -> datetime:
        """Return the moment that the test has set."""
        return self.time


class MemoryRepository(Generic[Aggregate, Id]):
    """Aggregates in a dictionary."""

    def __init__(self, *aggregates: Aggregate) -> None:
        self.all: dict[UUID, Aggregate] = {aggregate.id: aggregate for aggregate in aggregates}

    async def get(self, aggregate_id: Id, /) -> Aggregate:
        """Return the aggregate."""
        try:
            return self.all[aggregate_id]
        except KeyError:
            raise NotFound("there is none") from None

    async def add(self, aggregate: Aggregate, /) -> None:
        """Put it in."""
        self.all[aggregate.id] = aggregate

    async def matching(self, specification: Specification, /, *, limit: int = 100) -> list[Aggregate]:
        """Return those that satisfy the specification, by id."""
        test = predicate(specification)
        return [self.all[key] for key in sorted(self.all) if test(self.all[key])][:limit]


class MemoryProjects(MemoryRepository[Project, ProjectId]):
    """Projects that count their tasks."""

    taken: int = 0

    async def take_numbers(self, project_id: ProjectId, count: int = 1, /) -> tuple[Project, range]:
        """Reserve the next numbers."""
        project = await self.get(project_id)
        self.taken += count
        return project, range(self.taken - count + 1, self.taken + 1)


class MemoryTasks(MemoryRepository[Task, TaskId]):
    """Tasks that know their neighbours and where they came from."""

    async def neighbour_rank(self, task: Task, /, *, after: bool) -> str | None:
        """Return the rank next to a task's own."""
        ranks = [
            other.rank for other in self.all.values() if other.project_id == task.project_id and not other.deleted_at
        ]
        if after:
            return min((rank for rank in ranks if rank > task.rank), default=None)
        return max((rank for rank in ranks if rank < task.rank), default=None)

    async def known_sources(self, sources: frozenset[str], /) -> dict[str, tuple[ProjectId, str]]:
        """Return the projects and keys of the tasks that came from these sources."""
        return {
            task.origin.source: (task.project_id, task.key)
            for task in self.all.values()
            if task.origin and task.origin.source in sources
        }


class KnownMembers:
    """Memberships that are known beforehand, of one workspace."""

    def __init__(self, workspace_id: WorkspaceId, members: Mapping[UserId, Role | Membership]) -> None:
        self._workspace_id = workspace_id
        self._members = members

    async def of(self, user_id: UserId, workspace_id: WorkspaceId) -> Membership | None:
        """Return the membership, if there is one; a role sees every project."""
        found = self._members.get(user_id) if workspace_id == self._workspace_id else None
        return Membership(found, None, GRANTS[found], None) if isinstance(found, Role) else found


class KnownTasks:
    """Tasks of which is known beforehand what access to them depends on."""

    def __init__(self, tasks: Mapping[TaskId, TaskFacts] = MappingProxyType({})) -> None:
        self._tasks = tasks

    async def tasks(self, workspace_id: WorkspaceId, task_ids: Collection[TaskId]) -> Mapping[TaskId, TaskFacts]:
        """Return the facts of those that are there."""
        return {task_id: self._tasks[task_id] for task_id in task_ids if task_id in self._tasks}


class KnownOperators:
    """Operators who are known beforehand."""

    def __init__(self, operators: frozenset[UserId]) -> None:
        self._operators = operators

    async def has(self, user_id: UserId) -> bool:
        """Tell whether somebody is one."""
        return user_id in self._operators


class KnownCredentials:
    """Accounts that are known beforehand."""

    def __init__(self, credentials: Mapping[str, Credential]) -> None:
        self._credentials = credentials

    async def find(self, email: Email) -> Credential | None:
        """Return the account's credential."""
        return self._credentials.get(email)


class PlainHasher:
    """A hasher that hides nothing, and writes down what it was asked to check."""

    def __init__(self) -> None:
        self.verified: list[str | None] = []
        self.right: dict[str, str] = {}

    async def hash(self, password: str) -> str:
        """Return the password with a mark."""
        return f"hashed {password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Compare, and note that there was something to do."""
        self.verified.append(password_hash)
        return password_hash == f"hashed {password}" or self.right.get(password_hash or "") == password

    def is_outdated(self, password_hash: str) -> bool:
        """Tell hashes of long ago by their mark."""
        return password_hash.startswith("old ")


class PlainToken(NamedTuple):
    """A token that anybody can read."""

    text: str
    expires_in_seconds: int


class PlainTokens:
    """An issuer of tokens that anybody can read."""

    def issue(
        self, subject: UUID, session: UUID, at: datetime, *, proved_at: datetime, methods: Collection[str]
    ) -> PlainToken:
        """Return who, and in which session."""
        return PlainToken(f"{subject} in {session}", 900)
