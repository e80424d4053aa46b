"""`workspaces`."""

import click

from colonnade.application.workspaces import (
    AddMember,
    CreateWorkspace,
    ListMembers,
    ListWorkspaces,
    WorkspaceView,
)
from colonnade.client.choosing import chosen_role, chosen_workspace, json_option, workspace_option
from colonnade.client.connection import Connection, run
from colonnade.client.output import print_fields, print_json, print_table
from colonnade.client.shorthand import Shorthand


@click.group(cls=Shorthand)
def workspaces() -> None:
    """List (if nothing else is said), make and choose workspaces."""


@workspaces.command("list")
@json_option
def list_workspaces(as_json: bool) -> None:
    """List the workspaces that you belong to; a star marks the one in use."""

    async def work(connection: Connection) -> None:
        page = await connection.bus.send(ListWorkspaces())
        if as_json:
            print_json(page)
            return
        used = connection.state.choice("workspace")
        rows = [("*" if each.slug == used else "", each.slug, each.name, each.role) for each in page.items]
        print_table(("", "Slug", "Name", "Your role"), rows)

    run(work)


@workspaces.command()
@click.argument("workspace")
def use(workspace: str) -> None:
    """Make WORKSPACE (slug or id) the one in use."""

    async def work(connection: Connection) -> WorkspaceView:
        found = await chosen_workspace(connection, workspace)
        connection.state.choose(workspace=found.slug, project=None)
        return found

    click.echo(f"{run(work).name} is in use now.")


@workspaces.command()
@click.argument("name")
@click.option("--slug", help="Name in addresses; made of the name if not said.")
@json_option
def create(name: str, slug: str | None, as_json: bool) -> None:
    """Open a workspace called NAME, which is then the one in use."""

    async def work(connection: Connection) -> None:
        message = CreateWorkspace.model_validate({"name": name, "slug": slug or None})
        made = await connection.bus.send(message)
        connection.state.choose(workspace=made.slug, project=None)
        if as_json:
            print_json(made)
        else:
            print_fields([("Name", made.name), ("Slug", made.slug), ("Your role", made.role)])

    run(work)


@workspaces.command()
@workspace_option
@json_option
def members(workspace: str | None, as_json: bool) -> None:
    """List everybody who belongs to a workspace."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        page = await connection.bus.send(ListMembers(workspace_id=chosen.id))
        if as_json:
            print_json(page)
        else:
            rows = [(each.name, each.email, each.own_role or each.role) for each in page.items]
            print_table(("Name", "E-mail", "Role"), rows)

    run(work)


@workspaces.command("add-member")
@click.argument("email")
@click.option(
    "--role", default="member", show_default=True, help="owner, admin, member, guest, or one of the workspace's own."
)
@workspace_option
def add_member(email: str, role: str, workspace: str | None) -> None:
    """Let the person with the address EMAIL, who has an account, into a workspace."""

    async def work(connection: Connection) -> str:
        chosen = await chosen_workspace(connection, workspace)
        base, own = await chosen_role(connection, chosen, role)
        message = AddMember.model_validate({"workspace_id": chosen.id, "email": email, "role": base, "own_role": own})
        added = await connection.bus.send(message)
        return f"{added.name} is a {added.own_role or added.role} of {chosen.name} now."

    click.echo(run(work))


COMMANDS = {"workspaces": workspaces}
