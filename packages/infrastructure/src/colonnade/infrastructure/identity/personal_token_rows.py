"""The table of personal tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import TextTuple, UtcDateTime


class PersonalTokenRow(Row, table=True):
    """A personal token; `used_at` is the authenticator's own."""

    __tablename__ = "personal_tokens"
    __table_args__ = (UniqueConstraint("digest", name="uq_personal_tokens_digest"),)

    id: UUID = Field(primary_key=True)
    version: int
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    name: str = Field(sa_column=Column(Text, nullable=False))
    digest: str = Field(sa_column=Column(Text, nullable=False))
    hint: str = Field(sa_column=Column(Text, nullable=False))
    permissions: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False))
    within_workspace: UUID | None = None
    within_projects: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    used_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    revoked_at: datetime | None = Field(sa_column=Column(UtcDateTime))
