"""Where preferences and settings are kept."""

from typing import Protocol

from colonnade.core import Repository, UserId
from colonnade.domain.notifications.preferences import Preferences, PreferencesId
from colonnade.domain.notifications.settings import PersonalSettings


class PreferencesRepository(Repository[Preferences, PreferencesId], Protocol):
    """The preferences of everybody who chose something."""


class PersonalSettingsRepository(Repository[PersonalSettings, UserId], Protocol):
    """The settings of everybody who set something."""
