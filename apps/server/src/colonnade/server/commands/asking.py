"""Commands that send one message to the service from its own machine, and print the answer."""

import asyncio
import getpass
import json
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.settings import run, settings_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from colonnade.application.messaging import Message
    from colonnade.core import Email
    from colonnade.infrastructure.database import Database
    from colonnade.server.application import Server

Result = TypeVar("Result")
Function = TypeVar("Function", bound=Callable[..., object])

_OLD_SCHEMA = "the database has not got the newest schema: run `colonnade-server migrate`"


def as_json(command: Function) -> Function:
    """Add the option `--json`."""
    return click.option("--json", "json_wanted", is_flag=True, help="As JSON.")(command)


def email_argument(command: Function) -> Function:
    """Add the argument `EMAIL`, somebody's address."""
    return click.argument("email", callback=_address)(command)


def _address(context: click.Context, parameter: click.Parameter, text: str) -> "Email":
    from colonnade.core import Email, Invalid

    try:
        return Email(text)
    except Invalid as error:
        raise click.BadParameter(error.message) from error


def ask(layers: Layers, message: "Message[Result]", *, by_service: bool = False) -> Result:
    """Send a message as whoever sits at the machine, and return its answer.

    Args:
        layers: The settings.
        message: What to send.
        by_service: Whether it is one that only the service itself sends.
    """
    return run(_ask(layers, message, by_service=by_service))


async def note_act(server: "Server", act: str, subject: str, detail: str = "") -> None:
    """Note what whoever sits at the machine did without a message: `acts` and the audit have it from then on.

    Args:
        server: The service.
        act: What was done, named as a message would be.
        subject: To what; nothing that is secret.
        detail: What else is worth knowing.
    """
    from colonnade.application.operations import NoteAct

    await _send(server, NoteAct(act=act, subject=subject, detail=detail), by_service=True)


async def require_schema(server: "Server") -> None:
    """Check that the database answers and has the newest schema, before something is done that is to be noted there.

    Raises:
        Conflict: It has not got it.
        Unavailable: It does not answer.
    """
    from colonnade.core import Conflict
    from colonnade.infrastructure.database import Database

    if not await _is_up_to_date(await server.container.get(Database)):
        raise Conflict(_OLD_SCHEMA)


async def _ask(layers: Layers, message: "Message[Result]", *, by_service: bool) -> Result:
    from colonnade.server.application import running_server

    async with running_server(settings_of(layers)) as server:
        return await _send(server, message, by_service=by_service)


async def _send(server: "Server", message: "Message[Result]", *, by_service: bool) -> Result:
    from sqlalchemy.exc import DBAPIError

    from colonnade.application.messaging import Context
    from colonnade.core import Conflict
    from colonnade.infrastructure.database import Database

    try:
        context = Context(console=_who(), causation_id="console", by_service=by_service)
        return await server.bus.send(message, context)
    except DBAPIError as error:
        if await _is_up_to_date(await server.container.get(Database)):
            raise
        raise Conflict(_OLD_SCHEMA) from error


async def _is_up_to_date(database: "Database") -> bool:
    from colonnade.server.schema import schema_of

    schema = schema_of(database)
    return await schema.current() == await asyncio.to_thread(schema.head)


def _who() -> str:
    return f"{getpass.getuser()}@{socket.gethostname()}"


def show_table(items: "Sequence[BaseModel]", columns: Sequence[str], *, json_wanted: bool, nothing: str) -> None:
    """Print models as a table with some of their fields, or as a JSON array with all of them.

    Args:
        items: What to print.
        columns: Names of the fields.
        json_wanted: Whether JSON is wanted.
        nothing: What to say when there is none.
    """
    if json_wanted:
        click.echo(json.dumps([item.model_dump(mode="json") for item in items], indent=2, ensure_ascii=False))
        return
    if not items:
        click.echo(nothing)
        return
    rows = [[_shown(getattr(item, column)) for column in columns] for item in items]
    heads = [column.replace("_", " ") for column in columns]
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(columns))]
    for row in (heads, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def show_one(item: "BaseModel", *, json_wanted: bool, without: Sequence[str] = ()) -> None:
    """Print all fields of a model, one on a line, or as JSON."""
    facts: dict[str, Any] = item.model_dump(mode="json", exclude=set(without))  # JSON values
    if json_wanted:
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else _shown(value)
        click.echo(f"{name.replace('_', ' '):<{width}}  {text}")


def _shown(value: object) -> str:
    if value is None or value is False:
        return "-"
    if value is True:
        return "yes"
    if hasattr(value, "isoformat"):
        return str(value.isoformat(sep=" ", timespec="seconds"))
    text = str(getattr(value, "value", value)).replace("\n", " ")
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


_WIDEST = 80
