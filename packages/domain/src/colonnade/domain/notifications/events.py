"""What happens to somebody's preferences and settings. Where they can be reached is in none of it."""

from uuid import UUID

from colonnade.core import DomainEvent, UserId
from colonnade.domain.notifications.kinds import Channel, Kind, Timing


class PreferenceChanged(DomainEvent, type="notifications.preference_changed", version=1):
    """Somebody wants to hear of something in another way; without a timing, as is usual."""

    user_id: UserId
    workspace_id: UUID | None
    kind: Kind
    channel: Channel
    timing: Timing | None


class SettingsChanged(DomainEvent, type="notifications.settings_changed", version=1):
    """Somebody can be reached elsewhere or at other times; `changed` names the settings."""

    user_id: UserId
    changed: tuple[str, ...]


EVENTS = (PreferenceChanged, SettingsChanged)
