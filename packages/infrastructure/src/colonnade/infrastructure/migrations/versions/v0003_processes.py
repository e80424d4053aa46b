"""Processes, the activity of tasks, the people who look after the service, and those who lead projects."""

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database import generic_work
from colonnade.infrastructure.database.types import JsonModel, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    generic_work.create_processes()
    _create_activity()
    open_tasks = sa.text("completed_at IS NULL AND deleted_at IS NULL")
    op.create_index("ix_tasks_due_on", "tasks", ["due_on", "id"], postgresql_where=open_tasks, sqlite_where=open_tasks)
    op.add_column("users", sa.Column("is_operator", sa.Boolean, nullable=False, server_default=sa.false()))
    # No foreign key: SQLite would have to copy the table for it, which a script of SQL alone cannot say.
    op.add_column("projects", sa.Column("lead_id", sa.Uuid))


def downgrade() -> None:
    """Go back."""
    op.drop_column("projects", "lead_id")
    op.drop_column("users", "is_operator")
    op.drop_index("ix_tasks_due_on", "tasks")
    op.drop_table("activity")
    generic_work.drop_processes()


def _create_activity() -> None:
    op.create_table(
        "activity",
        sa.Column("generation", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("task_id", sa.Uuid, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("facts", JsonModel(dict[str, object]), nullable=False),
        sa.PrimaryKeyConstraint("generation", "position", name="pk_activity"),
    )
    op.create_index("ix_activity_task", "activity", ["generation", "workspace_id", "task_id", "position"])
