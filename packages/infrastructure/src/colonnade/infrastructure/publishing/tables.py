"""The tables of what brokers bring: what had its effect, and what nobody could deal with."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Text, Uuid

from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import JsonModel, UtcDateTime

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("received_at", UtcDateTime, nullable=False, index=True),
)

parked_messages = Table(
    "parked_messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("consumer_group", Text, nullable=False),
    Column("headers", JsonModel(dict[str, str]), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("event_id", Text),
    Column("parked_at", UtcDateTime, nullable=False),
)
