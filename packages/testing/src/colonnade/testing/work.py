"""The product's own database for tests: `prepare_database` in a `conftest.py` returns `migrated`."""

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "work", "colonnade.domain", "sqlmodel")

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.schema import Schema
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.migrations import HISTORY


async def migrated(database: Database) -> None:
    """Bring an empty database to the newest revision of the product's history."""
    await Schema(database, HISTORY, metadata).upgrade()
