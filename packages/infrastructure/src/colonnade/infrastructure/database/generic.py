"""The generic tables as operations, for any migration history to call: `create_event_log()`.

They say what the tables were when they came; a later change of a table is a further operation here.
"""

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database.types import JsonModel, UtcDateTime, current_transaction_id


def create_event_log() -> None:
    """Create the event log."""
    op.create_table(
        "event_log",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(always=True)),
        sa.Column("transaction_id", sa.BigInteger, nullable=False, server_default=current_transaction_id()),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("stream_version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("schema_version", sa.SmallInteger, nullable=False),
        sa.Column("data", JsonModel(dict[str, object]), nullable=False),
        sa.Column("metadata", JsonModel(dict[str, object]), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_event_log"),
        sa.UniqueConstraint("event_id", name="uq_event_log_event_id"),
        sa.UniqueConstraint("stream", "stream_version", name="uq_event_log_stream_version"),
    )
    op.create_index("ix_event_log_order", "event_log", ["transaction_id", "position"])


def drop_event_log() -> None:
    """Drop the event log, and with it all history."""
    op.drop_table("event_log")


def create_idempotency_keys() -> None:
    """Create the table of idempotency keys."""
    op.create_table(
        "idempotency_keys",
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("claimed_until", UtcDateTime, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def drop_idempotency_keys() -> None:
    """Drop the table of idempotency keys."""
    op.drop_table("idempotency_keys")
