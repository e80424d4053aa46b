"""Event-sourced aggregates in the database: their streams in the event log, and snapshots of the long ones."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy", "alembic")

from colonnade.infrastructure.event_sourcing.repository import EventSourcedRepository
from colonnade.infrastructure.event_sourcing.snapshots import snapshots
from colonnade.infrastructure.event_sourcing.streams import AggregateStream, SnapshotPolicy

__all__ = ["AggregateStream", "EventSourcedRepository", "SnapshotPolicy", "snapshots"]
