"""`processes`."""

from uuid import UUID

import click

from colonnade.application.messaging import items
from colonnade.application.operations import ProcessDetail
from colonnade.application.processes import ProcessId
from colonnade.application.workspaces import WorkspaceView
from colonnade.application.workspaces.processes import GetWorkspaceProcess, ListWorkspaceProcesses
from colonnade.client.choosing import chosen_workspace, json_option, workspace_option
from colonnade.client.connection import Connection, run
from colonnade.client.following import require_success, watch
from colonnade.client.lists import LARGEST_PAGE, beginning, limit_option, tell_of_rest
from colonnade.client.moments import shown, shown_exactly
from colonnade.client.output import print_fields, print_json, print_table
from colonnade.client.short_ids import named_by, short, whole_id
from colonnade.client.shorthand import Shorthand


@click.group(cls=Shorthand)
def processes() -> None:
    """List (if nothing else is said) and show processes: off-boardings, exports."""


@processes.command("list")
@workspace_option
@limit_option
@json_option
def list_processes(workspace: str | None, limit: int, as_json: bool) -> None:
    """List the processes of a workspace, the newest first."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        page = await beginning(connection, ListWorkspaceProcesses(workspace_id=chosen.id), limit)
        if as_json:
            print_json(page)
            return
        rows = [
            (short(each.id), each.name, each.status, each.step, shown(each.started_at), shown(each.ended_at))
            for each in page.items
        ]
        print_table(("Id", "Process", "Status", "Step", "Began", "Ended"), rows)
        tell_of_rest(page)

    run(work)


@processes.command()
@click.argument("process")
@click.option("--wait", is_flag=True, help="Watch it until it has ended; Ctrl-C ends the watching alone.")
@workspace_option
@json_option
def show(process: str, wait: bool, workspace: str | None, as_json: bool) -> None:
    """Show PROCESS (its id) with its history."""

    async def find(connection: Connection) -> tuple[WorkspaceView, ProcessDetail]:
        chosen = await chosen_workspace(connection, workspace)
        process_id = ProcessId(await _id_of(connection, chosen, process))
        return chosen, await connection.bus.send(GetWorkspaceProcess(workspace_id=chosen.id, process_id=process_id))

    chosen, found = run(find)
    if wait:
        found = watch(chosen, found.id, silent=as_json)
    if as_json:
        print_json(found)
    elif not wait:
        _print(found)
    if wait:
        require_success(found)


async def _id_of(connection: Connection, workspace: WorkspaceView, said: str) -> UUID:
    whole = whole_id(said)
    if whole is not None:
        return whole
    everything = ListWorkspaceProcesses(workspace_id=workspace.id, limit=LARGEST_PAGE)
    return (await named_by(said, items(connection.bus, everything), "process")).id


def _print(process: ProcessDetail) -> None:
    print_fields(
        [
            ("Process", process.name),
            ("Status", process.status),
            ("Step", process.step),
            ("Error", process.error),
            ("Began", shown(process.started_at)),
            ("Ended", shown(process.ended_at)),
            ("Link", process.facts.get("link")),
            ("Id", process.id),
        ]
    )
    click.echo()
    for entry in process.history:
        click.echo(f"{shown_exactly(entry.at)}  {entry.what}")


COMMANDS = {"processes": processes}
