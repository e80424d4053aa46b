"""`sessions`: where somebody is signed in."""

import click

from colonnade.application.identity import ListSessions, RevokeSession, SessionView, SignOutEverywhere
from colonnade.client.choosing import json_option
from colonnade.client.connection import Connection, run
from colonnade.client.moments import shown
from colonnade.client.output import print_json, print_table
from colonnade.client.short_ids import short
from colonnade.client.shorthand import Shorthand
from colonnade.core import NotFound


@click.group(cls=Shorthand)
def sessions() -> None:
    """List where you are signed in (if nothing else is said), and sign devices out, at once."""


@sessions.command("list")
@json_option
def list_sessions(as_json: bool) -> None:
    """List where you are signed in, the last used first; a star marks this device."""

    async def work(connection: Connection) -> None:
        page = await connection.bus.send(ListSessions())
        if as_json:
            print_json(page)
            return
        rows = [
            (
                "*" if each.here else "",
                short(each.id),
                each.device,
                each.address,
                ", ".join(each.methods),
                shown(each.created_at),
                shown(each.used_at),
            )
            for each in page.items
        ]
        print_table(("", "Id", "Device", "Address", "Proof", "Since", "Last used"), rows)

    run(work)


@sessions.command()
@click.argument("session")
def revoke(session: str) -> None:
    """Sign the device with SESSION (an id as the list shows it) out; its next request is refused."""

    async def work(connection: Connection) -> SessionView:
        found = await _chosen(connection, session)
        await connection.bus.send(RevokeSession(session_id=found.id))
        if found.here:
            connection.bus.sign_in(None)
        return found

    click.echo(f"Signed out: {run(work).device}.")


@sessions.command("revoke-all")
@click.option("--keep-this", is_flag=True, help="Stay signed in here.")
def revoke_all(keep_this: bool) -> None:
    """Sign out everywhere, here as well unless that is kept. Personal tokens stay good."""

    async def work(connection: Connection) -> int:
        ended = await connection.bus.send(SignOutEverywhere(keep_this=keep_this))
        if not keep_this:
            connection.bus.sign_in(None)
        return ended

    click.echo(f"Signed out {run(work)} times.")


async def _chosen(connection: Connection, said: str) -> SessionView:
    for each in (await connection.bus.send(ListSessions())).items:
        if said.lower() in {short(each.id), str(each.id)}:
            return each
    raise NotFound(f"you have no session '{said}': 'colonnade sessions list' shows them")


COMMANDS = {"sessions": sessions}
