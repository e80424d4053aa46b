"""The tables of keys: data keys, wrapped by a key-encryption key, and keys of people, sealed by data keys.

They may be in the database of everything else, or in one of their own, so that backups of the former hold no keys. On
SQLite, where one transaction writes at a time, they are in a file of their own.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    event,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import UtcDateTime

_CURRENT = text("is_current")
_LOCK = text("SELECT pg_advisory_xact_lock(7208211150)")

data_keys = Table(
    "data_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("kek", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("uq_data_keys_purpose", "purpose", unique=True, postgresql_where=_CURRENT, sqlite_where=_CURRENT),
)

person_keys = Table(
    "person_keys",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("wrapped", LargeBinary),
    Column("data_key_id", Uuid, ForeignKey("data_keys.id"), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("destroyed_at", UtcDateTime),
    CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),
)


async def create_key_tables(database: Database) -> None:
    """Create the tables of keys where they are not there: a database of their own has no migration history.

    Raises:
        Unavailable: The database does not answer.
    """

    def create(connection: Connection) -> None:
        if database.is_postgresql:
            connection.execute(_LOCK)
        metadata.create_all(connection, tables=(data_keys, person_keys))

    await database.transact(create)


def overwrite_what_is_deleted(database: Database) -> None:
    """Let SQLite fill what is deleted with zeros, from the next connection on (`PRAGMA secure_delete`)."""
    if not database.is_postgresql:
        event.listen(database.engine.sync_engine, "connect", _overwrite)


async def forget_what_was_deleted(database: Database) -> None:
    """Empty SQLite's write-ahead log, in which pages are as they were before."""
    if not database.is_postgresql:
        await database.write(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _overwrite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
