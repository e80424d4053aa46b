"""Preferences and personal settings to rows and back."""

from collections.abc import Sequence
from typing import Any

from colonnade.core import UserId
from colonnade.domain.notifications import (
    ChatUrl,
    PersonalSettings,
    PhoneNumber,
    Preferences,
    PreferencesId,
    TimeZone,
)
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.notifications.rows import Choices


def preferences_to_domain(row: Any, parts: Sequence[Any]) -> Preferences:  # a row of the preferences table
    """Rebuild preferences."""
    return Preferences(
        id=PreferencesId(row.id),
        version=row.version,
        user_id=UserId(row.user_id),
        workspace_id=None if row.workspace_id is None else WorkspaceId(row.workspace_id),
        choices={
            (kind, channel): timing for kind, timings in row.choices.items() for channel, timing in timings.items()
        },
    )


def preferences_to_row(preferences: Preferences) -> Values:
    """Return the row of preferences."""
    choices: Choices = {}
    for (kind, channel), timing in preferences.choices.items():
        choices.setdefault(kind, {})[channel] = timing
    return {
        "id": preferences.id,
        "version": preferences.version,
        "user_id": preferences.user_id,
        "workspace_id": preferences.workspace_id,
        "choices": choices,
    }


def settings_to_domain(row: Any, parts: Sequence[Any]) -> PersonalSettings:  # a row of the settings table
    """Rebuild personal settings."""
    return PersonalSettings(
        id=UserId(row.id),
        version=row.version,
        timezone=TimeZone(row.timezone),
        quiet_hours=row.quiet_hours,
        digest_hours=row.digest_hours,
        phone=None if row.phone is None else PhoneNumber(row.phone),
        chat_url=None if row.chat_url is None else ChatUrl(row.chat_url),
    )


def settings_to_row(settings: PersonalSettings) -> Values:
    """Return the row of personal settings."""
    return {
        "id": settings.id,
        "version": settings.version,
        "timezone": str(settings.timezone),
        "quiet_hours": settings.quiet_hours,
        "digest_hours": settings.digest_hours,
        "phone": None if settings.phone is None else str(settings.phone),
        "chat_url": None if settings.chat_url is None else str(settings.chat_url),
        "phone_sealed": None,
        "chat_url_sealed": None,
    }
