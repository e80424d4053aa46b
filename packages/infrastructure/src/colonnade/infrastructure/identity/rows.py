"""The tables of the identity context."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, Index, LargeBinary, Text, UniqueConstraint, false
from sqlmodel import Field

from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import TextTuple, UtcDateTime
from colonnade.infrastructure.protection import Encrypted


class UserRow(Row, table=True):
    """A user. Of who they are, `email` and `name` say nothing any more once it is sealed (see `people`)."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("email", name="uq_users_email"),
        Index("uq_users_email_index", "email_index", unique=True),
    )

    id: UUID = Field(primary_key=True)
    version: int
    email: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    password_hash: str | None = Field(sa_column=Column(Text))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    email_confirmed_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    erased_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    is_operator: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=false()))
    email_sealed: bytes | None = Field(sa_column=Column(Encrypted))
    email_index: bytes | None = Field(sa_column=Column(LargeBinary))
    name_sealed: bytes | None = Field(sa_column=Column(Encrypted))


class SessionRow(Row, table=True):
    """A session. Where it was last used from is in `address_sealed`; `address` is of before there were keys."""

    __tablename__ = "sessions"

    id: UUID = Field(primary_key=True)
    version: int
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    refresh_hash: str = Field(sa_column=Column(Text, nullable=False))
    former_hash: str | None = Field(sa_column=Column(Text))
    rotated_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    device_name: str = Field(sa_column=Column(Text, nullable=False))
    address: str | None = Field(sa_column=Column(Text))
    methods: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    used_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    proved_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ends_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    address_sealed: bytes | None = Field(sa_column=Column(Encrypted))


class OneTimeSecretRow(Row, table=True):
    """A secret that is good once; only its hash is here."""

    __tablename__ = "one_time_secrets"

    id: UUID = Field(primary_key=True)
    version: int
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    purpose: str = Field(sa_column=Column(Text, nullable=False))
    secret_hash: str = Field(sa_column=Column(Text, nullable=False))
    facts: str | None = Field(sa_column=Column(Text))
    attempts_left: int
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    used_at: datetime | None = Field(sa_column=Column(UtcDateTime))
