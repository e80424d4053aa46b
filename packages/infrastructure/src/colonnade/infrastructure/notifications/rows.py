"""The tables of the notifications context."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint, Uuid, text
from sqlmodel import Field

from colonnade.domain.notifications import Channel, Kind, QuietHours, Timing
from colonnade.infrastructure.database.tables import Row
from colonnade.infrastructure.database.types import JsonModel, UtcDateTime
from colonnade.infrastructure.protection import Encrypted

Choices = dict[Kind, dict[Channel, Timing]]

_UNREAD = text("read_at IS NULL")
_WAITING = text("job_id IS NULL")


class NotificationRow(Row, table=True):
    """Something that somebody was told; what is archived is not shown, nor what they do not want in the app."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("event_id", "user_id", "kind", name="uq_notifications_event_id"),
        Index("ix_notifications_user_id_created_at", "user_id", "created_at", "id"),
        Index("ix_notifications_unread", "user_id", postgresql_where=_UNREAD, sqlite_where=_UNREAD),
    )

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    workspace_id: UUID | None = Field(foreign_key="workspaces.id", ondelete="CASCADE")
    kind: str = Field(sa_column=Column(Text, nullable=False))
    thread: str = Field(sa_column=Column(Text, nullable=False))
    facts: dict[str, Any] = Field(sa_column=Column(JsonModel(dict[str, Any]), nullable=False))  # JSON scalars
    event_id: UUID
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    read_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    archived_at: datetime | None = Field(sa_column=Column(UtcDateTime))


class NotificationDeliveryRow(Row, table=True):
    """A notification on its way by a channel: it waits in a fold until a job carries it."""

    __tablename__ = "notification_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sent', 'failed', 'suppressed')", name="state"),
        Index("ix_notification_deliveries_job_id", "job_id"),
        Index(
            "ix_notification_deliveries_waiting",
            "user_id",
            "channel",
            "fold",
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
    )

    notification_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True)
    )
    channel: str = Field(sa_column=Column(Text, primary_key=True))
    user_id: UUID
    fold: str | None = Field(sa_column=Column(Text))
    job_id: UUID | None
    state: str = Field(sa_column=Column(Text, nullable=False))
    reason: str | None = Field(sa_column=Column(Text))
    error: str | None = Field(sa_column=Column(Text))
    sent_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    message_id: str | None = Field(sa_column=Column(Text))


class PreferencesRow(Row, table=True):
    """What somebody chose to hear of, in a workspace or in all."""

    __tablename__ = "notification_preferences"

    id: UUID = Field(primary_key=True)
    version: int
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    workspace_id: UUID | None = Field(foreign_key="workspaces.id", ondelete="CASCADE")
    choices: Choices = Field(sa_column=Column(JsonModel(Choices), nullable=False))


class PersonalSettingsRow(Row, table=True):
    """Where and when somebody can be reached; the id is theirs. What is sealed beside itself was in the clear once."""

    __tablename__ = "notification_settings"

    id: UUID = Field(sa_column=Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True))
    version: int
    timezone: str = Field(sa_column=Column(Text, nullable=False))
    quiet_hours: QuietHours | None = Field(sa_column=Column(JsonModel(QuietHours)))
    digest_hours: tuple[int, ...] = Field(sa_column=Column(JsonModel(tuple[int, ...]), nullable=False))
    phone: str | None = Field(sa_column=Column(Text))
    chat_url: str | None = Field(sa_column=Column(Text))
    phone_sealed: bytes | None = Field(sa_column=Column(Encrypted))
    chat_url_sealed: bytes | None = Field(sa_column=Column(Encrypted))
