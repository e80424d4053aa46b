"""The tables of subscriptions: editions, checkpoints, and the events that wait because one of them failed."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    ScalarSelect,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    select,
)

from colonnade.application.subscriptions import Generation
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import UtcDateTime

subscription_generations = Table(
    "subscription_generations",
    metadata,
    Column("subscription", Text, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
)
"""The editions of each subscription: the `active` one, one that is being `building`, and those that are `retired`."""

subscription_partitions = Table(
    "subscription_partitions",
    metadata,
    Column("subscription", Text, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("partition", SmallInteger, primary_key=True),
    Column("transaction_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("owner", Uuid),
)
"""The checkpoint of each partition, who reads it, and the fencing token that grows with each reader."""

parked_events = Table(
    "parked_events",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subscription", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("partition", SmallInteger, nullable=False),
    Column("stream", Text, nullable=False),
    Column("transaction_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime),
    Column("error_code", Text),
    Column("error", Text),
    Column("parked_at", UtcDateTime, nullable=False),
    UniqueConstraint("subscription", "generation", "position", name="uq_parked_events_position"),
    Index("ix_parked_events_stream", "subscription", "generation", "partition", "stream"),
)
"""Events that were set aside: one is `retrying` or `dead`, those of its stream behind it are `waiting`."""

ACTIVE, BUILDING, RETIRED = "active", "building", "retired"
RETRYING, WAITING, DEAD = "retrying", "waiting", "dead"


def active_generation(subscription: str) -> ScalarSelect[Generation]:
    """Return the edition of a projection that is read, for a `WHERE`."""
    table = subscription_generations.c
    return select(table.generation).where(table.subscription == subscription, table.state == ACTIVE).scalar_subquery()
