"""Reads of the projects context."""

from sqlalchemy import bindparam, select

from colonnade.application.messaging import Handlers
from colonnade.application.projects import GetProject, ListProjects, ProjectView
from colonnade.core import NotFound, Page
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
_BY_KEY = _ALL.where(_projects.key == bindparam("key"))


@handlers.handles(GetProject)
async def get_project(query: GetProject, database: Database) -> ProjectView:
    """Show a project."""
    rows = await database.fetch(_ONE, {"workspace_id": query.workspace_id, "project_id": query.project_id})
    if not rows:
        raise NotFound("there is no such project", field="project_id")
    return _view(rows[0])


@handlers.handles(ListProjects)
async def list_projects(query: ListProjects, database: Database) -> Page[ProjectView]:
    """List the projects that are worked on, or with the archived ones, or the one with a key."""
    parameters: dict[str, object] = {"workspace_id": query.workspace_id}
    statement = _ALL if query.archived else _OPEN
    if query.key is not None:
        statement, parameters = _BY_KEY, {**parameters, "key": str(query.key)}
    rows = await database.fetch(statement, parameters)
    return Page(items=tuple(_view(row) for row in rows))
