"""Those who are told, with their settings, preferences and memberships."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Uuid, bindparam, select

from colonnade.application.notifications.recipients import Recipient
from colonnade.core import Email, UserId
from colonnade.domain.notifications import PersonalSettings, Preferences
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.notifications.mapping import preferences_to_domain, settings_to_domain
from colonnade.infrastructure.notifications.rows import PersonalSettingsRow, PreferencesRow
from colonnade.infrastructure.workspaces.rows import MembershipRow

_users, _memberships = table_of(UserRow).c, table_of(MembershipRow).c
_settings, _preferences = table_of(PersonalSettingsRow), table_of(PreferencesRow)
_ids = bindparam("ids", type_=Uuid, expanding=True)
_PEOPLE = select(_users.id, _users.name, _users.email).where(_users.id.in_(_ids))
_SETTINGS = select(_settings).where(_settings.c.id.in_(_ids))
_PREFERENCES = select(_preferences).where(_preferences.c.user_id.in_(_ids))
_MEMBERSHIPS = select(_memberships.user_id, _memberships.workspace_id).where(_memberships.user_id.in_(_ids))


class SqlRecipients:
    """Everybody with an account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_ids: Collection[UserId]) -> dict[UserId, Recipient]:
        """Return those of the people who are there."""
        if not user_ids:
            return {}
        ids = {"ids": list(user_ids)}
        people = await self._database.fetch(_PEOPLE, ids)
        settings = {row.id: settings_to_domain(row, ()) for row in await self._database.fetch(_SETTINGS, ids)}
        preferences = defaultdict[UserId, dict[WorkspaceId | None, Preferences]](dict)
        for row in await self._database.fetch(_PREFERENCES, ids):
            preferences[row.user_id][row.workspace_id] = preferences_to_domain(row, ())
        workspaces = defaultdict[UserId, set[WorkspaceId]](set)
        for row in await self._database.fetch(_MEMBERSHIPS, ids):
            workspaces[row.user_id].add(row.workspace_id)
        return {
            row.id: Recipient(
                user_id=row.id,
                name=row.name,
                email=Email(row.email),
                settings=settings.get(row.id) or PersonalSettings.untouched(row.id),
                preferences=preferences[row.id],
                workspaces=frozenset(workspaces[row.id]),
            )
            for row in people
        }
