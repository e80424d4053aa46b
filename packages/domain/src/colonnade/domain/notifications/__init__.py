"""What people are told of what concerns them: by which ways, how soon, and when not."""

from colonnade.domain.notifications.events import EVENTS, PreferenceChanged, SettingsChanged
from colonnade.domain.notifications.kinds import FOLDED, OUTSIDE, USUAL, Channel, Kind, Timing
from colonnade.domain.notifications.planning import Plan, Together, next_digest, plan
from colonnade.domain.notifications.preferences import Preferences, PreferencesId, preferences_id, timing_of
from colonnade.domain.notifications.repository import PersonalSettingsRepository, PreferencesRepository
from colonnade.domain.notifications.settings import PersonalSettings
from colonnade.domain.notifications.values import (
    ChatUrl,
    DigestHours,
    LocalTime,
    NotificationId,
    PhoneNumber,
    QuietHours,
    TimeZone,
)

__all__ = [
    "EVENTS",
    "FOLDED",
    "OUTSIDE",
    "USUAL",
    "Channel",
    "ChatUrl",
    "DigestHours",
    "Kind",
    "LocalTime",
    "NotificationId",
    "PersonalSettings",
    "PersonalSettingsRepository",
    "PhoneNumber",
    "Plan",
    "PreferenceChanged",
    "Preferences",
    "PreferencesId",
    "PreferencesRepository",
    "QuietHours",
    "SettingsChanged",
    "TimeZone",
    "Timing",
    "Together",
    "next_digest",
    "plan",
    "preferences_id",
    "timing_of",
]
