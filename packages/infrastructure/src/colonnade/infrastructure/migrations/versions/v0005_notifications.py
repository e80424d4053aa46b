"""Notifications: what people were told, by which ways, and what they want to hear."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database.types import JsonModel, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _create_notifications()
    _create_deliveries()
    _create_choices()


def downgrade() -> None:
    """Go back."""
    for table in (
        "notification_settings",
        "notification_preferences",
        "notification_deliveries",
        "notifications",
    ):
        op.drop_table(table)


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("workspace_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("facts", JsonModel(dict[str, Any]), nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("read_at", UtcDateTime),
        sa.Column("archived_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notifications_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_notifications_workspace_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("event_id", "user_id", "kind", name="uq_notifications_event_id"),
    )
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_notifications_user_id_created_at", "notifications", ["user_id", "created_at", "id"])
    op.create_index(
        "ix_notifications_unread", "notifications", ["user_id"], postgresql_where=unread, sqlite_where=unread
    )


def _create_deliveries() -> None:
    op.create_table(
        "notification_deliveries",
        sa.Column("notification_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("fold", sa.Text),
        sa.Column("job_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("sent_at", UtcDateTime),
        sa.Column("message_id", sa.Text),
        sa.PrimaryKeyConstraint("notification_id", "channel", name="pk_notification_deliveries"),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.id"],
            name="fk_notification_deliveries_notification_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'failed', 'suppressed')", name="ck_notification_deliveries_state"
        ),
    )
    waiting = sa.text("job_id IS NULL")
    op.create_index("ix_notification_deliveries_job_id", "notification_deliveries", ["job_id"])
    op.create_index(
        "ix_notification_deliveries_waiting",
        "notification_deliveries",
        ["user_id", "channel", "fold"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )


def _create_choices() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("workspace_id", sa.Uuid),
        sa.Column("choices", JsonModel(dict[str, Any]), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification_preferences"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_notification_preferences_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_notification_preferences_workspace_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_notification_preferences_user_id", "notification_preferences", ["user_id"])
    op.create_table(
        "notification_settings",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("quiet_hours", JsonModel(dict[str, Any])),
        sa.Column("digest_hours", JsonModel(list[int]), nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("chat_url", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_notification_settings"),
        sa.ForeignKeyConstraint(["id"], ["users.id"], name="fk_notification_settings_id", ondelete="CASCADE"),
    )
