"""The tables of the workspaces context."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field

from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import JsonModel, UtcDateTime


class KeptRole(NamedTuple):
    """A role of the workspace's own, as it is kept."""

    base: str
    grants: tuple[str, ...]


OwnRoles = dict[str, KeptRole]
"""The roles of a workspace's own, by name."""


class WorkspaceRow(Row, table=True):
    """A workspace."""

    __tablename__ = "workspaces"
    __table_args__ = (UniqueConstraint("slug", name="uq_workspaces_slug"),)

    id: UUID = Field(primary_key=True)
    version: int
    name: str = Field(sa_column=Column(Text, nullable=False))
    slug: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    own_roles: OwnRoles = Field(sa_column=Column(JsonModel(OwnRoles), nullable=False))


class MembershipRow(Row, table=True):
    """Somebody's membership of a workspace."""

    __tablename__ = "memberships"
    __table_args__ = (CheckConstraint("role IN ('owner', 'admin', 'member', 'guest')", name="role"),)

    workspace_id: UUID = Field(primary_key=True, foreign_key="workspaces.id", ondelete="CASCADE")
    user_id: UUID = Field(primary_key=True, foreign_key="users.id", index=True, ondelete="CASCADE")
    role: str = Field(sa_column=Column(Text, nullable=False))
    own_role: str | None = Field(sa_column=Column(Text))
