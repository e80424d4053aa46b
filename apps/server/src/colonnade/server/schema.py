"""The schema of the server's database; apart from the container, since Alembic is slow to import."""

import asyncio

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.schema import Schema
from colonnade.infrastructure.migrations import HISTORY
from colonnade.infrastructure.work import TABLES


def schema_of(database: Database) -> Schema:
    """Return the history of a database's schema."""
    return Schema(database, HISTORY, TABLES)


async def made_ready(database: Database, *, migrate: bool) -> bool:
    """Bring the schema up to date if that is wanted, and tell whether it is: what needs its tables can begin."""
    schema = schema_of(database)
    if migrate:
        await schema.upgrade()
        return True
    return await schema.current() == await asyncio.to_thread(schema.head)
