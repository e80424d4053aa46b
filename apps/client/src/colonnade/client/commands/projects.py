"""`projects`."""

import click

from colonnade.application.projects import ArchiveProject, CreateProject, ListProjects, ProjectView, RestoreProject
from colonnade.client.choosing import chosen_project, chosen_workspace, json_option, project_key, workspace_option
from colonnade.client.connection import Connection, run
from colonnade.client.output import print_fields, print_json, print_table
from colonnade.domain.projects import ProjectName


@click.group(invoke_without_command=True)
@click.pass_context
def projects(context: click.Context) -> None:
    """List (if nothing else is said), make and choose projects."""
    if context.invoked_subcommand is None:
        context.invoke(list_projects, workspace=None, archived=False, as_json=False)


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
        rows = [
            ("*" if each.key == used else "", each.key, each.name, "archived" if each.archived_at else "")
            for each in page.items
        ]
        print_table(("", "Key", "Name", ""), rows)

    run(work)


@projects.command()
@click.argument("project")
@workspace_option
@json_option
def show(project: str, workspace: str | None, as_json: bool) -> None:
    """Show PROJECT (key or id) with its workflow."""

    async def work(connection: Connection) -> None:
        _print(
            await chosen_project(connection, await chosen_workspace(connection, workspace), project), as_json=as_json
        )

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
        message = CreateProject(workspace_id=chosen.id, key=project_key(key), name=ProjectName(name))
        made = await connection.bus.send(message)
        connection.state.choose(workspace=chosen.slug, project=made.key)
        _print(made, as_json=as_json)

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
        _print(await connection.bus.send(message), as_json=as_json)

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
        _print(await connection.bus.send(message), as_json=as_json)

    run(work)


def _print(project: ProjectView, *, as_json: bool) -> None:
    if as_json:
        print_json(project)
        return
    moves = {source: ", ".join(targets) for source, targets in project.workflow.transitions.items()}
    print_fields(
        [
            ("Key", project.key),
            ("Name", project.name),
            ("Archived", project.archived_at),
            *((status.name, f"{status.slug} → {moves.get(status.slug, '')}") for status in project.workflow.statuses),
        ]
    )


COMMANDS = {"projects": projects}
