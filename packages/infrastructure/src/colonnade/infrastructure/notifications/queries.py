"""Reads of the notifications context."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import bindparam, func, select, tuple_

from colonnade.application.messaging import Caller, Handlers
from colonnade.application.notifications import (
    CountUnread,
    GetPreferences,
    GetSettings,
    ListNotificationDeliveries,
    ListNotifications,
    NotificationDeliveryView,
    NotificationView,
    PersonalSettingsView,
    PreferencesView,
    UnreadCount,
)
from colonnade.application.notifications.preferences import require_place
from colonnade.application.workspaces import Memberships
from colonnade.core import CursorCodec, NotFound, Page
from colonnade.domain.notifications import NotificationId, PersonalSettings, Preferences
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.notifications.mapping import preferences_to_domain
from colonnade.infrastructure.notifications.naming import NamedFacts
from colonnade.infrastructure.notifications.personal_settings import opened_settings
from colonnade.infrastructure.notifications.rows import (
    NotificationDeliveryRow,
    NotificationRow,
    PersonalSettingsRow,
    PreferencesRow,
)
from colonnade.infrastructure.protection import PersonKeys

handlers = Handlers()

_told, _way = table_of(NotificationRow).c, table_of(NotificationDeliveryRow).c
_preferences, _settings = table_of(PreferencesRow), table_of(PersonalSettingsRow)
_MINE = _told.user_id == bindparam("user_id")
_SHOWN = (_MINE, _told.archived_at.is_(None))
_PLACE = (_told.created_at, _told.id)
_LIST = (
    select(*(_told[name] for name in NotificationView.model_fields))
    .where(*_SHOWN)
    .order_by(*(column.desc() for column in _PLACE))
    .limit(bindparam("limit"))
)
_AFTER = tuple_(*_PLACE) < tuple_(*(bindparam(f"after_{column.name}", type_=column.type) for column in _PLACE))
_UNREAD = _told.read_at.is_(None)
_COUNT = select(func.count()).where(*_SHOWN, _UNREAD)
_ONE = select(_told.id).where(_MINE, _told.id == bindparam("notification_id"))
_DELIVERIES = (
    select(*(_way[name] for name in NotificationDeliveryView.model_fields))
    .where(_way.notification_id == bindparam("notification_id"))
    .order_by(_way.channel)
)
_PREFERENCES = select(_preferences).where(_preferences.c.id.in_(bindparam("ids", expanding=True)))
_SETTINGS = select(_settings).where(_settings.c.id == bindparam("user_id"))
_MOMENT, _ID = TypeAdapter(datetime), TypeAdapter(NotificationId)


@handlers.handles(ListNotifications)
async def list_notifications(
    query: ListNotifications, caller: Caller, database: Database, cursors: CursorCodec, named: NamedFacts
) -> Page[NotificationView]:
    """List the caller's own."""
    described = f"notifications.list {caller.user_id} {query.unread}"
    statement, where = _LIST, {"user_id": caller.user_id, "limit": query.limit + 1}
    if query.unread:
        statement = statement.where(_UNREAD)
    if query.cursor is not None:
        created_at, last_id = cursors.decode(described, query.cursor, keys=2)
        statement = statement.where(_AFTER)
        place = {"after_created_at": _MOMENT.validate_python(created_at), "after_id": _ID.validate_python(last_id)}
        where = {**where, **place}
    rows = await database.fetch(statement, where)
    facts = await named.of([row.facts for row in rows[: query.limit]])
    found = tuple(
        NotificationView.model_validate({**row._mapping, "facts": its}) for row, its in zip(rows, facts, strict=False)
    )
    if len(rows) <= query.limit:
        return Page(items=found)
    last = [_MOMENT.dump_python(found[-1].created_at, mode="json"), str(found[-1].id)]
    return Page(items=found, next=cursors.encode(described, last))


@handlers.handles(CountUnread)
async def count_unread(query: CountUnread, caller: Caller, database: Database) -> UnreadCount:
    """Count the caller's own."""
    rows = await database.fetch(_COUNT, {"user_id": caller.user_id})
    return UnreadCount(count=rows[0][0])


@handlers.handles(ListNotificationDeliveries)
async def list_deliveries(
    query: ListNotificationDeliveries, caller: Caller, database: Database
) -> Page[NotificationDeliveryView]:
    """Show what became of one of the caller's own."""
    which = {"notification_id": query.notification_id}
    if not await database.fetch(_ONE, {**which, "user_id": caller.user_id}):
        raise NotFound("there is no such notification", field="notification_id")
    rows = await database.fetch(_DELIVERIES, which)
    return Page(items=tuple(NotificationDeliveryView.model_validate(row._mapping) for row in rows))


@handlers.handles(GetPreferences)
async def get_preferences(
    query: GetPreferences, caller: Caller, database: Database, memberships: Memberships
) -> PreferencesView:
    """Show the caller's own."""
    await require_place(caller.user_id, query.workspace_id, memberships)
    here = Preferences.untouched(caller.user_id, query.workspace_id)
    everywhere = Preferences.untouched(caller.user_id, None)
    rows = await database.fetch(_PREFERENCES, {"ids": [here.id, everywhere.id]})
    stored = {row.id: preferences_to_domain(row, ()) for row in rows}
    return PreferencesView.of(stored.get(here.id, here), stored.get(everywhere.id, everywhere))


@handlers.handles(GetSettings)
async def get_settings(
    query: GetSettings, caller: Caller, database: Database, keys: PersonKeys
) -> PersonalSettingsView:
    """Show the caller's own."""
    settings = await opened_settings(await database.fetch(_SETTINGS, {"user_id": caller.user_id}), keys)
    return PersonalSettingsView.of(settings.get(caller.user_id) or PersonalSettings.untouched(caller.user_id))
