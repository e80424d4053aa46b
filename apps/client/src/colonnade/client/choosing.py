"""Which workspace, project, task or person somebody means."""

from uuid import UUID

import click

from colonnade.application.identity import WhoAmI
from colonnade.application.projects import ListProjects, ProjectView
from colonnade.application.tasks import GetTask, GetTaskByKey, TaskView
from colonnade.application.workspaces import ListMembers, ListWorkspaces, WorkspaceView
from colonnade.application.workspaces.explaining import ListRoles
from colonnade.client.connection import Connection
from colonnade.core import Invalid, NotFound, UserId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import Role, RoleName

workspace_option = click.option("--workspace", "-w", help="Slug or id of the workspace; the one in use if not said.")
project_option = click.option("--project", "-p", help="Key or id of the project; the one in use if not said.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


async def chosen_workspace(connection: Connection, said: str | None) -> WorkspaceView:
    """Return the workspace that was named, or is in use, or is the only one.

    Raises:
        NotFound: There is none of this name.
        Invalid: None was named, none is in use, and there are several.
    """
    wanted = said or connection.state.choice("workspace")
    mine = (await connection.bus.send(ListWorkspaces())).items
    if wanted is None:
        if len(mine) == 1:
            return mine[0]
        raise Invalid("say which workspace with --workspace, or choose one with 'colonnade workspaces use'")
    for workspace in mine:
        if wanted in {workspace.slug, str(workspace.id), workspace.name}:
            return workspace
    raise NotFound(f"you belong to no workspace '{wanted}': 'colonnade workspaces list' shows yours")


async def chosen_project(connection: Connection, workspace: WorkspaceView, said: str | None) -> ProjectView:
    """Return the project that was named, or is in use, or is the only one.

    Raises:
        NotFound: There is none of this key.
        Invalid: None was named, none is in use, and there are several.
    """
    in_use = connection.state.choice("project") if connection.state.choice("workspace") == workspace.slug else None
    wanted = said or in_use
    projects = (await connection.bus.send(ListProjects(workspace_id=workspace.id, archived=said is not None))).items
    if wanted is None:
        if len(projects) == 1:
            return projects[0]
        raise Invalid("say which project with --project, or choose one with 'colonnade projects use'")
    for project in projects:
        if wanted.upper() == project.key or wanted == str(project.id):
            return project
    raise NotFound(f"{workspace.name} has no project '{wanted}': 'colonnade projects list' shows them")


async def chosen_task(connection: Connection, workspace: WorkspaceView, said: str) -> TaskView:
    """Return the task with a key such as WEB-12, or with an id.

    Raises:
        NotFound: There is none.
        Invalid: It is neither a key nor an id.
    """
    try:
        task_id = TaskId(UUID(said))
    except ValueError:
        return await connection.bus.send(_by_key(workspace, said))
    return await connection.bus.send(GetTask(workspace_id=workspace.id, task_id=task_id))


def _by_key(workspace: WorkspaceView, said: str) -> GetTaskByKey:
    try:
        return GetTaskByKey(workspace_id=workspace.id, key=said.upper())
    except ValueError:
        raise Invalid(f"'{said}' is not a task: write its key, such as WEB-12, or its id") from None


async def chosen_person(connection: Connection, workspace: WorkspaceView, said: str) -> UserId | None:
    """Return the person that was named by `me`, `nobody`, an e-mail address or an id.

    Raises:
        NotFound: Nobody in the workspace is called that.
    """
    if said == "nobody":
        return None
    if said == "me":
        return (await connection.bus.send(WhoAmI())).id
    members = (await connection.bus.send(ListMembers(workspace_id=workspace.id))).items
    for member in members:
        if said.lower() in {member.email, str(member.user_id)}:
            return member.user_id
    raise NotFound(f"nobody in {workspace.name} is called '{said}': write an e-mail address, me or nobody")


async def chosen_role(connection: Connection, workspace: WorkspaceView, said: str) -> tuple[Role, RoleName | None]:
    """Return the role with a name: one that every workspace has, or one of the workspace's own with what it stands on.

    Raises:
        NotFound: There is none.
    """
    if said in {role.value for role in Role}:
        return Role(said), None
    roles = (await connection.bus.send(ListRoles(workspace_id=workspace.id))).items
    for role in roles:
        if role.name == said:
            return role.base, RoleName(role.name)
    raise NotFound(f"{workspace.name} has no role '{said}': choose one of {', '.join(role.name for role in roles)}")
