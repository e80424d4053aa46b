"""`audit`."""

from datetime import UTC, datetime
from typing import Any, TextIO

import click

from colonnade.application.audit import AuditEntryView, ExportAudit, SearchAudit
from colonnade.application.messaging import items
from colonnade.application.workspaces import ListMembers
from colonnade.client.choosing import chosen_person, chosen_workspace, json_option, workspace_option
from colonnade.client.connection import Connection, run
from colonnade.client.lists import beginning, limit_option, tell_of_rest
from colonnade.client.moments import shown
from colonnade.client.output import print_json, print_table
from colonnade.client.shorthand import Shorthand

since_option = click.option("--since", type=click.DateTime(), help="From then on (UTC).")
until_option = click.option("--until", type=click.DateTime(), help="Before then (UTC).")


@click.group(cls=Shorthand)
def audit() -> None:
    """List who did what in a workspace (if nothing else is said), or take it out; for its owners."""


@audit.command("list")
@click.option("--person", help="E-mail address of who did it, or to whom it was done; or me.")
@click.option("--message", help="Wire name of the message, such as tasks.create.")
@click.option("--outcome", type=click.Choice(["done", "refused", "failed"]), help="How it ended.")
@click.option("--text", help="Something in it.")
@since_option
@until_option
@workspace_option
@limit_option
@json_option
def list_audit(
    person: str | None,
    workspace: str | None,
    limit: int,
    as_json: bool,
    **wanted: Any,  # options of many types
) -> None:
    """List what was done, refused or failed, the newest first."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        who = await chosen_person(connection, chosen, person) if person else None
        asked = {name: _moment(value) for name, value in wanted.items() if value is not None}
        query = SearchAudit(workspace_id=chosen.id, person=who, **asked)
        page = await beginning(connection, query, limit)
        if as_json:
            print_json(page)
            return
        members = (await connection.bus.send(ListMembers(workspace_id=chosen.id))).items
        names = {str(each.user_id): each.name for each in members}
        rows = [_row(each, names) for each in page.items]
        print_table(("At", "Who", "Outcome", "What", "To whom", "From", "Details"), rows)
        tell_of_rest(page)

    run(work)


@audit.command("export")
@click.option("--format", "wanted", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", "-o", type=click.File("w", "utf-8"), default="-", help="File to write; standard output.")
@since_option
@until_option
@workspace_option
def export_audit(
    wanted: str, output: TextIO, since: datetime | None, until: datetime | None, workspace: str | None
) -> None:
    """Write everything in order, as JSON lines or as CSV for spreadsheets."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        asked = {"format": wanted, "since": _moment(since), "until": _moment(until)}
        query = ExportAudit.model_validate({"workspace_id": chosen.id, "limit": 1000, **asked})
        async for line in items(connection.bus, query):
            output.write(f"{line}\n")

    run(work)


def _row(entry: AuditEntryView, names: dict[str, str]) -> tuple[object, ...]:
    who = entry.console or names.get(entry.caller or "", entry.caller)
    whom = names.get(entry.person or "", entry.person)
    return shown(entry.at), who, entry.outcome, entry.message or entry.type, whom, entry.address, entry.details


def _moment(value: Any) -> Any:  # an option's value
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


COMMANDS = {"audit": audit}
