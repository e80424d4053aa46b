"""Reads of the workspaces context."""

from sqlalchemy import bindparam, select

from colonnade.application.messaging import Caller, Handlers
from colonnade.application.workspaces import GetWorkspace, ListMembers, ListWorkspaces, MemberView, WorkspaceView
from colonnade.core import NotFound, Page
from colonnade.domain.workspaces import Role
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.workspaces.rows import MembershipRow, WorkspaceRow

handlers = Handlers()

_workspaces, _memberships, _users = table_of(WorkspaceRow).c, table_of(MembershipRow).c, table_of(UserRow).c
_MINE = (
    select(
        _workspaces.id,
        _workspaces.name,
        _workspaces.slug,
        _memberships.role,
        _workspaces.created_at,
        _workspaces.version,
    )
    .join(table_of(MembershipRow), _memberships.workspace_id == _workspaces.id)
    .where(_memberships.user_id == bindparam("user_id"))
    .order_by(_workspaces.name, _workspaces.id)
)
_ONE = _MINE.where(_workspaces.id == bindparam("workspace_id"))
_MEMBERS = (
    select(_users.id.label("user_id"), _users.name, _users.email, _memberships.role)
    .join(table_of(MembershipRow), _memberships.user_id == _users.id)
    .where(_memberships.workspace_id == bindparam("workspace_id"))
    .order_by(_users.name, _users.id)
)


@handlers.handles(GetWorkspace)
async def get_workspace(query: GetWorkspace, caller: Caller, database: Database) -> WorkspaceView:
    """Show a workspace that the caller belongs to."""
    rows = await database.fetch(_ONE, {"user_id": caller.user_id, "workspace_id": query.workspace_id})
    if not rows:
        raise NotFound("there is no such workspace", field="workspace_id")
    return WorkspaceView.model_validate(rows[0]._mapping)


@handlers.handles(ListWorkspaces)
async def list_workspaces(query: ListWorkspaces, caller: Caller, database: Database) -> Page[WorkspaceView]:
    """List the caller's workspaces, by name."""
    rows = await database.fetch(_MINE, {"user_id": caller.user_id})
    return Page(items=tuple(WorkspaceView.model_validate(row._mapping) for row in rows))


@handlers.handles(ListMembers)
async def list_members(query: ListMembers, database: Database) -> Page[MemberView]:
    """List the members, by name."""
    rows = await database.fetch(_MEMBERS, {"workspace_id": query.workspace_id})
    members = (MemberView(user_id=row.user_id, name=row.name, email=row.email, role=Role(row.role)) for row in rows)
    return Page(items=tuple(members))
