"""Reads of the workspaces context."""

from sqlalchemy import bindparam, select

from colonnade.application.messaging import Caller, Handlers
from colonnade.application.workspaces import GetWorkspace, ListMembers, ListWorkspaces, MemberView, WorkspaceView
from colonnade.application.workspaces.explaining import DecisionView, ExplainAccess, Explainer, ListRoles, RoleView
from colonnade.application.workspaces.memberships import WORKSPACE_FIELD
from colonnade.core import NotFound, Page
from colonnade.domain.workspaces import GRANTS, Role, grant_texts
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.tenancy import every_tenant
from colonnade.infrastructure.identity.people import WHO, UserTexts
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.workspaces.rows import MembershipRow, WorkspaceRow

handlers = Handlers()

_workspaces, _memberships, _users = table_of(WorkspaceRow).c, table_of(MembershipRow).c, table_of(UserRow).c
_OF_MEMBER = (
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
_ROLES = select(_workspaces.own_roles).where(_workspaces.id == bindparam("workspace_id"))
_MINE = every_tenant(_OF_MEMBER)
_ONE = _OF_MEMBER.where(_workspaces.id == bindparam("workspace_id"))
_MEMBERS = (
    select(*WHO, _memberships.role, _memberships.own_role)
    .join(table_of(MembershipRow), _memberships.user_id == _users.id)
    .where(_memberships.workspace_id == bindparam("workspace_id"))
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
    within = caller.limits.within.get(WORKSPACE_FIELD) if caller.limits else None
    seen = (row for row in rows if within is None or row.id in within)
    return Page(items=tuple(WorkspaceView.model_validate(row._mapping) for row in seen))


@handlers.handles(ExplainAccess)
async def explain_access(query: ExplainAccess, explainer: Explainer) -> DecisionView:
    """Explain a decision about a member."""
    named = {
        "workspace_id": query.workspace_id,
        "project_id": query.subject_project_id,
        "task_id": query.subject_task_id,
    }
    values = {name: value for name, value in named.items() if value is not None}
    return await explainer.explain(query.user_id, query.message, values)


@handlers.handles(ListRoles)
async def list_roles(query: ListRoles, database: Database) -> Page[RoleView]:
    """List the roles that every workspace has, then the workspace's own."""
    rows = await database.fetch(_ROLES, {"workspace_id": query.workspace_id})
    if not rows:
        raise NotFound("there is no such workspace", field="workspace_id")
    known = (RoleView(name=role, own=False, base=role, grants=grant_texts(GRANTS[role])) for role in Role)
    own = (
        RoleView(name=name, own=True, base=Role(kept.base), grants=kept.grants)
        for name, kept in sorted(rows[0].own_roles.items())
    )
    return Page(items=(*known, *own))


@handlers.handles(ListMembers)
async def list_members(query: ListMembers, database: Database, users: UserTexts) -> Page[MemberView]:
    """List the members, by name."""
    rows = await users.values(await database.fetch(_MEMBERS, {"workspace_id": query.workspace_id}))
    members = (MemberView.model_validate({**row, "user_id": row["id"]}) for row in rows)
    return Page(items=tuple(sorted(members, key=lambda member: (member.name, member.user_id))))
