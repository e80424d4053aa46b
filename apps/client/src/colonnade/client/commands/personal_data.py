"""`account export` and `account erase`: all that is kept of you, for you or for nobody any more."""

from pathlib import Path

import click

from colonnade.application.identity import WhoAmI
from colonnade.application.identity.erasure import EraseAccount
from colonnade.application.identity.personal_data import PersonalDataRequested, RequestPersonalData
from colonnade.client.asking import ask
from colonnade.client.choosing import json_option
from colonnade.client.connection import Connection, Failure, run
from colonnade.client.downloading import download
from colonnade.client.output import print_json
from colonnade.client.personal_archive import archive_of


@click.command("export")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Wait until it is ready, and fetch it into this file, which only you can read.",
)
@click.option(
    "--timeout", type=click.IntRange(1), default=900, show_default=True, help="How many seconds to wait at most."
)
@json_option
def export_data(output: Path | None, timeout: int, as_json: bool) -> None:
    """Have all that is kept of you written into a ZIP archive of JSON lines, which is kept for two days.

    The link to it is good for whoever has it, so keep it to yourself. You are told when the archive is ready, also if
    you do not wait any longer: Ctrl-C ends the waiting alone.
    """
    if output is not None and not output.parent.is_dir():
        raise click.BadParameter(f"'{output.parent}' is no folder that exists", param_hint="--output")

    async def work(connection: Connection) -> tuple[PersonalDataRequested, int]:
        if output is None:
            return await connection.bus.send(RequestPersonalData()), 0
        asked, link = await archive_of(connection.bus, seconds=timeout)
        return asked, await download(link, output)

    asked, size = run(work)
    if as_json:
        print_json(asked)
    elif output is None:
        click.echo("Your data is being collected: 'colonnade notifications' tells the link when it is ready.")
    else:
        click.echo(f"{output}: {size:,} bytes.")


@click.command("erase")
@click.option("--yes", is_flag=True, help="Erase without asking.")
def erase_account(yes: bool) -> None:
    """Erase your account and all that is kept of you, for good.

    You leave every workspace. One whose only owner you are needs another owner first.
    """

    async def work(connection: Connection) -> str:
        account = await connection.bus.send(WhoAmI())
        if not yes:
            typed = ask(f"Nobody can undo this. Type {account.email} to go on")
            if typed.strip().lower() != account.email:
                raise Failure("that is not your address, so nothing was erased", 1)
        await connection.bus.send(EraseAccount())
        connection.bus.sign_in(None)
        return account.email

    click.echo(f"{run(work)} is erased.")


PERSONAL_DATA_COMMANDS = (export_data, erase_account)
"""What belongs to `account`."""
