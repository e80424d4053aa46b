"""Where preferences and personal settings are kept."""

from colonnade.core import UserId
from colonnade.domain.notifications import PersonalSettings, Preferences, PreferencesId
from colonnade.infrastructure.database import AggregateTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.notifications.mapping import (
    preferences_to_domain,
    preferences_to_row,
    settings_to_domain,
    settings_to_row,
)
from colonnade.infrastructure.notifications.personal_settings import REACHED_AT
from colonnade.infrastructure.notifications.rows import PersonalSettingsRow, PreferencesRow
from colonnade.infrastructure.protection import PersonKeys, SealingRepository

PREFERENCES = AggregateTable[Preferences](
    table_of(PreferencesRow), preferences_to_domain, preferences_to_row, missing="nothing was chosen here"
)
SETTINGS = AggregateTable[PersonalSettings](
    table_of(PersonalSettingsRow), settings_to_domain, settings_to_row, missing="nothing was set"
)


class SqlPreferencesRepository(SqlRepository[Preferences, PreferencesId]):
    """The preferences of everybody who chose something."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, PREFERENCES)


class SqlPersonalSettingsRepository(SealingRepository[PersonalSettings, UserId]):
    """The settings of everybody who set something; where they can be reached is sealed."""

    def __init__(self, unit_of_work: SqlUnitOfWork, keys: PersonKeys) -> None:
        super().__init__(unit_of_work, SETTINGS, keys, REACHED_AT, owner="id")
