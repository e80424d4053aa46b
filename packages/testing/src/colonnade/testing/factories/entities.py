"""Entities as the product itself would make them: through their own methods, so that they are always valid."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from colonnade.core import Email, PersonName, Slug, UserId
from colonnade.domain.identity import Device, Lifetimes, OneTimeSecret, Purpose, SecretId, Session, SessionId, User
from colonnade.domain.identity.device_grant import DeviceGrant, DeviceGrantId
from colonnade.domain.identity.personal_token import PersonalToken, PersonalTokenId, TokenName
from colonnade.domain.projects import DEFAULT_WORKFLOW, Project, ProjectId, ProjectKey, ProjectName, Workflow
from colonnade.domain.tasks import LabelName, Origin, Priority, Task, TaskDescription, TaskId, TaskTitle
from colonnade.domain.workspaces import OwnRole, Role, RoleName, Workspace, WorkspaceId, WorkspaceName
from colonnade.testing.clock import START

Id = TypeVar("Id", bound=UUID)

_GIVEN = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Hedy", "Katherine", "Linus", "Margaret", "Zoë", "李")
_FAMILY = ("Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Lamarr", "Johnson", "Hamilton", "Ñuñez")
_VERBS = ("Ship", "Draw", "Test", "Measure", "Review", "Repair", "Describe", "Translate")
_THINGS = ("the relaunch", "the engine", "a naïve plan", "the login page", "every table", "the 100 % report", "日本語")
_LABELS = ("bug", "feature", "docs", "größer", "50%_off", "good first issue")
_DEVICE = Device("Firefox on Linux", "192.0.2.7")
_LIFETIMES = Lifetimes(idle_seconds=30 * 86_400, absolute_seconds=180 * 86_400)
_TIMESTAMP_BITS, _RANDOM_BITS = 80, 62


class EntityFactory:
    """Makes entities that differ from each other in whatever must be unique; attributes can be given.

    Example:
        make = EntityFactory(seed=7)
        task = make.task(make.project(), number=12)
    """

    def __init__(self, seed: int = 0, *, at: datetime = START) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose # nosec B311
        self._at = at
        self._count = 0

    def id(self, kind: Callable[[UUID], Id]) -> Id:
        """Make an identifier (UUIDv7); later ones sort after earlier ones."""
        self._count += 1
        milliseconds = int(self._at.timestamp() * 1000) + self._count
        return kind(
            UUID(
                int=(milliseconds << _TIMESTAMP_BITS)
                | (7 << 76)
                | (self._random.getrandbits(12) << 64)
                | (2 << _RANDOM_BITS)
                | self._random.getrandbits(_RANDOM_BITS)
            )
        )

    def user(
        self,
        *,
        email: str | None = None,
        name: str | None = None,
        password_hash: str | None = "plain$secret",  # noqa: S107 - no secret
        confirmed: bool = False,
    ) -> User:
        """Make a user, who has confirmed their address or not."""
        user = User.register(
            self.id(UserId),
            email=Email(email or f"{self._word()}.{self._next()}@example.com"),
            name=PersonName(name or f"{self._random.choice(_GIVEN)} {self._random.choice(_FAMILY)}"),
            password_hash=password_hash,
            at=self._at,
        )
        if confirmed:
            user.confirm_email(at=self._at)
        return user

    def session(
        self,
        user: UserId | None = None,
        *,
        device: Device = _DEVICE,
        methods: Iterable[str] = ("pwd",),
        at: datetime | None = None,
        lifetimes: Lifetimes = _LIFETIMES,
    ) -> Session:
        """Make a session; its refresh hash is of no secret."""
        return Session.open(
            self.id(SessionId),
            user_id=user or self.id(UserId),
            refresh_hash=self._digest(),
            device=device,
            methods=tuple(methods),
            at=at or self._at,
            lifetimes=lifetimes,
        )

    def secret(
        self,
        user: UserId | None = None,
        *,
        purpose: Purpose = Purpose.CONFIRM_EMAIL,
        secret_hash: str | None = None,
        facts: str | None = None,
        lasts: timedelta = timedelta(hours=1),
    ) -> OneTimeSecret:
        """Make a secret that is good once; its hash is of no secret unless given."""
        return OneTimeSecret.issue(
            self.id(SecretId),
            user_id=user or self.id(UserId),
            purpose=purpose,
            secret_hash=secret_hash or self._digest(),
            at=self._at,
            expires_at=self._at + lasts,
            facts=facts,
        )

    def personal_token(
        self,
        user: UserId | None = None,
        *,
        digest: str | None = None,
        permissions: Iterable[str] = ("task.read",),
        workspace_id: UUID | None = None,
        project_ids: Iterable[UUID] = (),
        at: datetime | None = None,
        lasts: timedelta = timedelta(days=30),
    ) -> PersonalToken:
        """Make a personal token; its digest is of no token unless given."""
        at = at or self._at
        return PersonalToken.create(
            self.id(PersonalTokenId),
            user_id=user or self.id(UserId),
            name=TokenName(f"Script {self._next()}"),
            digest=digest or self._digest(),
            hint="clnp_0000",
            permissions=frozenset(permissions),
            workspace_id=workspace_id,
            project_ids=frozenset(project_ids),
            at=at,
            expires_at=at + lasts,
        )

    def device_grant(
        self,
        *,
        device_digest: str | None = None,
        user_digest: str | None = None,
        device: Device = _DEVICE,
        lasts: timedelta = timedelta(minutes=10),
    ) -> DeviceGrant:
        """Make a device that asks to be signed in; its digests are of no codes unless given."""
        return DeviceGrant.ask(
            self.id(DeviceGrantId),
            device_digest=device_digest or self._digest(),
            user_digest=user_digest or self._digest(),
            device=device,
            at=self._at,
            expires_at=self._at + lasts,
        )

    def own_role(self, *grants: str, name: str | None = None, base: Role = Role.MEMBER) -> OwnRole:
        """Make a role of a workspace's own, of grants as people write them."""
        return OwnRole.of(RoleName(name or f"role-{self._next()}"), base, grants)

    def workspace(
        self,
        owner: UserId | None = None,
        *,
        name: str = "Analytical Engines",
        slug: str | None = None,
        members: Mapping[UserId, Role] | None = None,
    ) -> Workspace:
        """Make a workspace with its owner and perhaps further members."""
        owner = owner or self.id(UserId)
        workspace = Workspace.create(
            self.id(WorkspaceId),
            name=WorkspaceName(name),
            slug=Slug(slug or f"engines-{self._next()}"),
            owner=owner,
            at=self._at,
        )
        for user_id, role in (members or {}).items():
            workspace.add_member(user_id, role, by=owner)
        return workspace

    def project(
        self,
        workspace: WorkspaceId | None = None,
        *,
        key: str | None = None,
        name: str = "Website relaunch",
        workflow: Workflow = DEFAULT_WORKFLOW,
    ) -> Project:
        """Make a project."""
        return Project.create(
            self.id(ProjectId),
            workspace_id=workspace or self.id(WorkspaceId),
            key=ProjectKey(key or f"P{self._next()}"),
            name=ProjectName(name),
            workflow=workflow,
            at=self._at,
        )

    def task(
        self,
        project: Project | None = None,
        *,
        number: int | None = None,
        title: str | None = None,
        description: str = "",
        by: UserId | None = None,
        at: datetime | None = None,
        assignee_id: UserId | None = None,
        labels: Iterable[str] | None = None,
        priority: Priority | None = None,
        due_on: date | None = None,
        origin: Origin | None = None,
    ) -> Task:
        """Make a task; what is not given is drawn."""
        drawn = self._random.sample(_LABELS, self._random.randrange(3))
        return Task.open(
            self.id(TaskId),
            project=project or self.project(),
            number=number or self._next(),
            title=TaskTitle(title or f"{self._random.choice(_VERBS)} {self._random.choice(_THINGS)}"),
            description=TaskDescription(description),
            by=by or self.id(UserId),
            at=at or self._at,
            assignee_id=assignee_id,
            labels=[LabelName(label) for label in (drawn if labels is None else labels)],
            priority=priority or self._random.choice(list(Priority)),
            due_on=due_on,
            origin=origin,
        )

    def _digest(self) -> str:
        return f"{self._random.getrandbits(256):064x}"

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _word(self) -> str:
        return "".join(self._random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(6))
