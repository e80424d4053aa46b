"""The tables of passkeys, and of what was used once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import TextTuple, UtcDateTime


class PasskeyRow(Row, table=True):
    """A passkey; what is removed has no `credential_id`, so that it may come back."""

    __tablename__ = "passkeys"
    __table_args__ = (UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),)

    id: UUID = Field(primary_key=True)
    version: int
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    name: str = Field(sa_column=Column(Text, nullable=False))
    credential_id: str | None = Field(sa_column=Column(Text))
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sign_count: int = Field(sa_column=Column(BigInteger, nullable=False))
    transports: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False))
    aaguid: str = Field(sa_column=Column(Text, nullable=False))
    backup_eligible: bool = Field(sa_column=Column(Boolean, nullable=False))
    backed_up: bool = Field(sa_column=Column(Boolean, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    used_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    suspect_since: datetime | None = Field(sa_column=Column(UtcDateTime))
    removed_at: datetime | None = Field(sa_column=Column(UtcDateTime))


class MarkRow(Row, table=True):
    """A mark of something that was used, kept until it would not be good any more anyway."""

    __tablename__ = "used_marks"

    mark: str = Field(sa_column=Column(Text, primary_key=True))
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
