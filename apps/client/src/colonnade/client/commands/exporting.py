"""`export`."""

from pathlib import Path

import click

from colonnade.application.operations import ProcessDetail
from colonnade.application.workspaces import WorkspaceView
from colonnade.application.workspaces.export import ExportView, ExportWorkspace
from colonnade.client.choosing import chosen_workspace, json_option, workspace_option
from colonnade.client.connection import Connection, run
from colonnade.client.downloading import download
from colonnade.client.following import require_success, watch
from colonnade.client.output import print_json
from colonnade.client.short_ids import short


def _possible(context: click.Context, parameter: click.Parameter, file: Path | None) -> Path | None:
    """Refuse a file that cannot be written before anything is exported."""
    if file is not None and not (file.is_file() or (file.parent.is_dir() and not file.exists())):
        raise click.BadParameter(f"'{file}' is neither a file nor a new one in a folder that exists")
    return file


@click.group("export")
def export_group() -> None:
    """Take everything out of a workspace."""


@export_group.command("workspace")
@click.option("--wait", is_flag=True, help="Watch it until the archive is ready; Ctrl-C ends the watching alone.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_possible,
    help="Wait, and fetch the archive into this file.",
)
@workspace_option
@json_option
def export_workspace(wait: bool, output: Path | None, workspace: str | None, as_json: bool) -> None:
    """Write a workspace into a ZIP archive of JSON lines, which is kept for a week.

    The link to it is good for whoever has it, so keep it to yourself. You are told when the archive is ready.
    """

    async def start(connection: Connection) -> tuple[WorkspaceView, ExportView]:
        chosen = await chosen_workspace(connection, workspace)
        return chosen, await connection.bus.send(ExportWorkspace(workspace_id=chosen.id))

    chosen, started = run(start)
    if not wait and output is None:
        if as_json:
            print_json(started)
        else:
            click.echo(f"The export has begun: 'colonnade processes show {short(started.process_id)}' shows it.")
        return
    process = watch(chosen, started.process_id, silent=as_json, enough=lambda process: _link(process) is not None)
    require_success(process)
    _hand_over(process, output, as_json=as_json)


def _link(process: ProcessDetail) -> str | None:
    link = process.facts.get("link")
    return link if isinstance(link, str) else None


def _hand_over(process: ProcessDetail, output: Path | None, *, as_json: bool) -> None:
    link = _link(process)
    if output is not None and link is not None:

        async def fetch(connection: Connection) -> int:
            return await download(link, output)

        size = run(fetch)
        said = f"{output}: {size:,} bytes."
    else:
        said = f"The archive is ready: {link}"
    if as_json:
        print_json(process)
    else:
        click.echo(said)


COMMANDS = {"export": export_group}
