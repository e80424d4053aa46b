"""The operations for migrations make the table that the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, inspect

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.event_sourcing import snapshots
from colonnade.infrastructure.event_sourcing.generic import create_snapshots, drop_snapshots


async def test_the_table_is_made_as_declared_and_dropped_again(database: Database) -> None:
    """So that a service's own history can have it."""

    def there_and_back(connection: Connection) -> tuple[list[object], bool]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        with Operations.context(context):
            create_snapshots()
            drift = [found for found in compare_metadata(context, snapshots.metadata) if "snapshots" in str(found)]
            drop_snapshots()
        return drift, inspect(connection).has_table("snapshots")

    async with database.engine.begin() as connection:
        assert await connection.run_sync(there_and_back) == ([], False)
