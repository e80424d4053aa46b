"""`roles`: those that every workspace has, and a workspace's own."""

import click

from colonnade.application.workspaces.explaining import ListRoles
from colonnade.application.workspaces.roles import DefineRole, RemoveRole
from colonnade.client.choosing import chosen_workspace, json_option, workspace_option
from colonnade.client.connection import Connection, run
from colonnade.client.output import print_fields, print_json
from colonnade.client.shorthand import Shorthand
from colonnade.domain.workspaces import Permission, Role

_BASES = (Role.MEMBER.value, Role.GUEST.value)


@click.group(cls=Shorthand)
def roles() -> None:
    """List roles and what they allow (if nothing else is said), and make roles of a workspace's own."""


@roles.command("list")
@workspace_option
@json_option
def list_roles(workspace: str | None, as_json: bool) -> None:
    """List the roles of a workspace and what they allow, its own last."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        page = await connection.bus.send(ListRoles(workspace_id=chosen.id))
        if as_json:
            print_json(page)
            return
        for place, role in enumerate(page.items):
            if place:
                click.echo()
            print_fields(
                [
                    ("Role", role.name),
                    ("Stands on", role.base if role.own else None),
                    *(("", grant) for grant in role.grants),
                ]
            )

    run(work)


@roles.command(
    epilog=f"Permissions: {', '.join(sorted(Permission))}. What is for owners alone is refused.",
)
@click.argument("name")
@click.option("--base", type=click.Choice(_BASES), default=_BASES[0], show_default=True, help="What it stands on.")
@click.option("--grant", "grants", multiple=True, required=True, help="What it allows; repeatable.")
@workspace_option
@json_option
def define(name: str, base: str, grants: tuple[str, ...], workspace: str | None, as_json: bool) -> None:
    """Make the role NAME of your workspace's own, or let it allow something else from now on.

    A grant is a permission, such as task.edit. With :author, :assignee or :involved behind it, it holds only for tasks
    that somebody opened, that are assigned to them, or either. Whoever has a role that stands on member sees every
    project that is not private; on guest, what is shared with them.

        colonnade roles define reviewer --grant task.read --grant task.edit:assignee

    Those who have the role have the new grants at once.
    """

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        message = DefineRole.model_validate({"workspace_id": chosen.id, "name": name, "base": base, "grants": grants})
        role = await connection.bus.send(message)
        if as_json:
            print_json(role)
        else:
            click.echo(f"{role.name} stands on {role.base} and allows {', '.join(role.grants)}.")

    run(work)


@roles.command()
@click.argument("name")
@workspace_option
def remove(name: str, workspace: str | None) -> None:
    """Take the role NAME of your workspace's own away; nobody may have it any more."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        await connection.bus.send(RemoveRole.model_validate({"workspace_id": chosen.id, "name": name}))

    run(work)
    click.echo(f"There is no role {name} any more.")


COMMANDS = {"roles": roles}
