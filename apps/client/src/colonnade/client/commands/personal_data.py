"""`account export` and `account erase`: all that is kept of you, for you or for nobody any more."""

import asyncio
from pathlib import Path

import click

from colonnade.application.identity import WhoAmI
from colonnade.application.identity.erasure import EraseAccount
from colonnade.application.identity.personal_data import PersonalDataRequested, RequestPersonalData
from colonnade.application.notifications import ListNotifications
from colonnade.client.asking import ask
from colonnade.client.choosing import json_option
from colonnade.client.connection import Connection, Failure, run
from colonnade.client.downloading import download
from colonnade.client.following import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, PAUSE_GROWTH
from colonnade.client.output import print_json


@click.command("export")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Wait until it is ready, and fetch it into this file.",
)
@json_option
def export_data(output: Path | None, as_json: bool) -> None:
    """Have all that is kept of you written into a ZIP archive of JSON lines, which is kept for two days.

    The link to it is good for whoever has it, so keep it to yourself. You are told when the archive is ready.
    """
    if output is not None and not output.parent.is_dir():
        raise click.BadParameter(f"'{output.parent}' is no folder that exists", param_hint="--output")

    async def work(connection: Connection) -> tuple[PersonalDataRequested, int]:
        asked = await connection.bus.send(RequestPersonalData())
        return asked, 0 if output is None else await download(await _link(connection, asked.thread), output)

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


async def _link(connection: Connection, thread: str) -> str:
    """Wait for the notification that tells where the archive is; Ctrl-C ends the waiting alone."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        told = (await connection.bus.send(ListNotifications())).items
        link = next((news.facts.get("url") for news in told if news.thread == thread), None)
        if isinstance(link, str):
            return link
        await asyncio.sleep(pause)
        pause = min(pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)


PERSONAL_DATA_COMMANDS = (export_data, erase_account)
"""What belongs to `account`."""
