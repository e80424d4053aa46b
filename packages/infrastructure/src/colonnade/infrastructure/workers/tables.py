"""The table of worker processes: one lease for each, on which everything that it holds depends."""

from sqlalchemy import Column, Float, Integer, ScalarSelect, Table, Text, Uuid, select

from colonnade.infrastructure.database.moments import seconds_now
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import UtcDateTime

workers = Table(
    "workers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("leased_until", Float(53), nullable=False),
)


def live_workers() -> ScalarSelect[object]:
    """Return the ids of the workers whose lease has not run out, for an `IN`."""
    return select(workers.c.id).where(workers.c.leased_until > seconds_now()).scalar_subquery()
