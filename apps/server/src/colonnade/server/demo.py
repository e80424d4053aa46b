"""The demo: a server on SQLite with a made-up world in it."""

import sys

import click

from colonnade.application.identity.ports import Credentials, PasswordHasher
from colonnade.core import Email
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import EventProtector
from colonnade.infrastructure.protection import PersonKeys
from colonnade.security.encryption import BlindIndex
from colonnade.server.application import Server
from colonnade.server.seeding import DEMO_EMAIL, Size
from colonnade.server.seeding.seeder import Protected, Seeder
from colonnade.server.serving import Ready, serve
from colonnade.server.settings import Settings


async def serve_demo(settings: Settings, ready: Ready, *, quiet: bool) -> None:
    """Seed an empty database, then serve.

    Args:
        settings: Where and how.
        ready: Hears the address.
        quiet: Whether to leave the progress bar out.
    """

    async def prepare(server: Server) -> None:
        credentials = await server.container.get(Credentials)
        if await credentials.find(Email(DEMO_EMAIL)) is None:
            await seed(server, Size(), quiet=quiet)

    await serve(settings, ready, prepare)


async def seed(server: Server, size: Size, *, number: int = 1, quiet: bool) -> None:
    """Make a world in a server's database, with a progress bar on standard error."""
    get = server.container.get
    protection = Protected(await get(PersonKeys), await get(BlindIndex), await get(EventProtector))
    seeder = Seeder(await get(Database), await get(PasswordHasher), protection, seed=number)
    if quiet:
        await seeder.seed(size)
        return
    with click.progressbar(length=size.tasks, label="Making tasks", file=sys.stderr) as bar:
        await seeder.seed(size, bar.update)
