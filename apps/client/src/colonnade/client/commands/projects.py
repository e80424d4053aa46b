"""`projects`."""

import click

from colonnade.application.projects import (
    ArchiveProject,
    CreateProject,
    ListProjects,
    ProjectView,
    RestoreProject,
    SetProjectLead,
)
from colonnade.client.choosing import (
    chosen_person,
    chosen_project,
    chosen_workspace,
    json_option,
    workspace_option,
)
from colonnade.client.commands.project_output import print_project
from colonnade.client.commands.project_sharing import SHARING
from colonnade.client.connection import Connection, run
from colonnade.client.output import print_json, print_table
from colonnade.client.shorthand import Shorthand


@click.group(cls=Shorthand)
def projects() -> None:
    """List (if nothing else is said), make, choose and share projects."""


@projects.command("list")
@workspace_option
@click.option("--archived", is_flag=True, help="Show archived projects, too.")
@json_option
def list_projects(workspace: str | None, archived: bool, as_json: bool) -> None:
    """List the projects of a workspace; a star marks the one in use."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        page = await connection.bus.send(ListProjects(workspace_id=chosen.id, archived=archived))
        if as_json:
            print_json(page)
            return
        used = connection.state.choice("project")
        rows = [("*" if each.key == used else "", each.key, each.name, _state(each)) for each in page.items]
        print_table(("", "Key", "Name", ""), rows)

    run(work)


@projects.command()
@click.argument("project")
@workspace_option
@json_option
def show(project: str, workspace: str | None, as_json: bool) -> None:
    """Show PROJECT (key or id) with its workflow."""

    async def work(connection: Connection) -> None:
        found = await chosen_project(connection, await chosen_workspace(connection, workspace), project)
        await print_project(connection, found, as_json=as_json)

    run(work)


@projects.command()
@click.argument("project")
@workspace_option
def use(project: str, workspace: str | None) -> None:
    """Make PROJECT (key or id) the one in use."""

    async def work(connection: Connection) -> ProjectView:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_project(connection, chosen, project)
        connection.state.choose(workspace=chosen.slug, project=found.key)
        return found

    click.echo(f"{run(work).name} is in use now.")


@projects.command()
@click.argument("key")
@click.argument("name")
@workspace_option
@json_option
def create(key: str, name: str, workspace: str | None, as_json: bool) -> None:
    """Open a project with the short KEY that stands before its task numbers (WEB) and a NAME."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        message = CreateProject.model_validate({"workspace_id": chosen.id, "key": key.upper(), "name": name})
        made = await connection.bus.send(message)
        connection.state.choose(workspace=chosen.slug, project=made.key)
        await print_project(connection, made, as_json=as_json)

    run(work)


@projects.command()
@click.argument("project")
@workspace_option
@json_option
def archive(project: str, workspace: str | None, as_json: bool) -> None:
    """Put PROJECT (key or id) away: it can be read, not worked on."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_project(connection, chosen, project)
        message = ArchiveProject(workspace_id=chosen.id, project_id=found.id)
        await print_project(connection, await connection.bus.send(message), as_json=as_json)

    run(work)


@projects.command()
@click.argument("project")
@workspace_option
@json_option
def restore(project: str, workspace: str | None, as_json: bool) -> None:
    """Work on the archived PROJECT (key or id) again."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_project(connection, chosen, project)
        message = RestoreProject(workspace_id=chosen.id, project_id=found.id)
        await print_project(connection, await connection.bus.send(message), as_json=as_json)

    run(work)


@projects.command()
@click.argument("project")
@click.argument("person", required=False)
@click.option("--nobody", is_flag=True, help="Nobody leads it any more.")
@workspace_option
@json_option
def lead(project: str, person: str | None, nobody: bool, workspace: str | None, as_json: bool) -> None:
    """Let PERSON (an e-mail address, or me) lead PROJECT (key or id)."""
    if (person is None) is not nobody:
        raise click.UsageError("name either a person or --nobody")

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_project(connection, chosen, project)
        lead_id = await chosen_person(connection, chosen, person) if person else None
        message = SetProjectLead(workspace_id=chosen.id, project_id=found.id, lead_id=lead_id)
        await print_project(connection, await connection.bus.send(message), as_json=as_json)

    run(work)


def _state(project: ProjectView) -> str:
    return ", ".join(word for word, holds in (("private", project.private), ("archived", project.archived_at)) if holds)


for command in SHARING:
    projects.add_command(command)

COMMANDS = {"projects": projects}
