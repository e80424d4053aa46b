"""The tables of jobs: messages that wait, run or have ended, their queues, and the schedules that make them."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    literal_column,
    text,
)

from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import JsonModel, UtcDateTime

SCHEDULED, WAITING, RUNNING = "scheduled", "waiting", "running"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"

_PENDING = text("state IN ('scheduled', 'waiting')")
_IS_WAITING = text("state = 'waiting'")
_IS_SCHEDULED = text("state = 'scheduled'")
_IS_RUNNING = text("state = 'running'")
_HAS_ENDED = text("finished_at IS NOT NULL")

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("message", JsonModel(dict[str, Any]), nullable=False),
    Column("context", JsonModel(dict[str, str]), nullable=False),
    Column("queue", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("unique_key", Text),
    Column("state", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("worker_id", Uuid),
    Column("created_at", UtcDateTime, nullable=False),
    Column("first_started_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("keep_until", UtcDateTime),
    Column("error_code", Text),
    Column("error", Text),
    Column("result", JsonModel(Any)),
    Column("follow_up", JsonModel(dict[str, Any])),
    Index("ix_jobs_waiting", "priority", "due_at", "id", postgresql_where=_IS_WAITING, sqlite_where=_IS_WAITING),
    Index("ix_jobs_scheduled", "due_at", postgresql_where=_IS_SCHEDULED, sqlite_where=_IS_SCHEDULED),
    Index("ix_jobs_running", "worker_id", postgresql_where=_IS_RUNNING, sqlite_where=_IS_RUNNING),
    Index("ix_jobs_keep_until", "keep_until", postgresql_where=_HAS_ENDED, sqlite_where=_HAS_ENDED),
    Index("uq_jobs_unique_key", "unique_key", unique=True, postgresql_where=_PENDING, sqlite_where=_PENDING),
)


def in_state(*states: str, of: FromClause = jobs) -> ColumnElement[bool]:
    """Return whether a job is in one of these states, written out: no partial index serves a parameter."""
    written = [literal_column(f"'{state}'", Text) for state in states]
    column: ColumnElement[str] = of.c.state
    return column == written[0] if len(written) == 1 else column.in_(written)


job_queues = Table(
    "job_queues",
    metadata,
    Column("name", Text, primary_key=True),
    Column("paused", Boolean, nullable=False),
    Column("running_limit", Integer),
)
"""Queues that are paused, or of which only so many jobs may run at a time, in all processes together."""

job_schedules = Table(
    "job_schedules",
    metadata,
    Column("name", Text, primary_key=True),
    Column("cron", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime),
)
"""When each schedule has its next turn."""
