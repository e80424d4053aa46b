"""`audit`: verify it, search it, take it out, list its checkpoints."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from uuid import UUID

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, ask, show_table
from colonnade.server.commands.settings import run, settings_of

if TYPE_CHECKING:
    from colonnade.security.audit import Fault

_COLUMNS = ("sequence", "at", "outcome", "type", "message", "caller", "person", "console", "address", "details")
_CHECKPOINTS = ("chain", "kind", "number", "sequence", "at", "hash", "kid")

workspace_option = click.option(
    "--workspace", type=click.UUID, help="Id of the workspace; what belongs to none if not said."
)
since_option = click.option("--since", type=click.DateTime(), help="From then on (UTC).")
until_option = click.option("--until", type=click.DateTime(), help="Before then (UTC).")


@click.group()
def audit() -> None:
    """Look at who did what, and prove that nobody altered it."""


@audit.command()
@click.option("--workspace", type=click.UUID, help="Id of a workspace; everything if not said.")
@click.option(
    "--anchor",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File with copies of checkpoints as JSON lines, such as a log that is collected elsewhere.",
)
@as_json
@click.pass_obj
def verify(layers: Layers, workspace: UUID | None, anchor: Path | None, json_wanted: bool) -> None:
    """Find every change, gap and truncation of the audit, and every checkpoint that was forged or removed.

    The exit code is 1 if something is found.
    """
    lines = [] if anchor is None else anchor.read_text("utf-8").splitlines()
    if run(_verify(layers, workspace, lines, json_wanted=json_wanted)):
        raise click.exceptions.Exit(1)


async def _verify(layers: Layers, workspace: UUID | None, lines: Sequence[str], *, json_wanted: bool) -> int:
    """Print each fault as it is found, and return how many there were."""
    from colonnade.infrastructure.audit import AuditVerifier
    from colonnade.security.audit import read_anchors
    from colonnade.server.application import running_server

    anchors, count = list(read_anchors(lines)), 0
    async with running_server(settings_of(layers)) as server:
        verifier = await server.container.get(AuditVerifier)
        names = None if workspace is None else [str(workspace)]
        async for fault in verifier.faults(names, anchors=anchors, progress=None if json_wanted else _progress):
            count += 1
            _tell(fault, json_wanted=json_wanted)
    if not json_wanted:
        click.echo(f"{count} fault(s)." if count else "Nobody has altered the audit.")
    return count


def _tell(fault: "Fault", *, json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json.dumps({**fault._asdict(), "kind": fault.kind.value}))
    else:
        click.echo(f"{fault.chain} entry {fault.sequence}: {fault.kind.value}: {fault.detail}")


def _progress(chain: str, sequence: int) -> None:
    click.echo(f"{chain}: {sequence} entries", err=True)


@audit.command()
@workspace_option
@click.option("--person", type=click.UUID, help="Id of who did it, or to whom it was done.")
@click.option("--message", help="Wire name of the message.")
@click.option("--event", help="Wire name of the event.")
@click.option("--outcome", type=click.Choice(["done", "refused", "failed"]), help="How it ended.")
@click.option("--correlation", help="The request that it followed from.")
@click.option("--text", help="Something in it.")
@since_option
@until_option
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")
@as_json
@click.pass_obj
def search(
    layers: Layers, /, workspace: UUID | None, json_wanted: bool, **wanted: Any
) -> None:  # options of many types
    """List entries, the newest first."""
    from colonnade.application.audit import SearchAudit, SearchServiceAudit

    asked = {name: _moment(value) for name, value in wanted.items() if value is not None}
    message = SearchServiceAudit(**asked) if workspace is None else SearchAudit(workspace_id=workspace, **asked)
    show_table(ask(layers, message).items, _COLUMNS, json_wanted=json_wanted, nothing="There are none.")


@audit.command()
@workspace_option
@click.option("--format", "wanted", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", "-o", type=click.File("w", "utf-8"), default="-", help="File to write; standard output.")
@since_option
@until_option
@click.pass_obj
def export(
    layers: Layers, workspace: UUID | None, wanted: str, output: TextIO, since: datetime | None, until: datetime | None
) -> None:
    """Write entries as JSON lines, or as CSV in which no spreadsheet finds a formula."""
    from colonnade.application.audit import ExportAudit, ExportServiceAudit

    asked: dict[str, Any] = {"format": wanted, "since": _moment(since), "until": _moment(until), "limit": 1000}
    message = ExportServiceAudit(**asked) if workspace is None else ExportAudit(workspace_id=workspace, **asked)
    while True:
        page = ask(layers, message)
        output.writelines(f"{line}\n" for line in page.items)
        if page.next is None:
            return
        message = message.model_copy(update={"cursor": page.next})


@audit.command()
@workspace_option
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")
@as_json
@click.pass_obj
def checkpoints(layers: Layers, workspace: UUID | None, limit: int, json_wanted: bool) -> None:
    """List signed checkpoints, the newest first; as JSON lines they can be kept elsewhere for `verify --anchor`."""
    from colonnade.application.audit import ListAuditCheckpoints, ListServiceAuditCheckpoints

    message = (
        ListServiceAuditCheckpoints(limit=limit)
        if workspace is None
        else ListAuditCheckpoints(workspace_id=workspace, limit=limit)
    )
    items = ask(layers, message).items
    if json_wanted:
        for item in items:
            click.echo(item.model_dump_json())
        return
    show_table(items, _CHECKPOINTS, json_wanted=False, nothing="Nothing has been signed yet.")


def _moment(value: Any) -> Any:  # an option's value
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
