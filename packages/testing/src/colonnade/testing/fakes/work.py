"""Fakes of the product's ports; `RULES` are what the database would hold."""

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "work", "colonnade.domain")

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from colonnade.application.identity.people import Person
from colonnade.application.identity.ports import Credential
from colonnade.application.workspaces import Membership, TaskFacts
from colonnade.core import AlreadyExists, Email, NotFound, UserId
from colonnade.domain.identity import EmailTaken, OneTimeSecret, SecretId, Session, SessionId, User
from colonnade.domain.identity.device_grant import DeviceGrant, DeviceGrantId
from colonnade.domain.identity.personal_token import PersonalToken, PersonalTokenId
from colonnade.domain.projects import KeyTaken, Project, ProjectId
from colonnade.domain.tasks import Task, TaskId
from colonnade.domain.workspaces import Condition, Permission, Role, SlugTaken, Workspace, WorkspaceId
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


class MemorySecretRepository(MemoryRepository[OneTimeSecret, SecretId]):
    """All secrets that are good once."""

    def __init__(self, unit_of_work: MemoryUnitOfWork) -> None:
        super().__init__(unit_of_work, OneTimeSecret)


class MemoryPersonalTokenRepository(MemoryRepository[PersonalToken, PersonalTokenId]):
    """All personal tokens."""

    def __init__(self, unit_of_work: MemoryUnitOfWork) -> None:
        super().__init__(unit_of_work, PersonalToken)


class MemoryDeviceGrantRepository(MemoryRepository[DeviceGrant, DeviceGrantId]):
    """All devices that asked to be signed in."""

    def __init__(self, unit_of_work: MemoryUnitOfWork) -> None:
        super().__init__(unit_of_work, DeviceGrant)


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

    async def known_sources(self, sources: frozenset[str], /) -> dict[str, tuple[ProjectId, str]]:
        """Return the projects and keys of the tasks that were imported from these sources, by source."""
        imported = [(task.origin.source, task) for task in self._mine() if task.origin is not None]
        return {str(source): (task.project_id, task.key) for source, task in imported if source in sources}


class MemoryMemberships:
    """Knows who belongs to which workspace of a store, and which of its projects they see."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def of(self, user_id: UserId, workspace_id: WorkspaceId) -> Membership | None:
        """Return somebody's membership, or none if they do not belong."""
        workspace = self._store.find(Workspace, workspace_id)
        if workspace is None or user_id not in workspace.members:
            return None
        role, grants = workspace.members[user_id], workspace.grants_of(user_id)
        sees_all = grants.get(Permission.PROJECT_READ_ALL) is Condition.ALWAYS
        seen = None if sees_all else self._seen(role, user_id, workspace_id)
        return Membership(role, workspace.own_roles_of.get(user_id), grants, seen)

    def _seen(self, role: Role, user_id: UserId, workspace_id: WorkspaceId) -> frozenset[ProjectId] | None:
        projects = [project for project in self._store.all(Project) if project.workspace_id == workspace_id]
        if role is not Role.GUEST and not any(project.private for project in projects):
            return None
        is_open = role is not Role.GUEST
        return frozenset(
            project.id for project in projects if user_id in project.members or (is_open and not project.private)
        )


class MemoryResources:
    """Knows what access to the tasks of a store depends on."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def tasks(self, workspace_id: WorkspaceId, task_ids: Collection[TaskId]) -> Mapping[TaskId, TaskFacts]:
        """Return the facts of those of the tasks that are there, deleted ones included."""
        return {
            task.id: TaskFacts(task.project_id, task.created_by, task.assignee_id)
            for task in self._store.all(Task)
            if task.workspace_id == workspace_id and task.id in task_ids
        }


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

    def __init__(self, store: MemoryStore, *, confirm_email: bool = True) -> None:
        self._store = store
        self._confirm_email = confirm_email

    async def find(self, email: Email) -> Credential | None:
        """Return the credential of the account with this address, if there is one."""
        for user in self._store.all(User):
            if user.email == email:
                confirmed = not self._confirm_email or user.email_confirmed_at is not None
                return Credential(user.id, user.password_hash, confirmed)
        return None


class PlainPasswordHasher:
    """Hashes nothing: fast, and readable in a failing test."""

    async def hash(self, password: str) -> str:
        """Return the password, marked."""
        return f"plain${password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is right."""
        return password_hash == f"plain${password}"

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made by another hasher."""
        return not password_hash.startswith("plain$")


class ReadableToken(NamedTuple):
    """A token that is plain text."""

    text: str
    expires_in_seconds: int


class ReadableTokenIssuer:
    """Issues tokens that anybody can read and nobody should trust."""

    def __init__(self, *, expires_in_seconds: int = 300) -> None:
        self._expires_in_seconds = expires_in_seconds

    def issue(
        self, subject: UUID, session: UUID, at: datetime, *, proved_at: datetime, methods: Collection[str]
    ) -> ReadableToken:
        """Return a token that says for whom, in which session, when it was issued, and what proved it when."""
        proof = f"{proved_at.isoformat()}/{'+'.join(sorted(methods))}"
        return ReadableToken(f"{subject}/{session}/{at.isoformat()}/{proof}", self._expires_in_seconds)
