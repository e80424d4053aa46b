"""What was kept in the clear before people had keys: sealed where it lies when a server starts.

Every step may be interrupted and run again, and does nothing where nothing is left. The table of users comes last: as
long as somebody there is not sealed, a step may be left over.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Executable, Integer, Select, Text, Uuid, bindparam, cast, select, update
from sqlalchemy.exc import IntegrityError

from colonnade.application.notifications.news import BY_ID, PERSON, PERSON_ID
from colonnade.core import Clock, UserId
from colonnade.domain.identity import ERASED_NAME
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.engine import Rows
from colonnade.infrastructure.database.event_log import event_log
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.belongings import deletions
from colonnade.infrastructure.identity.people import HAS_ADDRESS, WHO, UserTexts
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.notifications.personal_settings import REACHED_AT
from colonnade.infrastructure.notifications.rows import NotificationRow, PersonalSettingsRow
from colonnade.infrastructure.processes.tables import processes
from colonnade.infrastructure.protection import EventProtection, PersonalTexts, PersonKeys, seal_past_events
from colonnade.security.encryption import BlindIndex

_log = logging.getLogger("colonnade.protection")

Values = dict[str, Any]  # by column, of any type
Change = tuple[Executable, Values]

_users, _settings, _told = table_of(UserRow), table_of(PersonalSettingsRow), table_of(NotificationRow)
_first, _after, _limit = UUID(int=0), bindparam("after", type_=Uuid), bindparam("limit", type_=Integer)
_ACTS = ("identity.appoint_operator", "identity.dismiss_operator")
_OFFBOARDING = "workspaces.offboarding"

_OPEN_USERS = (_users.c.name_sealed.is_(None), _users.c.erased_at.is_(None))
_ANY_USER = select(_users.c.id).where(*_OPEN_USERS).limit(1)
_USERS = select(*WHO, _users.c.version).where(*_OPEN_USERS)
_THERE = select(_users.c.id).where(
    _users.c.id.in_(bindparam("ids", type_=Uuid, expanding=True)), _users.c.erased_at.is_(None)
)
_ERASE = (
    update(_users)
    .where(_users.c.id == bindparam("of_id"))
    .values(
        name="",
        email_sealed=None,
        email_index=None,
        name_sealed=None,
        password_hash=None,
        email_confirmed_at=None,
        is_operator=False,
    )
)
_SEAL_USER = update(_users).where(
    _users.c.id == bindparam("of_id"), _users.c.version == bindparam("of_version"), _users.c.name_sealed.is_(None)
)
_SETTINGS = select(_settings).where(_settings.c.phone.is_not(None) | _settings.c.chat_url.is_not(None))
_SEAL_SETTINGS = update(_settings).where(
    _settings.c.id == bindparam("of_id"), _settings.c.version == bindparam("of_version")
)
_facts = cast(_told.c.facts, Text)
_NAMED = (
    select(_told.c.id, _told.c.facts, _told.c.thread, event_log.c.metadata)
    .outerjoin(event_log, event_log.c.event_id == _told.c.event_id)
    .where(_facts.like('%"by"%') | _told.c.thread.startswith("offboarding:"))
)
_RENAME = update(_told).where(_told.c.id == bindparam("of_id")).values(facts=bindparam("new", type_=_told.c.facts.type))
_PROCESSES = select(processes.c.id, processes.c.facts).where(
    processes.c.name == _OFFBOARDING, cast(processes.c.facts, Text).like('%"name"%')
)
_FORGET_NAME = (
    update(processes)
    .where(processes.c.id == bindparam("of_id"))
    .values(facts=bindparam("new", type_=processes.c.facts.type))
)
_ACTED = (
    select(event_log.c.position, event_log.c.data)
    .where(event_log.c.type == "operations.operator_acted", event_log.c.position > bindparam("position"))
    .order_by(event_log.c.position)
    .limit(_limit)
)
_RENAME_ACT = (
    update(event_log)
    .where(event_log.c.position == bindparam("of_position"))
    .values(data=bindparam("new", type_=event_log.c.data.type))
)
_HAVING = select(*WHO).where(HAS_ADDRESS)


class PastProtection:
    """Seals what is there already."""

    def __init__(
        self,
        database: Database,
        keys: PersonKeys,
        index: BlindIndex,
        users: UserTexts,
        events: EventProtection,
        clock: Clock,
    ) -> None:
        self._database = database
        self._keys = keys
        self._index = index
        self._users = users
        self._events = events
        self._clock = clock

    async def run(self, *, batch: int = 500) -> int:
        """Seal everything; return how many people were left to be sealed.

        Args:
            batch: How many rows are sealed in one transaction.

        Raises:
            Unavailable: A database does not answer.
        """
        if not await self._database.fetch(_ANY_USER):
            return 0
        await seal_past_events(self._database, self._events, self._keys, batch=batch)
        await self._forget_addresses_of_operators(batch)
        await self._each(_NAMED, _told.c.id, batch, _without_name)
        await self._each(_PROCESSES, processes.c.id, batch, _without_state_name)
        await self._seal_settings(batch)
        return await self._seal_users(batch)

    async def erase_again(self, leave: Callable[[UserId], Awaitable[None]], *, batch: int = 500) -> None:
        """Erase those whose key is destroyed although they are there: a backup of before that was restored.

        Args:
            leave: Lets somebody leave their workspaces; called before they are erased.
            batch: How many keys are looked at in one query.

        Raises:
            Unavailable: A database does not answer.
        """
        after, now = _first, self._clock.now()
        while ids := await self._keys.destroyed(after=after, limit=batch):
            after = ids[-1]
            rows = await self._database.fetch(_THERE, {"ids": ids})
            for row in rows:
                await leave(UserId(row.id))
                changes = [(statement, {"of_user": row.id}) for statement in deletions()]
                await self._execute([*changes, (_ERASE.values(email=str(row.id), erased_at=now), {"of_id": row.id})])

    async def _seal_users(self, batch: int) -> int:
        count = 0
        async for rows in self._pages(_USERS, _users.c.id, batch):
            texts = PersonalTexts(self._keys, _users.name)
            await texts.ensure([row.id for row in rows])
            changes = [self._sealed_user(row, texts) for row in rows]
            try:
                await self._execute(changes)
                count += len(rows)
            except IntegrityError:
                count += sum([await self._seal_alone(change) for change in changes])
        return count

    def _sealed_user(self, row: Any, texts: PersonalTexts) -> Change:  # a row of the users table
        values: Values = {"email": str(row.id), "name": ""}
        try:
            values["email_sealed"] = texts.seal(row.id, "email", row.email, owner=row.id)
            values["name_sealed"] = texts.seal(row.id, "name", row.name, owner=row.id)
            values["email_index"] = self._index.of(row.email)
        except LookupError:  # their key was destroyed in this very moment
            values = {**values, "email_sealed": None, "name_sealed": None, "erased_at": self._clock.now()}
        return _SEAL_USER.values(values), {"of_id": row.id, "of_version": row.version}

    async def _seal_alone(self, change: Change) -> int:
        """Seal one of a batch in which an address is somebody else's, too, by a server that knew nothing of keys."""
        try:
            await self._execute([change])
        except IntegrityError:
            _log.warning("the address of account %s is another one's, too", change[1]["of_id"])
            return 0
        return 1

    async def _seal_settings(self, batch: int) -> None:
        async for rows in self._pages(_SETTINGS, _settings.c.id, batch):
            texts = PersonalTexts(self._keys, _settings.name)
            await texts.ensure([row.id for row in rows])
            await self._execute([_sealed_settings(row, texts) for row in rows])

    async def _forget_addresses_of_operators(self, batch: int) -> None:
        position = 0
        while rows := await self._database.fetch(_ACTED, {"position": position, "limit": batch}):
            position = rows[-1].position
            named = [row for row in rows if row.data["act"] in _ACTS and "@" in row.data["subject"]]
            if named:
                await self._execute([await self._act_with_id(row) for row in named])

    async def _act_with_id(self, row: Any) -> Change:  # a row of the event log
        found = await self._database.fetch(_HAVING, self._users.having([row.data["subject"]]))
        subject = str(found[0].id) if found else str(ERASED_NAME)
        return _RENAME_ACT, {"of_position": row.position, "new": {**row.data, "subject": subject}}

    async def _each(
        self, statement: Select[Any], key: Any, batch: int, change: Callable[[Any], Change | None]
    ) -> None:  # rows and columns of any type
        async for rows in self._pages(statement, key, batch):
            await self._execute([made for row in rows if (made := change(row)) is not None])

    async def _pages(self, statement: Select[Any], key: Any, batch: int) -> AsyncIterator[Rows]:
        paged, after = statement.where(key > _after).order_by(key).limit(_limit), _first
        while rows := await self._database.fetch(paged, {"after": after, "limit": batch}):
            after = rows[-1].id
            yield rows

    async def _execute(self, changes: Sequence[Change]) -> None:
        if changes:
            await self._database.transact(partial(_execute, changes))


