"""What people were told in the app."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.application.notifications.news import News
from colonnade.core import UserId
from colonnade.domain.notifications import NotificationId
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.notifications.rows import NotificationRow

_table = table_of(NotificationRow)
_columns = _table.c
_INSERTS = {
    kind.__name__: kind.insert(_table)
    .on_conflict_do_nothing(index_elements=[_columns.event_id, _columns.user_id, _columns.kind])
    .returning(_columns.id)
    for kind in (postgresql, sqlite)
}
_KNOWN = select(_columns.event_id).where(_columns.event_id.in_(bindparam("event_ids", expanding=True)))
_at = bindparam("at", type_=_columns.read_at.type)
_MINE = _columns.user_id == bindparam("of_user")
_NAMED = _columns.id.in_(bindparam("of_ids", expanding=True))
_READ_ALL = update(_table).where(_MINE, _columns.read_at.is_(None)).values(read_at=_at)
_READ = _READ_ALL.where(_NAMED)
_ARCHIVE = (
    update(_table)
    .where(_MINE, _NAMED)
    .values(read_at=func.coalesce(_columns.read_at, _at), archived_at=func.coalesce(_columns.archived_at, _at))
)


class SqlInbox:
    """Notifications, within one unit of work."""

    def __init__(self, unit_of_work: SqlUnitOfWork, database: Database) -> None:
        self._unit_of_work = unit_of_work
        self._insert = _INSERTS[(postgresql if database.is_postgresql else sqlite).__name__]

    async def put(
        self, notification_id: NotificationId, user_id: UserId, news: News, *, at: datetime, hidden: bool
    ) -> bool:
        """Keep news for somebody; tell whether they were not told already."""
        row = {
            "id": notification_id,
            "user_id": user_id,
            "workspace_id": news.workspace_id,
            "kind": news.kind.value,
            "thread": news.thread,
            "facts": news.facts,
            "event_id": news.event_id,
            "created_at": at,
            "read_at": None,
            "archived_at": at if hidden else None,
        }
        return bool(await self._unit_of_work.fetch_and_lock(self._insert, row))

    async def known(self, event_ids: Collection[UUID]) -> set[UUID]:
        """Return those of the ids that somebody was told because of."""
        rows = await self._unit_of_work.fetch(_KNOWN, {"event_ids": list(event_ids)})
        return {row.event_id for row in rows}

    def mark_read(self, user_id: UserId, ids: Collection[NotificationId] | None, *, at: datetime) -> None:
        """Note that somebody has read some of theirs, or all."""
        named = {} if ids is None else {"of_ids": list(ids)}
        self._unit_of_work.at_commit(_READ_ALL if ids is None else _READ, {"of_user": user_id, "at": at, **named})

    def archive(self, user_id: UserId, ids: Collection[NotificationId], *, at: datetime) -> None:
        """Put some of somebody's away; they count as read."""
        self._unit_of_work.at_commit(_ARCHIVE, {"of_user": user_id, "of_ids": list(ids), "at": at})
