"""Reads of the projects context."""

from uuid import UUID

from sqlalchemy import bindparam, select

from colonnade.application.messaging import Context, Handlers
from colonnade.application.projects import GetProject, ListProjects, ProjectView
from colonnade.application.projects.sharing import ListProjectMembers, ProjectMemberView
from colonnade.application.workspaces.memberships import Memberships, projects_seen_by
from colonnade.core import NotFound, Page, UserId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.rows import view_builder
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.projects.rows import ProjectRow

handlers = Handlers()

_projects = table_of(ProjectRow).c
_view = view_builder(ProjectView)
_ALL = (
    select(*(_projects[name] for name in ProjectView.model_fields))
    .where(_projects.workspace_id == bindparam("workspace_id"))
    .order_by(_projects.key)
)
_OPEN = _ALL.where(_projects.archived_at.is_(None))
_ONE = _ALL.where(_projects.id == bindparam("project_id"))
_MEMBERS = select(_projects.members).where(
    _projects.workspace_id == bindparam("workspace_id"), _projects.id == bindparam("project_id")
)
_BY_KEY = _ALL.where(_projects.key == bindparam("key"))


@handlers.handles(GetProject)
async def get_project(query: GetProject, database: Database) -> ProjectView:
    """Show a project."""
    rows = await database.fetch(_ONE, {"workspace_id": query.workspace_id, "project_id": query.project_id})
    if not rows:
        raise NotFound("there is no such project", field="project_id")
    return _view(rows[0])


@handlers.handles(ListProjectMembers)
async def list_project_members(query: ListProjectMembers, database: Database) -> Page[ProjectMemberView]:
    """List those with whom the project is shared."""
    rows = await database.fetch(_MEMBERS, {"workspace_id": query.workspace_id, "project_id": query.project_id})
    if not rows:
        raise NotFound("there is no such project", field="project_id")
    return Page(items=tuple(ProjectMemberView(user_id=UserId(UUID(member))) for member in rows[0].members))


@handlers.handles(ListProjects)
async def list_projects(
    query: ListProjects, context: Context, memberships: Memberships, database: Database
) -> Page[ProjectView]:
    """List the projects that are worked on and seen, or with the archived ones, or the one with a key."""
    parameters: dict[str, object] = {"workspace_id": query.workspace_id}
    statement = _ALL if query.archived else _OPEN
    if query.key is not None:
        statement, parameters = _BY_KEY, {**parameters, "key": str(query.key)}
    seen = await projects_seen_by(context.caller, query.workspace_id, memberships)
    if seen is not None:
        statement = statement.where(_projects.id.in_(seen))
    rows = await database.fetch(statement, parameters)
    return Page(items=tuple(_view(row) for row in rows))
