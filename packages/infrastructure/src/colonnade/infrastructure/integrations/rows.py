"""The tables of the integrations context."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Integer, Text, text
from sqlmodel import Field

from colonnade.domain.integrations import SealedSecret
from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import JsonModel, TextTuple, UtcDateTime

_FIRST = text("redelivery_of IS NULL")


class WebhookRow(Row, table=True):
    """A webhook endpoint; its secrets are sealed."""

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint("signature IN ('v1', 'v1a')", name="signature"),
        CheckConstraint("disabled_by IN ('person', 'service')", name="disabled_by"),
        Index("ix_webhooks_workspace_id_created_at", "workspace_id", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    workspace_id: UUID = Field(foreign_key="workspaces.id", ondelete="CASCADE")
    url: str = Field(sa_column=Column(Text, nullable=False))
    event_types: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False))
    description: str = Field(sa_column=Column(Text, nullable=False))
    signature: str = Field(sa_column=Column(Text, nullable=False))
    secrets: tuple[SealedSecret, ...] = Field(sa_column=Column(JsonModel(tuple[SealedSecret, ...]), nullable=False))
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    failing_since: datetime | None = Field(sa_column=Column(UtcDateTime))
    disabled_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    disabled_by: str | None = Field(sa_column=Column(Text))
    disabled_reason: str | None = Field(sa_column=Column(Text))
    deleted_at: datetime | None = Field(sa_column=Column(UtcDateTime))


class DeliveryRow(Row, table=True):
    """An event on its way to an endpoint; `payload` is the JSON text as it is signed, so it is kept as text."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'delivered', 'failed', 'skipped')", name="state"),
        Index(
            "uq_webhook_deliveries_webhook_id_event_id",
            "webhook_id",
            "event_id",
            unique=True,
            postgresql_where=_FIRST,
            sqlite_where=_FIRST,
        ),
        Index("ix_webhook_deliveries_workspace_id_created_at", "workspace_id", "created_at", "id"),
        Index("ix_webhook_deliveries_webhook_id_created_at", "webhook_id", "created_at", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    workspace_id: UUID = Field(foreign_key="workspaces.id", ondelete="CASCADE")
    webhook_id: UUID = Field(foreign_key="webhooks.id", ondelete="CASCADE")
    event_id: UUID
    event_type: str = Field(sa_column=Column(Text, nullable=False))
    payload: str = Field(sa_column=Column(Text, nullable=False))
    redelivery_of: UUID | None
    state: str = Field(sa_column=Column(Text, nullable=False))
    attempts: int
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    last_attempt_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    next_attempt_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    delivered_at: datetime | None = Field(sa_column=Column(UtcDateTime))


class AttemptRow(Row, table=True):
    """One request of a delivery, and its answer."""

    __tablename__ = "webhook_attempts"

    delivery_id: UUID = Field(primary_key=True, foreign_key="webhook_deliveries.id", ondelete="CASCADE")
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    request_headers: dict[str, str] = Field(sa_column=Column(JsonModel(dict[str, str]), nullable=False))
    status: int | None
    response_headers: dict[str, str] = Field(sa_column=Column(JsonModel(dict[str, str]), nullable=False))
    response_body: str = Field(sa_column=Column(Text, nullable=False))
    milliseconds: int
    error: str | None = Field(sa_column=Column(Text))
