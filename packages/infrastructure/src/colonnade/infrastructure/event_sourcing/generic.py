"""The table of snapshots as operations, for any migration history to call: `create_snapshots()`.

They say what the table was when it came; a later change of it is a further operation here.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database.types import JsonModel, UtcDateTime


def create_snapshots() -> None:
    """Create the table of snapshots."""
    op.create_table(
        "snapshots",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("stream_version", sa.Integer, nullable=False),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("data", JsonModel(dict[str, Any]), nullable=False),
        sa.Column("taken_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_snapshots"),
    )


def drop_snapshots() -> None:
    """Drop the table of snapshots; nothing is lost but the time that it saved."""
    op.drop_table("snapshots")
