"""`projects private`, `open`, `share`, `unshare`, `members`."""

import click

from colonnade.application.projects import ProjectView
from colonnade.application.projects.sharing import (
    ListProjectMembers,
    SetProjectVisibility,
    ShareProject,
    UnshareProject,
)
from colonnade.application.workspaces import WorkspaceView
from colonnade.client.choosing import (
    chosen_person,
    chosen_project,
    chosen_workspace,
    json_option,
    workspace_option,
)
from colonnade.client.commands.project_output import print_project
from colonnade.client.connection import Connection, run
from colonnade.client.names import names_in
from colonnade.client.output import print_json, print_table
from colonnade.core import Invalid, UserId


@click.command()
@click.argument("project")
@workspace_option
@json_option
def private(project: str, workspace: str | None, as_json: bool) -> None:
    """Let only those see PROJECT (key or id) with whom it is shared, you among them."""
    _set_visibility(project, workspace, private=True, as_json=as_json)


@click.command("open")
@click.argument("project")
@workspace_option
@json_option
def open_up(project: str, workspace: str | None, as_json: bool) -> None:
    """Let every member see PROJECT (key or id); guests still see it only if it is shared with them."""
    _set_visibility(project, workspace, private=False, as_json=as_json)


@click.command()
@click.argument("project")
@click.argument("person")
@workspace_option
@json_option
def share(project: str, person: str, workspace: str | None, as_json: bool) -> None:
    """Share PROJECT (key or id) with PERSON, an e-mail address of a member or a guest."""

    async def work(connection: Connection) -> str:
        chosen, found, user_id = await _both(connection, workspace, project, person)
        message = ShareProject(workspace_id=chosen.id, project_id=found.id, user_id=user_id)
        shared = await connection.bus.send(message)
        if as_json:
            return shared.model_dump_json(indent=2)
        return f"{shared.key} is shared with {(await names_in(connection, chosen.id)).name(user_id)}."

    click.echo(run(work))


@click.command()
@click.argument("project")
@click.argument("person")
@workspace_option
def unshare(project: str, person: str, workspace: str | None) -> None:
    """Share PROJECT (key or id) with PERSON (an e-mail address) no longer."""

    async def work(connection: Connection) -> str:
        chosen, found, user_id = await _both(connection, workspace, project, person)
        await connection.bus.send(UnshareProject(workspace_id=chosen.id, project_id=found.id, user_id=user_id))
        return f"{found.key} is shared with {(await names_in(connection, chosen.id)).name(user_id)} no longer."

    click.echo(run(work))


@click.command()
@click.argument("project")
@workspace_option
@json_option
def members(project: str, workspace: str | None, as_json: bool) -> None:
    """List those with whom PROJECT (key or id) is shared."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_project(connection, chosen, project)
        page = await connection.bus.send(ListProjectMembers(workspace_id=chosen.id, project_id=found.id))
        if as_json:
            print_json(page)
            return
        names = await names_in(connection, chosen.id)
        print_table(("Shared with",), [(names.name_and_address(each.user_id),) for each in page.items])

    run(work)


def _set_visibility(project: str, workspace: str | None, *, private: bool, as_json: bool) -> None:
    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_project(connection, chosen, project)
        message = SetProjectVisibility(workspace_id=chosen.id, project_id=found.id, private=private)
        await print_project(connection, await connection.bus.send(message), as_json=as_json)

    run(work)


async def _both(
    connection: Connection, workspace: str | None, project: str, person: str
) -> tuple[WorkspaceView, ProjectView, UserId]:
    chosen = await chosen_workspace(connection, workspace)
    found = await chosen_project(connection, chosen, project)
    user_id = await chosen_person(connection, chosen, person)
    if user_id is None:
        raise Invalid("nobody is not a member: write an e-mail address or me")
    return chosen, found, user_id


SHARING = (private, open_up, share, unshare, members)
