"""`members`."""

import click

from colonnade.application.workspaces import ChangeRole, WorkspaceView
from colonnade.application.workspaces.offboarding import OffboardingView, OffboardMember
from colonnade.client.choosing import chosen_person, chosen_role, chosen_workspace, json_option, workspace_option
from colonnade.client.commands.workspaces import members as list_members
from colonnade.client.connection import Connection, run
from colonnade.client.following import require_success, watch
from colonnade.client.output import print_json
from colonnade.client.short_ids import short
from colonnade.client.shorthand import Shorthand
from colonnade.core import Invalid, UserId


@click.group(cls=Shorthand)
def members() -> None:
    """List members (if nothing else is said), change their roles and off-board them."""


members.add_command(list_members, "list")


@members.command()
@click.argument("who")
@click.argument("role")
@workspace_option
@json_option
def role(who: str, role: str, workspace: str | None, as_json: bool) -> None:
    """Give WHO (an e-mail address) the ROLE owner, admin, member, guest, or one of the workspace's own.

    It holds from their next request on. 'colonnade roles list' shows what each role allows.
    """

    async def work(connection: Connection) -> str:
        chosen = await chosen_workspace(connection, workspace)
        user_id = await _somebody(connection, chosen, who)
        base, own = await chosen_role(connection, chosen, role)
        message = ChangeRole(workspace_id=chosen.id, user_id=user_id, role=base, own_role=own)
        changed = await connection.bus.send(message)
        if as_json:
            return changed.model_dump_json(indent=2)
        return f"{changed.name} is a {changed.own_role or changed.role} of {chosen.name} now."

    click.echo(run(work))


@members.command()
@click.argument("who")
@click.option("--heir", help="Who takes over tasks and projects; you, if not said.")
@click.option("--wait", is_flag=True, help="Watch it until it has ended; Ctrl-C ends the watching alone.")
@workspace_option
@json_option
def offboard(who: str, heir: str | None, wait: bool, workspace: str | None, as_json: bool) -> None:
    """Take WHO (an e-mail address) out of a workspace.

    They are signed out, their open tasks and projects are handed over, their membership ends, and the owners are told.
    If a step fails for good, what was done is undone; then the exit code of --wait is 1.
    """

    async def start(connection: Connection) -> tuple[WorkspaceView, OffboardingView]:
        chosen = await chosen_workspace(connection, workspace)
        message = OffboardMember(
            workspace_id=chosen.id,
            user_id=await _somebody(connection, chosen, who),
            heir_id=await _somebody(connection, chosen, heir) if heir else None,
        )
        return chosen, await connection.bus.send(message)

    chosen, started = run(start)
    if wait:
        process = watch(chosen, started.process_id, silent=as_json)
        if as_json:
            print_json(process)
        require_success(process)
    elif as_json:
        print_json(started)
    else:
        click.echo(f"The off-boarding has begun: 'colonnade processes show {short(started.process_id)}' shows it.")


async def _somebody(connection: Connection, workspace: WorkspaceView, said: str) -> UserId:
    person = await chosen_person(connection, workspace, said)
    if person is None:
        raise Invalid("nobody is not a member: write an e-mail address or me")
    return person


COMMANDS = {"members": members}
