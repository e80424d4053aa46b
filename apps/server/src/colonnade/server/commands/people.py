"""`people`: sign somebody out, give them their data, or erase them."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, ask, email_argument

if TYPE_CHECKING:
    from colonnade.core import Email


@click.group()
def people() -> None:
    """Sign people out, give them all that is kept of them, and erase them."""


@people.command("sign-out")
@email_argument
@click.option("--tokens", is_flag=True, help="Revoke their personal tokens as well.")
@as_json
@click.pass_obj
def sign_out_person(layers: Layers, email: "Email", tokens: bool, json_wanted: bool) -> None:
    """Sign the person with EMAIL out on all their devices, at once; it is noted that you did.

    They may sign in again. Where somebody else knows their password, have them ask for a new one.
    """
    from colonnade.application.identity.sessions import SignOutPerson

    ended = ask(layers, SignOutPerson(email=email, programs_too=tokens))
    told = f"{email} is signed out. Ended: sessions {ended.sessions}, tokens {ended.programs}."
    click.echo(ended.model_dump_json() if json_wanted else told)


@people.command("export")
@email_argument
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="File to make; only you can read it.",
)
@as_json
@click.pass_obj
def export_person(layers: Layers, email: "Email", output: Path, json_wanted: bool) -> None:
    """Write all that is kept of the person with EMAIL into a JSON file; it is noted that you did."""
    from colonnade.application.identity.personal_data import ExportPerson

    if output.exists() or not output.parent.is_dir():
        raise click.BadParameter("name a file that is not there yet, in a folder that is", param_hint="--output")
    person = ask(layers, ExportPerson(email=email), by_service=True)
    with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(person.model_dump(mode="json"), file, indent=2, ensure_ascii=False)
    records = sum(map(len, person.sections.values()))
    if json_wanted:
        click.echo(json.dumps({"user_id": str(person.user_id), "records": records, "file": str(output)}))
    else:
        click.echo(f"{output}: {records} records.")


@people.command("erase")
@email_argument
@click.option("--yes", is_flag=True, help="Erase without asking.")
@as_json
@click.pass_obj
def erase_person(layers: Layers, email: "Email", yes: bool, json_wanted: bool) -> None:
    """Erase the person with EMAIL, for good; it is noted that you did.

    Workspaces whose only owner they are need another owner first. Their key is destroyed by a job: at once where a
    server or worker runs, or else when one starts.
    """
    from colonnade.application.identity.erasure import ErasePerson

    if not yes:
        click.confirm(f"This erases {email}, and nobody can undo it. Go on?", abort=True)
    erased = ask(layers, ErasePerson(email=email), by_service=True)
    click.echo(erased.model_dump_json() if json_wanted else f"{erased.user_id} is erased.")
