"""The table of second factors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field

from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import TextTuple, UtcDateTime


class SecondFactorRow(Row, table=True):
    """How somebody proves a second time who they are; the id is theirs."""

    __tablename__ = "second_factors"

    id: UUID = Field(primary_key=True, foreign_key="users.id", ondelete="CASCADE")
    version: int
    sealed_secret: str | None = Field(sa_column=Column(Text))
    confirmed_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    last_step: int | None = Field(sa_column=Column(BigInteger))
    recovery_hashes: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False))
