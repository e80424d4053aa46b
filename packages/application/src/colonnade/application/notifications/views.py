"""What the notification use cases answer with."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import Field

from colonnade.application.notifications.news import Facts
from colonnade.application.views import View
from colonnade.domain.notifications import (
    Channel,
    Kind,
    NotificationId,
    PersonalSettings,
    Preferences,
    QuietHours,
    Timing,
    timing_of,
)
from colonnade.domain.workspaces import WorkspaceId

Timings = dict[Kind, dict[Channel, Timing]]


class NotificationView(View):
    """Something that you were told."""

    id: NotificationId
    workspace_id: WorkspaceId | None
    kind: Kind
    thread: str = Field(description="What it is about, such as `task:<id>`.")
    facts: Facts
    created_at: datetime
    read_at: datetime | None


class UnreadCount(View):
    """How much you have not read."""

    count: int


class PreferencesView(View):
    """What you want to hear of, by which way and how soon."""

    workspace_id: WorkspaceId | None
    timings: Timings = Field(description="What holds, whether chosen here, chosen for all workspaces, or usual.")
    chosen: Timings = Field(description="What was chosen here.")
    version: int

    @classmethod
    def of(cls, preferences: Preferences, everywhere: Preferences) -> Self:
        """Return the view of somebody's preferences in a workspace, beside those for all workspaces."""
        layers = (preferences, everywhere)
        chosen: Timings = {}
        for (kind, channel), timing in sorted(preferences.choices.items()):
            chosen.setdefault(kind, {})[channel] = timing
        return cls(
            workspace_id=preferences.workspace_id,
            timings={kind: {channel: timing_of(kind, channel, layers) for channel in Channel} for kind in Kind},
            chosen=chosen,
            version=preferences.version,
        )


class PersonalSettingsView(View):
    """Where and when you can be reached."""

    timezone: str
    quiet_hours: QuietHours | None
    digest_hours: tuple[int, ...]
    phone: str | None
    chat_url: str | None = Field(repr=False)
    version: int

    @classmethod
    def of(cls, settings: PersonalSettings) -> Self:
        """Return the view of somebody's settings."""
        return cls(**{name: getattr(settings, name) for name in cls.model_fields})


class Suppression(StrEnum):
    """Why something was not sent after all."""

    READ = "read"
    LEFT_WORKSPACE = "left_workspace"
    UNSUBSCRIBED = "unsubscribed"
    UNREACHABLE = "unreachable"


class NotificationDeliveryView(View):
    """What became of a notification on a channel."""

    channel: Channel
    state: str = Field(description="`pending`, `sent`, `failed` or `suppressed`.")
    reason: str | None = Field(description="Why it failed or was not sent after all.")
    sent_at: datetime | None
    message_id: str | None = Field(description="The identity that it has outside.")


class Sent(View):
    """What became of a letter.

    Attributes:
        at: When it was handed over, or found to be superfluous.
        message_id: The identity that it has outside.
        sent: The notifications that it told.
        suppressed: Those that it left out, and why.
    """

    at: datetime
    message_id: str | None
    sent: tuple[NotificationId, ...]
    suppressed: dict[NotificationId, Suppression]
