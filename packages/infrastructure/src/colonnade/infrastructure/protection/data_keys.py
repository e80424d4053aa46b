"""The data keys of an installation: few, kept wrapped, one of each purpose current."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, LargeBinary, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from colonnade.core import Clock
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.protection.tables import create_key_tables, data_keys, person_keys
from colonnade.security.encryption import DataKey, DataKeys, Envelope, KeyMissing, WrappedKey

PEOPLE = "people"
"""The purpose of the data keys that seal the keys of people."""

INDEX = "index"
"""The purpose of the data key that blind indexes derive from; there is one, which is never replaced."""

_keys, _people = data_keys.c, person_keys.c
_ALL = select(_keys.id, _keys.kek, _keys.wrapped, _keys.purpose, _keys.is_current)
_INSERT = insert(data_keys)
_SUPERSEDE = update(data_keys).where(_keys.purpose == bindparam("of_purpose")).values(is_current=False)
_REWRAP = (
    update(data_keys)
    .where(_keys.id == bindparam("of_id"), _keys.kek == bindparam("of_kek"))
    .values(kek=bindparam("new_kek"), wrapped=bindparam("new_wrapped", type_=LargeBinary))
    .returning(_keys.id)
)
_RETIRE = (
    delete(data_keys)
    .where(_keys.is_current.is_(False), ~exists().where(_people.data_key_id == _keys.id))
    .returning(_keys.id)
)
_REPORT = (
    select(
        _keys.id,
        _keys.purpose,
        _keys.kek,
        _keys.is_current,
        _keys.created_at,
        func.count(_people.person_id).label("people"),
    )
    .outerjoin(person_keys, _people.data_key_id == _keys.id)
    .group_by(*_keys)
    .order_by(_keys.created_at, _keys.id)
)


class KeyReport(NamedTuple):
    """What can be said of a data key.

    Attributes:
        id: Its name.
        purpose: What it is for.
        kek: Name of the key-encryption key that wraps it.
        is_current: Whether it seals, or only opens.
        created_at: When it was made.
        people: How many keys of people it seals.
    """

    id: UUID
    purpose: str
    kek: str
    is_current: bool
    created_at: datetime
    people: int


class SqlDataKeys:
    """Opens the data keys once per process, and makes the first ones."""

    def __init__(self, database: Database, envelope: Envelope, clock: Clock) -> None:
        """Use a database; nothing is read yet.

        Args:
            database: Where keys are kept.
            envelope: What wraps data keys.
            clock: Dates them.
        """
        self.database = database
        self._envelope = envelope
        self._clock = clock
        self._opened: Mapping[str, DataKeys] = {}
        self._lock = asyncio.Lock()

    async def of(self, purpose: str, needed: Collection[UUID] = ()) -> DataKeys:
        """Return the keys of a purpose, made if there are none; read again if one that is needed is not among them.

        Raises:
            KeyMissing: No configured key-encryption key opens one of them.
            KeyRefused: One was altered, or the key-encryption key is another one.
            Unavailable: The database or the key-encryption key does not answer.
        """
        keys = self._opened.get(purpose)
        if keys is None or not all(key_id in keys for key_id in needed):
            async with self._lock:
                await self._open()
            keys = self._opened[purpose]
        return keys

    async def reload(self) -> None:
        """Read the keys again: another process may have made a new one."""
        async with self._lock:
            await self._open()

    async def rotate(self) -> UUID:
        """Make a new current key for the keys of people, and return its name; the former ones still open."""
        await self.of(PEOPLE)
        fresh = await self._envelope.wrap(DataKey.generate())

        def supersede(connection: Connection) -> None:
            connection.execute(_SUPERSEDE, {"of_purpose": PEOPLE})
            connection.execute(_INSERT, self._row(fresh, PEOPLE))

        await self.database.transact(supersede)
        await self.reload()
        return fresh.id

    async def rewrap(self) -> int:
        """Wrap anew, with the current key-encryption key, what former ones have wrapped; return how many it were.

        Nobody is interrupted: a key is wrapped by the one or by the other, and readers open both.
        """
        await self.of(PEOPLE)
        count, current = 0, self._envelope.current.key_id
        for row in await self.database.fetch(_ALL.where(_keys.kek != current)):
            fresh = await self._envelope.rewrap(WrappedKey(row.id, row.kek, row.wrapped))
            change = {"of_id": row.id, "of_kek": row.kek, "new_kek": fresh.kek, "new_wrapped": fresh.wrapped}
            count += len(await self.database.write(_REWRAP, change))
        return count

    async def retire(self) -> int:
        """Delete the former keys that seal nothing any more; return how many it were.

        Copies of the keys of people from before the last rotation are worthless after it.
        """
        return len(await self.database.write(_RETIRE))

    async def report(self) -> list[KeyReport]:
        """Return what can be said of every key, the oldest first."""
        await self.of(PEOPLE)
        return [KeyReport(*row) for row in await self.database.fetch(_REPORT)]

    async def _open(self) -> None:
        await self._make_missing()
        known = {key.id: key for keys in self._opened.values() for key in keys}
        opened: dict[str, list[DataKey]] = {}
        current: dict[str, DataKey] = {}
        for row in await self.database.fetch(_ALL):
            key = known.get(row.id) or await self._unwrap(row)
            opened.setdefault(row.purpose, []).append(key)
            if row.is_current:
                current[row.purpose] = key
        if not current.keys() >= {PEOPLE, INDEX}:
            raise KeyMissing("the database of keys has no current key")
        self._opened = {purpose: DataKeys(current[purpose], keys) for purpose, keys in opened.items()}

    async def _make_missing(self) -> None:
        """Make the first keys; of several processes that do so at once, one succeeds."""
        if self._opened:
            return
        await create_key_tables(self.database)
        there = {row.purpose for row in await self.database.fetch(_ALL)}
        for purpose in (PEOPLE, INDEX):
            if purpose not in there:
                row = self._row(await self._envelope.wrap(DataKey.generate()), purpose)
                try:
                    await self.database.write(_INSERT, row)
                except IntegrityError:
                    continue

    async def _unwrap(self, row: Any) -> DataKey:  # a row of data_keys
        return await self._envelope.unwrap(WrappedKey(row.id, row.kek, row.wrapped))

    def _row(self, wrapped: WrappedKey, purpose: str) -> dict[str, object]:
        return {**wrapped._asdict(), "purpose": purpose, "is_current": True, "created_at": self._clock.now()}
