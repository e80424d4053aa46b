"""`migrate`: the schema's history."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.settings import run, settings_of
from colonnade.server.settings import Settings

if TYPE_CHECKING:
    from colonnade.infrastructure.database.schema import Schema


@click.group(invoke_without_command=True)
@click.option("--dry-run", is_flag=True, help="Print the SQL that `up` would execute, and execute nothing.")
@click.pass_context
def migrate(context: click.Context, dry_run: bool) -> None:
    """Bring the schema up to date (`up`, if nothing else is said), take it back, or look at it."""
    if context.invoked_subcommand is None:
        context.invoke(up, revision="head", dry_run=dry_run)


@migrate.command()
@click.argument("revision", default="head")
@click.option("--dry-run", is_flag=True, help="Print the SQL, and execute nothing.")
@click.pass_obj
def up(layers: Layers, revision: str, dry_run: bool) -> None:
    """Go forward to REVISION, by default the newest."""
    run(_go(settings_of(layers), revision, back=False, dry_run=dry_run))


@migrate.command()
@click.argument("revision", default="-1")
@click.option("--dry-run", is_flag=True, help="Print the SQL, and execute nothing.")
@click.option("--yes", is_flag=True, help="Go back without asking.")
@click.pass_obj
def down(layers: Layers, revision: str, dry_run: bool, yes: bool) -> None:
    """Go back to REVISION, by default the one before; `base` is the beginning."""
    if not dry_run and not yes:
        click.confirm("Going back deletes what newer tables and columns hold. Go on?", abort=True)
    run(_go(settings_of(layers), revision, back=True, dry_run=dry_run))


@migrate.command()
@click.option("--json", "as_json", is_flag=True, help="As one line of JSON.")
@click.pass_obj
def status(layers: Layers, as_json: bool) -> None:
    """Show where the database stands; the exit code is 1 if it is not up to date."""
    current, head = run(_status(settings_of(layers)))
    if as_json:
        click.echo(json.dumps({"current": current, "head": head, "up_to_date": current == head}))
    else:
        click.echo(f"The database is at {current or 'the beginning'}, the newest revision is {head}.")
    if current != head:
        raise SystemExit(1)


async def _go(settings: Settings, revision: str, *, back: bool, dry_run: bool) -> None:
    async with _schema(settings) as schema:
        if dry_run:
            click.echo(await schema.preview(revision, back=back))
        else:
            before = await schema.current()
            await (schema.downgrade(revision) if back else schema.upgrade(revision))
            click.echo(
                f"The database went from {before or 'the beginning'} to {await schema.current() or 'the beginning'}."
            )


async def _status(settings: Settings) -> tuple[str | None, str | None]:
    async with _schema(settings) as schema:
        return await schema.current(), await asyncio.to_thread(schema.head)


@asynccontextmanager
async def _schema(settings: Settings) -> "AsyncIterator[Schema]":
    from colonnade.infrastructure.database import Database, DatabaseSettings
    from colonnade.infrastructure.database.tls import Tls
    from colonnade.server.schema import schema_of

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    section = settings.database
    tls = None if section.tls is None else Tls(section.tls)
    database = Database(DatabaseSettings(settings.database_url, tls=tls, tls_ca_file=section.tls_ca_file))
    try:
        yield schema_of(database)
    finally:
        await database.dispose()
