"""Audit: entries in chains, and their signed checkpoints."""

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FOUND_BY = ("caller", "person", "message", "outcome")


def upgrade() -> None:
    """Go forward."""
    _create_entries()
    op.create_table(
        "audit_checkpoints",
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kid", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("chain", "kind", "number", name="pk_audit_checkpoints"),
    )
    op.create_table(
        "audit_chains",
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("checkpoint_number", sa.Integer, nullable=False),
        sa.Column("checkpoint_sequence", sa.BigInteger, nullable=False),
        sa.Column("unsigned_since", UtcDateTime),
        sa.PrimaryKeyConstraint("chain", name="pk_audit_chains"),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("audit_chains", "audit_checkpoints", "audit_entries"):
        op.drop_table(table)


def _create_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("caller", sa.Text),
        sa.Column("person", sa.Text),
        sa.Column("console", sa.Text),
        sa.Column("service", sa.Text),
        sa.Column("session", sa.Text),
        sa.Column("token", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("agent", sa.Text),
        sa.Column("correlation", sa.Text),
        sa.Column("causation", sa.Text),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("chain", "sequence", name="pk_audit_entries"),
        sa.UniqueConstraint("event_id", name="uq_audit_entries_event_id"),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["chain", "at"])
    for name in _FOUND_BY:
        op.create_index(f"ix_audit_entries_{name}", "audit_entries", ["chain", name, "sequence"])
    op.create_index("ix_audit_entries_correlation", "audit_entries", ["correlation"])
