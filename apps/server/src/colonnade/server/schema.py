"""The schema of the server's database; apart from the container, since Alembic is slow to import."""

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.schema import Schema
from colonnade.infrastructure.migrations import HISTORY
from colonnade.infrastructure.work import TABLES


def schema_of(database: Database) -> Schema:
    """Return the history of a database's schema."""
    return Schema(database, HISTORY, TABLES)
