"""The table of the projects context."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, Integer, Text, UniqueConstraint, false
from sqlmodel import Field

from colonnade.domain.projects import Workflow
from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import JsonModel, TextTuple, UtcDateTime


class ProjectRow(Row, table=True):
    """A project, with the last task number that was given out."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("workspace_id", "key", name="uq_projects_workspace_id_key"),)

    id: UUID = Field(primary_key=True)
    version: int
    workspace_id: UUID = Field(foreign_key="workspaces.id", ondelete="CASCADE")
    key: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    workflow: Workflow = Field(sa_column=Column(JsonModel(Workflow), nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    archived_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    lead_id: UUID | None = None
    private: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=false()))
    members: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False))
    last_number: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
