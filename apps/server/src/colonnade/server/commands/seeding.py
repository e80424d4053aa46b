"""`seed`."""

import json

import click

from colonnade.core import AlreadyExists, Conflict
from colonnade.infrastructure.config import Layers
from colonnade.server.commands.settings import run, settings_of
from colonnade.server.seeding.plan import Size
from colonnade.server.settings import Settings


@click.command()
@click.option("--people", type=click.IntRange(5), default=50, show_default=True, help="Accounts.")
@click.option("--workspaces", type=click.IntRange(1), default=10, show_default=True, help="Workspaces.")
@click.option("--tasks", type=click.IntRange(0), default=1000, show_default=True, help="Tasks in all.")
@click.option("--seed", "number", type=int, default=1, show_default=True, help="Another one makes another world.")
@click.option("--reset", is_flag=True, help="Delete everything in the database first.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.option("--json", "as_json", is_flag=True, help="Say what was made as one line of JSON.")
@click.pass_obj
def seed(
    layers: Layers,
    people: int,
    workspaces: int,
    tasks: int,
    number: int,
    reset: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Fill an empty database with made-up people, workspaces, projects and tasks.

    The same seed, size and day make the same world, through the same rules as real work.
    """
    settings = settings_of(layers)
    if reset and not yes:
        click.confirm("This deletes everything in the database. Go on?", abort=True)
    run(_seed(settings, Size(people, workspaces, tasks), number, reset=reset, quiet=as_json))
    made = {"people": people, "workspaces": workspaces, "tasks": tasks, "seed": number}
    click.echo(json.dumps(made) if as_json else f"Made {people} people, {workspaces} workspaces and {tasks} tasks.")


async def _seed(settings: Settings, size: Size, number: int, *, reset: bool, quiet: bool) -> None:
    from colonnade.infrastructure.database import Database
    from colonnade.server.application import running_server
    from colonnade.server.demo import seed as make
    from colonnade.server.schema import schema_of

    async with running_server(settings) as server:
        schema = schema_of(await server.container.get(Database))
        if reset:
            await schema.upgrade()
            await schema.downgrade("base")
        await schema.upgrade()
        try:
            await make(server, size, number=number, quiet=quiet)
        except AlreadyExists as error:
            raise Conflict("the database is not empty: seed an empty one, or say --reset") from error
