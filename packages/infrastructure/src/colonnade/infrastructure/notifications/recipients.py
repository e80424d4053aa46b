"""Those who are told, with their settings, preferences and memberships."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Uuid, bindparam, select

from colonnade.application.notifications.recipients import Recipient
from colonnade.core import UserId
from colonnade.domain.notifications import PersonalSettings, Preferences
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.tenancy import every_tenant
from colonnade.infrastructure.identity.people import WHO, UserTexts
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.notifications.mapping import preferences_to_domain
from colonnade.infrastructure.notifications.personal_settings import opened_settings
from colonnade.infrastructure.notifications.rows import PersonalSettingsRow, PreferencesRow
from colonnade.infrastructure.protection import PersonKeys
from colonnade.infrastructure.workspaces.rows import MembershipRow

_users, _memberships = table_of(UserRow).c, table_of(MembershipRow).c
_settings, _preferences = table_of(PersonalSettingsRow), table_of(PreferencesRow)
_ids = bindparam("ids", type_=Uuid, expanding=True)
_PEOPLE = select(*WHO).where(_users.id.in_(_ids), _users.erased_at.is_(None))
_SETTINGS = select(_settings).where(_settings.c.id.in_(_ids))
_PREFERENCES = select(_preferences).where(_preferences.c.user_id.in_(_ids))
_MEMBERSHIPS = every_tenant(
    select(_memberships.user_id, _memberships.workspace_id).where(_memberships.user_id.in_(_ids))
)


class SqlRecipients:
    """Everybody with an account."""

    def __init__(self, database: Database, users: UserTexts, keys: PersonKeys) -> None:
        self._database = database
        self._users = users
        self._keys = keys

    async def of(self, user_ids: Collection[UserId]) -> dict[UserId, Recipient]:
        """Return those of the people who are there."""
        if not user_ids:
            return {}
        ids = {"ids": list(user_ids)}
        people = await self._users.open(await self._database.fetch(_PEOPLE, ids))
        settings = await opened_settings(await self._database.fetch(_SETTINGS, ids), self._keys)
        preferences = defaultdict[UserId, dict[WorkspaceId | None, Preferences]](dict)
        for row in await self._database.fetch(_PREFERENCES, ids):
            preferences[row.user_id][row.workspace_id] = preferences_to_domain(row, ())
        workspaces = defaultdict[UserId, set[WorkspaceId]](set)
        for row in await self._database.fetch(_MEMBERSHIPS, ids):
            workspaces[row.user_id].add(row.workspace_id)
        return {
            UserId(user_id): Recipient(
                user_id=UserId(user_id),
                name=who.name,
                email=who.email,
                settings=settings.get(UserId(user_id)) or PersonalSettings.untouched(UserId(user_id)),
                preferences=preferences[UserId(user_id)],
                workspaces=frozenset(workspaces[UserId(user_id)]),
            )
            for user_id, who in people.items()
        }
