"""What an operator at the machine means by a slug, a key or an id."""

import getpass
import socket
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import bindparam, select

from colonnade.application.messaging import Context
from colonnade.application.projects import ListProjects
from colonnade.application.tasks import GetTask, GetTaskByKey
from colonnade.core import Invalid, NotFound
from colonnade.domain.projects import ProjectId, ProjectKey
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.tenancy import every_tenant
from colonnade.infrastructure.workspaces.rows import WorkspaceRow
from colonnade.server.application import Server

_workspaces = table_of(WorkspaceRow).c
_BY_SLUG = every_tenant(select(_workspaces.id).where(_workspaces.slug == bindparam("slug")))
_BY_ID = every_tenant(select(_workspaces.id).where(_workspaces.id == bindparam("id")))


async def find_workspace(server: Server, said: str) -> WorkspaceId:
    """Return the workspace with a slug or an id.

    Raises:
        NotFound: There is none.
    """
    whole, database = _whole_id(said), await server.container.get(Database)
    rows = (
        await database.fetch(_BY_SLUG, {"slug": said}) if whole is None else await database.fetch(_BY_ID, {"id": whole})
    )
    if not rows:
        raise NotFound(f"there is no workspace '{said}': write its slug or its id")
    return WorkspaceId(rows[0].id)


async def find_project(server: Server, workspace_id: WorkspaceId, said: str) -> ProjectId:
    """Return the project of a workspace with a key, or the id itself: also one that is not there may be asked about.

    Raises:
        NotFound: There is none with the key.
        Invalid: It is neither a key nor an id.
    """
    whole = _whole_id(said)
    if whole is not None:
        return ProjectId(whole)
    query = ListProjects(workspace_id=workspace_id, key=ProjectKey(said.upper()))
    found = (await server.bus.send(query, at_the_machine())).items
    if not found:
        raise NotFound(f"there is no project '{said}' in this workspace: write its key or its id")
    return found[0].id


async def find_task(server: Server, workspace_id: WorkspaceId, said: str) -> TaskId:
    """Return the task of a workspace with a key or an id.

    Raises:
        NotFound: There is none.
        Invalid: It is neither a key nor an id.
    """
    whole = _whole_id(said)
    try:
        query = (
            GetTaskByKey(workspace_id=workspace_id, key=said.upper())
            if whole is None
            else GetTask(workspace_id=workspace_id, task_id=TaskId(whole))
        )
    except ValidationError as error:
        raise Invalid(f"'{said}' is not a task: write its key, such as WEB-12, or its id") from error
    return (await server.bus.send(query, at_the_machine())).id


def at_the_machine() -> Context:
    """Return the circumstances of what whoever sits at the machine sends."""
    return Context(console=f"{getpass.getuser()}@{socket.gethostname()}", causation_id="console")


def _whole_id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
