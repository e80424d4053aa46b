"""The first tables: event log, idempotency keys, users, sessions, workspaces, projects, tasks."""

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database import generic
from colonnade.infrastructure.database.types import JsonModel, TextTuple, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RankText = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go forward."""
    generic.create_event_log()
    generic.create_idempotency_keys()
    _create_people()
    _create_workspaces()
    _create_projects()
    _create_tasks()


def downgrade() -> None:
    """Go back."""
    for table in ("tasks", "projects", "memberships", "workspaces", "sessions", "users"):
        op.drop_table(table)
    generic.drop_idempotency_keys()
    generic.drop_event_log()


def _create_people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("refresh_hash", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])


def _create_workspaces() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
        sa.UniqueConstraint("slug", name="uq_workspaces_slug"),
    )
    op.create_table(
        "memberships",
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="pk_memberships"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_memberships_workspace_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_memberships_user_id", ondelete="CASCADE"),
        sa.CheckConstraint("role IN ('owner', 'admin', 'member', 'guest')", name="ck_memberships_role"),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"])


def _create_projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("workflow", JsonModel(dict[str, object]), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("archived_at", UtcDateTime),
        sa.Column("last_number", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_projects_workspace_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("workspace_id", "key", name="uq_projects_workspace_id_key"),
    )


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("assignee_id", sa.Uuid),
        sa.Column("labels", TextTuple, nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("rank", RankText, nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("completed_at", UtcDateTime),
        sa.Column("deleted_at", UtcDateTime),
        sa.Column("origin", JsonModel(dict[str, object])),
        sa.Column("source", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_tasks_workspace_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_tasks_project_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name="fk_tasks_assignee_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name="fk_tasks_created_by"),
        sa.UniqueConstraint("workspace_id", "key", name="uq_tasks_workspace_id_key"),
        sa.UniqueConstraint("project_id", "number", name="uq_tasks_project_id_number"),
        sa.UniqueConstraint("workspace_id", "source", name="uq_tasks_workspace_id_source"),
        sa.CheckConstraint("number > 0", name="ck_tasks_number"),
        sa.CheckConstraint("priority BETWEEN 0 AND 4", name="ck_tasks_priority"),
    )
    op.create_index("ix_tasks_workspace_id_created_at", "tasks", ["workspace_id", "created_at", "id"])
    op.create_index("ix_tasks_workspace_id_updated_at", "tasks", ["workspace_id", "updated_at", "id"])
    op.create_index(
        "ix_tasks_workspace_id_project_id_created_at", "tasks", ["workspace_id", "project_id", "created_at", "id"]
    )
    op.create_index("ix_tasks_workspace_id_project_id_rank", "tasks", ["workspace_id", "project_id", "rank", "id"])
    op.create_index("ix_tasks_assignee_id_due_on", "tasks", ["assignee_id", "due_on"])