def _execute(changes: Sequence[Change], connection: Connection) -> None:
    for statement, parameters in changes:
        connection.execute(statement, parameters)


def _sealed_settings(row: Any, texts: PersonalTexts) -> Change:  # a row of the settings table
    values: Values = {}
    for column in REACHED_AT:
        text = getattr(row, column.name)
        values[column.name] = None
        if text is not None:
            try:
                values[column.sealed] = texts.seal(row.id, column.name, text, owner=row.id)
            except LookupError:  # their key is destroyed
                values[column.sealed] = None
    return _SEAL_SETTINGS.values(values), {"of_id": row.id, "of_version": row.version}


def _without_name(row: Any) -> Change | None:  # a notification with the metadata of its event
    facts: Mapping[str, Any] = row.facts  # JSON scalars
    kept = {name: value for name, value in facts.items() if name != "by"}
    caller = (row.metadata or {}).get("caller")
    if "by" in facts and caller is not None:
        kept.setdefault(BY_ID, caller)
    place, _, person_id = row.thread.partition(":")
    title = str(facts.get("title", ""))
    if place == "offboarding" and PERSON_ID not in facts and title.endswith(" has left"):
        kept |= {PERSON_ID: person_id, "title": f"{PERSON} has left"}
    return None if kept == facts else (_RENAME, {"of_id": row.id, "new": kept})


def _without_state_name(row: Any) -> Change | None:  # an off-boarding
    kept = {name: value for name, value in row.facts.items() if name != "name"}
    return None if kept == row.facts else (_FORGET_NAME, {"of_id": row.id, "new": kept})
