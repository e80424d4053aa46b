"""The generic tables of what happens after the commit, as operations: `create_workers()`, `create_jobs()`, ….

They say what the tables were when they came; a later change of a table is a further operation here.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database.types import JsonModel, TextTuple, UtcDateTime

_WAITING = sa.text("state = 'waiting'")
_SCHEDULED = sa.text("state = 'scheduled'")
_RUNNING = sa.text("state = 'running'")
_PENDING = sa.text("state IN ('scheduled', 'waiting')")
_ENDED = sa.text("finished_at IS NOT NULL")


def create_workers() -> None:
    """Create the table of worker processes."""
    op.create_table(
        "workers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("process", sa.Integer, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("leased_until", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )


def drop_workers() -> None:
    """Drop the table of worker processes."""
    op.drop_table("workers")


def create_subscriptions() -> None:
    """Create the tables of subscriptions."""
    op.create_table(
        "subscription_generations",
        sa.Column("subscription", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("subscription", "generation", name="pk_subscription_generations"),
    )
    op.create_table(
        "subscription_partitions",
        sa.Column("subscription", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("partition", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("transaction_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.Uuid),
        sa.PrimaryKeyConstraint("subscription", "generation", "partition", name="pk_subscription_partitions"),
    )
    op.create_table(
        "parked_events",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("subscription", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("partition", sa.SmallInteger, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("transaction_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", UtcDateTime),
        sa.Column("error_code", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("parked_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parked_events"),
        sa.UniqueConstraint("subscription", "generation", "position", name="uq_parked_events_position"),
    )
    op.create_index("ix_parked_events_stream", "parked_events", ["subscription", "generation", "partition", "stream"])


def drop_subscriptions() -> None:
    """Drop the tables of subscriptions, and with them what every one of them has done."""
    for table in ("parked_events", "subscription_partitions", "subscription_generations"):
        op.drop_table(table)


def create_jobs() -> None:
    """Create the tables of jobs."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("message", JsonModel(dict[str, Any]), nullable=False),
        sa.Column("context", JsonModel(dict[str, str]), nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("unique_key", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("worker_id", sa.Uuid),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("first_started_at", UtcDateTime),
        sa.Column("started_at", UtcDateTime),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("keep_until", UtcDateTime),
        sa.Column("error_code", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("result", JsonModel(Any)),
        sa.Column("follow_up", JsonModel(dict[str, Any])),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    indexes: tuple[tuple[str, list[str], Any, bool], ...] = (  # a condition is a text
        ("ix_jobs_waiting", ["priority", "due_at", "id"], _WAITING, False),
        ("ix_jobs_scheduled", ["due_at"], _SCHEDULED, False),
        ("ix_jobs_running", ["worker_id"], _RUNNING, False),
        ("ix_jobs_keep_until", ["keep_until"], _ENDED, False),
        ("uq_jobs_unique_key", ["unique_key"], _PENDING, True),
    )
    for name, columns, where, unique in indexes:
        op.create_index(name, "jobs", columns, unique=unique, postgresql_where=where, sqlite_where=where)
    op.create_table(
        "job_queues",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("running_limit", sa.Integer),
        sa.PrimaryKeyConstraint("name", name="pk_job_queues"),
    )
    op.create_table(
        "job_schedules",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("cron", sa.Text, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime),
        sa.PrimaryKeyConstraint("name", name="pk_job_schedules"),
    )


def drop_jobs() -> None:
    """Drop the tables of jobs, those that wait included."""
    for table in ("job_schedules", "job_queues", "jobs"):
        op.drop_table(table)


def create_processes() -> None:
    """Create the table of processes."""
    op.create_table(
        "processes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("definition", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("tenant", sa.Uuid),
        sa.Column("started_by", sa.Uuid),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("step", sa.Text),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("facts", JsonModel(dict[str, Any]), nullable=False),
        sa.Column("done", TextTuple, nullable=False),
        sa.Column("heard", TextTuple, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
    running = sa.text("ended_at IS NULL")
    columns = ["name", "key"]
    op.create_index(
        "uq_processes_name_key", "processes", columns, unique=True, postgresql_where=running, sqlite_where=running
    )
    op.create_index("ix_processes_tenant", "processes", ["tenant", "started_at"])


def drop_processes() -> None:
    """Drop the table of processes, those that run included."""
    op.drop_table("processes")


def create_inbox() -> None:
    """Create the tables of what brokers bring: what had its effect, and what nobody could deal with."""
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_table(
        "parked_messages",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("consumer_group", sa.Text, nullable=False),
        sa.Column("headers", JsonModel(dict[str, str]), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("deliveries", sa.Integer, nullable=False),
        sa.Column("event_id", sa.Text),
        sa.Column("parked_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parked_messages"),
    )


def drop_inbox() -> None:
    """Drop the tables of what brokers bring."""
    op.drop_table("parked_messages")
    op.drop_table("inbox")
