"""The table of processes; what happened to each is in the event log."""

from typing import Any

from sqlalchemy import Column, Index, Integer, Table, Text, Uuid, text

from colonnade.infrastructure.database.constraints import RACE
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import JsonModel, TextTuple, UtcDateTime

_RUNNING = text("ended_at IS NULL")

processes = Table(
    "processes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("definition", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("tenant", Uuid),
    Column("started_by", Uuid),
    Column("status", Text, nullable=False),
    Column("step", Text),
    Column("turn", Integer, nullable=False),
    Column("facts", JsonModel(dict[str, Any]), nullable=False),
    Column("done", TextTuple, nullable=False),
    Column("heard", TextTuple, nullable=False),
    Column("error", Text),
    Column("started_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(
        "uq_processes_name_key",
        "name",
        "key",
        unique=True,
        postgresql_where=_RUNNING,
        sqlite_where=_RUNNING,
        info={RACE: True},
    ),
    Index("ix_processes_tenant", "tenant", "started_at"),
)
