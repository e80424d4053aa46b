"""`encryption`: the keys that data is sealed with."""

import json
from typing import TYPE_CHECKING, Any

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, note_act, require_schema
from colonnade.server.commands.settings import run, settings_of

if TYPE_CHECKING:
    from colonnade.infrastructure.protection import KeyReport
    from colonnade.server.settings import Settings

_COLUMNS = ("id", "purpose", "state", "people", "created_at", "kek")


@click.group()
def encryption() -> None:
    """Look after the keys that data is sealed with."""


@encryption.command("status")
@as_json
@click.pass_obj
def show_status(layers: Layers, json_wanted: bool) -> None:
    """List the data keys, what wraps each, and of how many people it seals the keys."""
    _show(run(_reports(settings_of(layers))), json_wanted=json_wanted)


@encryption.command("rotate")
@click.option("--data-key", is_flag=True, help="Also make a new data key, and delete the former one.")
@as_json
@click.pass_obj
def rotate_keys(layers: Layers, data_key: bool, json_wanted: bool) -> None:
    """Wrap every data key with the current key-encryption key.

    To replace the key-encryption key: set the new one as keys.current and the old one in keys.former on every process,
    run this, then take the old one out of keys.former. With --data-key, copies of the keys of people that were taken
    before are worthless once the old key-encryption key is destroyed. Nobody is interrupted by either. It is noted.
    """
    done = run(_rotate(settings_of(layers), data_key=data_key))
    if json_wanted:
        click.echo(json.dumps(done))
        return
    click.echo(f"{done['rewrapped']} data keys were wrapped anew.")
    if data_key:
        click.echo(
            f"{done['people']} keys of people went over to {done['data_key']}, {done['retired']} data keys went."
        )


async def _reports(settings: "Settings") -> "list[KeyReport]":
    from colonnade.infrastructure.protection import SqlDataKeys
    from colonnade.server.application import running_server

    async with running_server(settings) as server:
        return await (await server.container.get(SqlDataKeys)).report()


async def _rotate(settings: "Settings", *, data_key: bool) -> dict[str, Any]:  # JSON values
    from colonnade.infrastructure.protection import PersonKeys, SqlDataKeys
    from colonnade.server.application import running_server

    async with running_server(settings) as server:
        await require_schema(server)
        keys, people = await server.container.get(SqlDataKeys), await server.container.get(PersonKeys)
        done: dict[str, Any] = {"rewrapped": await keys.rewrap()}  # JSON values
        if data_key:
            done["data_key"] = str(await keys.rotate())
            done["people"] = await people.rewrap()
            done["retired"] = await keys.retire()
        await note_act(
            server, "encryption.rotate", done.get("data_key", "data keys"), f"{done['rewrapped']} were wrapped anew"
        )
        return done


def _show(reports: "list[KeyReport]", *, json_wanted: bool) -> None:
    rows = [
        {
            "id": str(report.id),
            "purpose": report.purpose,
            "state": "current" if report.is_current else "former",
            "people": report.people,
            "created_at": report.created_at.isoformat(timespec="seconds"),
            "kek": report.kek,
        }
        for report in reports
    ]
    if json_wanted:
        click.echo(json.dumps(rows, indent=2))
        return
    table = [
        [column.replace("_", " ") for column in _COLUMNS],
        *([str(row[name]) for name in _COLUMNS] for row in rows),
    ]
    widths = [max(len(row[place]) for row in table) for place in range(len(_COLUMNS))]
    for row in table:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
