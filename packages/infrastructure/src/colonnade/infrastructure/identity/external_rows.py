"""The table of accounts at identity providers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import UtcDateTime


class ExternalIdentityRow(Row, table=True):
    """An account at a provider; what is unlinked has no `subject`, so that it may be linked again."""

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject", name="uq_external_identities_issuer_subject"),)

    id: UUID = Field(primary_key=True)
    version: int
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    provider: str = Field(sa_column=Column(Text, nullable=False))
    issuer: str = Field(sa_column=Column(Text, nullable=False))
    subject: str | None = Field(sa_column=Column(Text))
    linked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    unlinked_at: datetime | None = Field(sa_column=Column(UtcDateTime))
