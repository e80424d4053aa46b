"""The table of the tasks context."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field

from colonnade.domain.tasks import Origin, Priority
from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import JsonModel, OrderedEnum, TextTuple, UtcDateTime

_OPEN = text("completed_at IS NULL AND deleted_at IS NULL")

RankText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts byte by byte on both engines."""


class TaskRow(Row, table=True):
    """A task. `search_text` is the folded title and description; `source` is the origin's own name."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key", name="uq_tasks_workspace_id_key"),
        UniqueConstraint("project_id", "number", name="uq_tasks_project_id_number"),
        UniqueConstraint("workspace_id", "source", name="uq_tasks_workspace_id_source"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("priority BETWEEN 0 AND 4", name="priority"),
        Index("ix_tasks_workspace_id_created_at", "workspace_id", "created_at", "id"),
        Index("ix_tasks_workspace_id_updated_at", "workspace_id", "updated_at", "id"),
        Index("ix_tasks_workspace_id_project_id_created_at", "workspace_id", "project_id", "created_at", "id"),
        Index("ix_tasks_workspace_id_project_id_rank", "workspace_id", "project_id", "rank", "id"),
        Index("ix_tasks_assignee_id_due_on", "assignee_id", "due_on"),
        Index("ix_tasks_due_on", "due_on", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    id: UUID = Field(primary_key=True)
    version: int
    workspace_id: UUID = Field(foreign_key="workspaces.id", ondelete="CASCADE")
    project_id: UUID = Field(foreign_key="projects.id", ondelete="CASCADE")
    key: str = Field(sa_column=Column(Text, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    description: str = Field(sa_column=Column(Text, nullable=False))
    search_text: str = Field(sa_column=Column(Text, nullable=False))
    status: str = Field(sa_column=Column(Text, nullable=False))
    assignee_id: UUID | None = Field(foreign_key="users.id", ondelete="SET NULL")
    labels: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False))
    priority: Priority = Field(sa_column=Column(OrderedEnum(Priority), nullable=False))
    due_on: date | None
    rank: str = Field(sa_column=Column(RankText, nullable=False))
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    completed_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    deleted_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    origin: Origin | None = Field(sa_column=Column(JsonModel(Origin)))
    source: str | None = Field(sa_column=Column(Text))
