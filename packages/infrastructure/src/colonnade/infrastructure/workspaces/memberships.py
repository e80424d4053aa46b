"""Who belongs to which workspace, remembered until an event says otherwise."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, and_, bindparam, func, or_, select

from colonnade.application.workspaces import Membership
from colonnade.core import DomainEvent, UserId
from colonnade.domain.projects import Project, ProjectId
from colonnade.domain.projects import events as project_events
from colonnade.domain.workspaces import (
    GRANTS,
    Condition,
    Permission,
    Role,
    RoleName,
    Workspace,
    WorkspaceId,
)
from colonnade.domain.workspaces import events as workspace_events
from colonnade.infrastructure.cache import BoundedDict
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.types import HasElement
from colonnade.infrastructure.projects.rows import ProjectRow
from colonnade.infrastructure.workspaces.mapping import own_role_to_domain
from colonnade.infrastructure.workspaces.rows import MembershipRow, WorkspaceRow

_memberships, _workspaces, _projects = table_of(MembershipRow).c, table_of(WorkspaceRow).c, table_of(ProjectRow).c
_MEMBERSHIP = Prepared(
    select(_memberships.role, _memberships.own_role, _workspaces.own_roles)
    .join(table_of(WorkspaceRow), _workspaces.id == _memberships.workspace_id)
    .where(_memberships.workspace_id == bindparam("workspace_id"), _memberships.user_id == bindparam("user_id"))
)
_SHARED = HasElement(_projects.members, bindparam("member", type_=Text))
_OF_WORKSPACE = _projects.workspace_id == bindparam("workspace_id")
_PRIVATE = select(func.count()).where(_OF_WORKSPACE, _projects.private)
_SEEN_BY_MEMBERS = select(_projects.id).where(_OF_WORKSPACE, or_(~_projects.private, _SHARED))
_SEEN_BY_GUESTS = select(_projects.id).where(and_(_OF_WORKSPACE, _SHARED))

_OF_ONE = (workspace_events.MemberAdded, workspace_events.MemberRoleChanged, workspace_events.MemberRemoved)
_OF_ALL = (
    workspace_events.RoleDefined,
    workspace_events.RoleRemoved,
    project_events.ProjectCreated,
    project_events.ProjectMadePrivate,
    project_events.ProjectOpened,
    project_events.ProjectShared,
    project_events.ProjectUnshared,
)


class CachedMemberships:
    """Answers from a bounded cache, which the events of a change empty at once.

    A read that began before a change and ends after it is not kept: each change moves `_changes` on.
    """

    def __init__(self, database: Database, *, size: int = 50_000) -> None:
        self._database = database
        self._known: BoundedDict[tuple[int, int], Membership] = BoundedDict(size)
        self._changes = 0
        self._trusted = True

    async def of(self, user_id: UserId, workspace_id: WorkspaceId) -> Membership | None:
        """Return somebody's membership, or none if they do not belong."""
        key = (user_id.int, workspace_id.int)
        known = self._known.get(key)
        if known is not None:
            return known
        changes = self._changes
        rows = await self._database.read(_MEMBERSHIP, {"workspace_id": workspace_id, "user_id": user_id})
        if not rows:
            return None
        membership = await self._complete(rows[0], user_id, workspace_id)
        if self._trusted and changes == self._changes:
            self._known.put(key, membership)
        return membership

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Forget whoever's membership changed."""
        for event in events:
            if isinstance(event, _OF_ONE):
                self._changes += 1
                self._known.pop((event.user_id.int, event.workspace_id.int), None)
            elif isinstance(event, _OF_ALL):
                self._forget()

    def stream_changed(self, stream: str) -> None:
        """Forget everything if another process changed a workspace or a project, which is rare."""
        if stream.startswith((f"{Workspace.stream_kind}-", f"{Project.stream_kind}-")):
            self._forget()

    def trust(self, *, on: bool) -> None:
        """Remember memberships from now on, or none."""
        self._trusted = on
        self._forget()

    async def _complete(self, row: Sequence[Any], user_id: UserId, workspace_id: WorkspaceId) -> Membership:
        role, own = Role(row[0]), row[1]
        grants = GRANTS[role] if own is None else own_role_to_domain(own, row[2][own]).grants
        seen = None
        if grants.get(Permission.PROJECT_READ_ALL) is not Condition.ALWAYS:
            seen = await self._seen(role, user_id, workspace_id)
        return Membership(role, None if own is None else RoleName(own), grants, seen)

    async def _seen(self, role: Role, user_id: UserId, workspace_id: WorkspaceId) -> frozenset[ProjectId] | None:
        """Return the projects that somebody sees, none for every one: a member where no project is private."""
        where = {"workspace_id": workspace_id}
        if role is not Role.GUEST and not (await self._database.fetch(_PRIVATE, where))[0][0]:
            return None
        statement = _SEEN_BY_GUESTS if role is Role.GUEST else _SEEN_BY_MEMBERS
        rows = await self._database.fetch(statement, {**where, "member": str(user_id)})
        return frozenset(ProjectId(row[0]) for row in rows)

    def _forget(self) -> None:
        self._changes += 1
        self._known.clear()
