"""`people`: give somebody their data, or erase them."""

import getpass
import json
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json
from colonnade.server.commands.settings import run, settings_of

if TYPE_CHECKING:
    from colonnade.application.messaging import Message
    from colonnade.server.settings import Settings

Result = TypeVar("Result")


@click.group()
def people() -> None:
    """Give people all that is kept of them, and erase them."""


@people.command("export")
@click.argument("email")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="File to write; only you can read it.",
)
@as_json
@click.pass_obj
def export_person(layers: Layers, email: str, output: Path, json_wanted: bool) -> None:
    """Write all that is kept of the person with EMAIL into a JSON file; it is noted that you did."""
    from colonnade.application.identity.personal_data import ExportPerson

    person = run(_ask(settings_of(layers), ExportPerson.model_validate({"email": email})))
    with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(person.model_dump(mode="json"), file, indent=2, ensure_ascii=False)
    records = sum(map(len, person.sections.values()))
    if json_wanted:
        click.echo(json.dumps({"user_id": str(person.user_id), "records": records, "file": str(output)}))
    else:
        click.echo(f"{output}: {records} records.")


@people.command("erase")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@as_json
@click.pass_obj
def erase_person(layers: Layers, email: str, yes: bool, json_wanted: bool) -> None:
    """Erase the person with EMAIL, for good; it is noted that you did.

    Workspaces whose only owner they are need another owner first. Their key is destroyed by a job: at once where a
    server or worker runs, or else when one starts.
    """
    from colonnade.application.identity.erasure import ErasePerson

    if not yes:
        click.confirm(f"This erases {email}, and nobody can undo it. Go on?", abort=True)
    erased = run(_ask(settings_of(layers), ErasePerson.model_validate({"email": email})))
    click.echo(erased.model_dump_json() if json_wanted else f"{erased.user_id} is erased.")


async def _ask(settings: "Settings", message: "Message[Result]") -> Result:
    """Send a message that only the service sends, on behalf of whoever sits at the machine."""
    from colonnade.application.messaging import Context
    from colonnade.server.application import running_server

    who = f"{getpass.getuser()}@{socket.gethostname()}"
    async with running_server(settings) as server:
        return await server.bus.send(message, Context(console=who, causation_id="console", by_service=True))
