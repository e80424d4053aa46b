"""`two-factor`: codes of an app, and recovery codes for when it is gone."""

from collections.abc import Iterable

import click

from colonnade.application.identity.second_factor import (
    ConfirmSecondFactor,
    DisableSecondFactor,
    RegenerateRecoveryCodes,
    SetUpSecondFactor,
    ShowSecondFactor,
)
from colonnade.client.asking import ask
from colonnade.client.choosing import json_option
from colonnade.client.connection import Connection, run
from colonnade.client.moments import shown
from colonnade.client.output import print_fields, print_json


@click.group("two-factor")
def two_factor() -> None:
    """Be asked for a code of an app when you sign in."""


@two_factor.command()
@json_option
def status(as_json: bool) -> None:
    """Show whether codes are asked for."""

    async def work(connection: Connection) -> None:
        found = await connection.bus.send(ShowSecondFactor())
        if as_json:
            print_json(found)
            return
        left = found.recovery_codes_left if found.is_on else None
        state = "on" if found.is_on else "off"
        print_fields([("Codes", state), ("Since", shown(found.since)), ("Recovery codes left", left)])

    run(work)


@two_factor.command()
def setup() -> None:
    """Set an app up, and be asked for its codes from then on; recovery codes are printed once."""

    async def work(connection: Connection) -> tuple[str, ...]:
        secret = await connection.bus.send(SetUpSecondFactor())
        click.echo("Add this to your app, as a link or by typing the secret:", err=True)
        print_fields([("Link", secret.uri), ("Secret", secret.secret)])
        code = ask("The code that it shows now")
        return (await connection.bus.send(ConfirmSecondFactor.model_validate({"code": code}))).codes

    _print_codes(run(work))


@two_factor.command()
def disable() -> None:
    """Be asked for codes no more."""

    async def work(connection: Connection) -> None:
        await connection.bus.send(DisableSecondFactor())

    run(work)
    click.echo("No codes are asked for any more.")


@two_factor.command("recovery-codes")
def recovery_codes() -> None:
    """Get new recovery codes; the former ones are not good any more."""

    async def work(connection: Connection) -> tuple[str, ...]:
        return (await connection.bus.send(RegenerateRecoveryCodes())).codes

    _print_codes(run(work))


def _print_codes(codes: Iterable[str]) -> None:
    for code in codes:
        click.echo(code)
    click.echo("Keep these recovery codes now, on paper or in a safe: they are never shown again.", err=True)


COMMANDS = {"two-factor": two_factor}
