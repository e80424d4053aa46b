"""Snapshots: the state of an aggregate at a version, kept beside its stream, and never more than a short cut to it."""

from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, select, text

from colonnade.infrastructure.database.types import JsonModel, UtcDateTime

snapshots = Table(
    "snapshots",
    MetaData(naming_convention={"pk": "pk_%(table_name)s"}),
    Column("stream", Text, primary_key=True),
    Column("stream_version", Integer, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("data", JsonModel(dict[str, Any]), nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
)
"""The newest snapshot of each stream, taken at a time of the database's clock.

It stands in a metadata of its own, since only a service that sources aggregates from events has it: there,
`snapshots.to_metadata(metadata)` puts it among the other tables.
"""

_table = snapshots.c
NEWEST = select(_table.stream_version, _table.data).where(
    _table.stream == bindparam("of_stream"),
    _table.schema_version == bindparam("of_schema_version"),
    _table.stream_version <= bindparam("last_version"),
)
"""The snapshot of a stream, unless it has another schema or is of a later version than asked for."""

KEEP = text(
    """
    INSERT INTO snapshots (stream, stream_version, schema_version, data, taken_at)
    VALUES (:stream, :stream_version, :schema_version, :data, CURRENT_TIMESTAMP)
    ON CONFLICT (stream) DO UPDATE SET
        stream_version = excluded.stream_version, schema_version = excluded.schema_version,
        data = excluded.data, taken_at = excluded.taken_at
    """
).bindparams(*(bindparam(column.name, type_=column.type) for column in snapshots.c if column.name != "taken_at"))
"""Puts a snapshot in the place of the one before."""
