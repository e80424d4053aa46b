"""`keys`."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
from pydantic import BaseModel

from colonnade.core import ColonnadeError
from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, note_act, require_schema, show_table
from colonnade.server.commands.settings import run, settings_of
from colonnade.server.settings import Settings

if TYPE_CHECKING:
    from colonnade.security.keys import RingKey, SigningKeys

Act = Callable[["SigningKeys", datetime], None]

_COLUMNS = ("kid", "algorithm", "state", "not_before", "verifies_until")


class KeyRow(BaseModel):
    """A key on the ring, as an operator sees it.

    Attributes:
        kid: Its name, a thumbprint.
        algorithm: What it signs with.
        state: Whether it is the next, the current or a retired one.
        not_before: When it may begin to sign, or began to.
        retired_at: When it ceased to sign.
        verifies_until: Until when its signatures are good, if there is an end.
    """

    kid: str
    algorithm: str
    state: str
    not_before: datetime
    retired_at: datetime | None
    verifies_until: datetime | None


@click.group()
def keys() -> None:
    """Look after the keys that sign access tokens; servers that run follow within seconds."""


@keys.command("list")
@as_json
@click.pass_obj
def list_keys(layers: Layers, json_wanted: bool) -> None:
    """List the next key, the current one, and retired ones whose tokens are still good."""
    show_table(run(_open(settings_of(layers))), _COLUMNS, json_wanted=json_wanted, nothing="There are none.")


@keys.command("rotate")
@click.option("--now", is_flag=True, help="Even if others may not have heard of the next key yet.")
@as_json
@click.pass_obj
def rotate(layers: Layers, now: bool, json_wanted: bool) -> None:
    """Let the next key sign; tokens of the one that signed until now stay good until they expire. It is noted."""
    rows = run(_rotate(settings_of(layers), at_once=now))
    _tell(rows, f"{_current(rows)} signs from now on.", json_wanted=json_wanted)


@keys.command("retire")
@click.argument("kid")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_obj
def retire(layers: Layers, kid: str, yes: bool, json_wanted: bool) -> None:
    """Take a key that is not to be trusted off the ring: its tokens are refused, and people's programs refresh them.

    It is noted that you did, unless the database is away: a key that is not to be trusted does not wait for it.
    """
    if not yes:
        click.confirm(f"Every token that {kid} signed will be refused. Go on?", abort=True)
    rows = run(_retire(settings_of(layers), kid))
    _tell(rows, f"{kid} is good for nothing any more; {_current(rows)} signs.", json_wanted=json_wanted)


async def _rotate(settings: Settings, *, at_once: bool) -> list[KeyRow]:
    from colonnade.server.application import running_server

    async with running_server(settings) as server:
        await require_schema(server)
        rows = await _open(settings, lambda ring, at: ring.rotate(at, at_once=at_once))
        await note_act(server, "keys.rotate", _current(rows), "at once" if at_once else "")
        return rows


async def _retire(settings: Settings, kid: str) -> list[KeyRow]:
    from colonnade.server.application import running_server

    rows = await _open(settings, lambda ring, at: ring.retire(kid, at))
    try:
        async with running_server(settings) as server:
            await require_schema(server)
            await note_act(server, "keys.retire", kid)
    except Exception as error:  # noqa: BLE001 - whatever keeps the note away, the key is gone
        reason = error.message if isinstance(error, ColonnadeError) else type(error).__name__
        click.echo(f"Warning: this is not in the audit: {reason}", err=True)
    return rows


async def _open(settings: Settings, act: Act | None = None) -> list[KeyRow]:
    from colonnade.core import SystemClock
    from colonnade.server.secrets import installation_secret
    from colonnade.server.signing import signing_keys

    clock = SystemClock()
    ring = signing_keys(settings, installation_secret(settings), clock)
    if act is not None:
        act(ring, clock.now())
    return [_row(key, settings.identity.key_retired_seconds) for key in ring.ring()]


def _row(key: "RingKey", retire_seconds: int) -> KeyRow:
    until = None if key.retired_at is None else key.retired_at + timedelta(seconds=retire_seconds)
    return KeyRow(
        kid=key.key.kid,
        algorithm=key.key.algorithm,
        state=key.state.value,
        not_before=key.not_before,
        retired_at=key.retired_at,
        verifies_until=until,
    )


def _current(rows: list[KeyRow]) -> str:
    return next(row.kid for row in rows if row.state == "current")


def _tell(rows: list[KeyRow], sentence: str, *, json_wanted: bool) -> None:
    click.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2) if json_wanted else sentence)
