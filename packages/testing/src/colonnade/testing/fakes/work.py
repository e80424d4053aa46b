"""Fakes of the product's ports; `RULES` are what the database would hold."""

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "work", "colonnade.domain")

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from colonnade.application.identity.people import Person
from colonnade.application.identity.ports import Credential
from colonnade.core import AlreadyExists, Email, NotFound, UserId
from colonnade.domain.identity import EmailTaken, Session, SessionId, User
from colonnade.domain.projects import KeyTaken, Project, ProjectId
from colonnade.domain.tasks import Task, TaskId
from colonnade.domain.workspaces import Role, SlugTaken, Workspace, WorkspaceId
from colonnade.testing.fakes.repository import MemoryRepository
from colonnade.testing.fakes.store import MemoryStore, UniqueRule
from colonnade.testing.fakes.unit_of_work import MemoryUnitOfWork

RULES = (
    UniqueRule(User, lambda user: user.email, EmailTaken("another account has this address", field="email")),
    UniqueRule(Workspace, lambda workspace: workspace.slug, SlugTaken("another workspace has this slug", field="slug")),
    UniqueRule(Project, lambda project: (project.workspace_id, project.key), KeyTaken("another project has this key")),
    UniqueRule(Task, lambda task: (task.project_id, task.number), AlreadyExists("another task has this number")),
    UniqueRule(
        Task,
        lambda task: None if task.origin is None else (task.workspace_id, task.origin.source),
        AlreadyExists("this was imported already", field="source"),
    ),
)
"""What must be unique: give it to `MemoryStore`."""


class MemoryUserRepository(MemoryRepository[User, UserId]):
    """All users."""

    def __init__(self, unit_of_work: MemoryUnitOfWork) -> None:
        super().__init__(unit_of_work, User)


class MemorySessionRepository(MemoryRepository[Session, SessionId]):
    """All sessions."""

    def __init__(self, unit_of_work: MemoryUnitOfWork) -> None:
        super().__init__(unit_of_work, Session)


class MemoryWorkspaceRepository(MemoryRepository[Workspace, WorkspaceId]):
    """All workspaces, with their members."""

    def __init__(self, unit_of_work: MemoryUnitOfWork) -> None:
        super().__init__(unit_of_work, Workspace)


class MemoryProjectRepository(MemoryRepository[Project, ProjectId]):
    """The projects of a workspace."""

    def __init__(self, unit_of_work: MemoryUnitOfWork, tenant: WorkspaceId) -> None:
        super().__init__(unit_of_work, Project, tenant=("workspace_id", tenant))

    async def take_numbers(self, project_id: ProjectId, count: int = 1, /) -> tuple[Project, range]:
        """Reserve the next task numbers; others wait until the unit of work ends.

        Raises:
            NotFound: There is no such project in the workspace.
        """
        project = await self.get(project_id)
        last = await self._unit_of_work.count_on(project_id, count)
        return project, range(last - count + 1, last + 1)


class MemoryTaskRepository(MemoryRepository[Task, TaskId]):
    """The tasks of a workspace, deleted ones included."""

    def __init__(self, unit_of_work: MemoryUnitOfWork, tenant: WorkspaceId) -> None:
        super().__init__(unit_of_work, Task, tenant=("workspace_id", tenant))

    async def neighbour_rank(self, task: Task, /, *, after: bool) -> str | None:
        """Return the rank next to a task's own in its project, leaving out deleted tasks."""
        others = [
            other.rank for other in self._mine() if other.project_id == task.project_id and other.deleted_at is None
        ]
        if after:
            return min((rank for rank in others if rank > task.rank), default=None)
        return max((rank for rank in others if rank < task.rank), default=None)

    async def known_sources(self, sources: frozenset[str], /) -> dict[str, str]:
        """Return the keys of the tasks that were imported from these sources, by source."""
        imported = [(task.origin.source, task.key) for task in self._mine() if task.origin is not None]
        return {str(source): key for source, key in imported if source in sources}


class MemoryMemberships:
    """Knows who belongs to which workspace of a store."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def role_of(self, user_id: UserId, workspace_id: WorkspaceId) -> Role | None:
        """Return somebody's role in a workspace, or none if they do not belong."""
        workspace = self._store.find(Workspace, workspace_id)
        return None if workspace is None else workspace.members.get(user_id)


class MemoryPeople:
    """The accounts of a store."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def by_email(self, email: Email) -> Person:
        """Return the person with this address.

        Raises:
            NotFound: Nobody has it.
        """
        for user in self._store.all(User):
            if user.email == email:
                return Person(user.id, user.name, user.email)
        raise NotFound("nobody with this address has an account", field="email")

    async def by_id(self, user_id: UserId) -> Person:
        """Return the person.

        Raises:
            NotFound: There is no such account.
        """
        user = self._store.find(User, user_id)
        if user is None:
            raise NotFound("there is no such account", field="user_id")
        return Person(user.id, user.name, user.email)


class MemoryCredentials:
    """What the passwords of a store's accounts are checked against."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def find(self, email: Email) -> Credential | None:
        """Return the credential of the account with this address, if there is one."""
        for user in self._store.all(User):
            if user.email == email:
                return Credential(user.id, user.password_hash)
        return None


class PlainPasswordHasher:
    """Hashes nothing: fast, and readable in a failing test."""

    async def hash(self, password: str) -> str:
        """Return the password, marked."""
        return f"plain${password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is right."""
        return password_hash == f"plain${password}"


class ReadableToken(NamedTuple):
    """A token that is plain text."""

    text: str
    expires_in_seconds: int


class ReadableTokenIssuer:
    """Issues tokens that anybody can read and nobody should trust."""

    def __init__(self, *, expires_in_seconds: int = 300) -> None:
        self._expires_in_seconds = expires_in_seconds

    def issue(self, subject: UUID, session: UUID, at: datetime) -> ReadableToken:
        """Return a token that says for whom, for which session and when it was issued."""
        return ReadableToken(f"{subject}/{session}/{at.isoformat()}", self._expires_in_seconds)
