"""The keys of people: made with their first data, remembered while they are right, destroyed for good."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any, NewType
from uuid import UUID

from sqlalchemy import Connection, LargeBinary, Uuid, bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from colonnade.core import Clock, DomainEvent
from colonnade.infrastructure.cache import BoundedDict
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import CHANNEL
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.protection.data_keys import PEOPLE, SqlDataKeys
from colonnade.infrastructure.protection.person_keys import LoadedKeys
from colonnade.infrastructure.protection.tables import (
    forget_what_was_deleted,
    overwrite_what_is_deleted,
    person_keys,
)
from colonnade.security.encryption import DataKey, DataKeys, Place

PersonId = NewType("PersonId", UUID)

_table = person_keys.c
_SELECT = select(_table.person_id, _table.wrapped, _table.data_key_id).where(
    _table.person_id.in_(bindparam("ids", type_=Uuid, expanding=True))
)
_DESTROY = (
    update(person_keys)
    .where(_table.person_id == bindparam("of_id"))
    .values(wrapped=None, data_key_id=None, destroyed_at=bindparam("now", type_=UtcDateTime))
)
_OUTDATED = (
    select(_table.person_id, _table.wrapped, _table.data_key_id)
    .where(_table.data_key_id != bindparam("current", type_=Uuid), _table.person_id > bindparam("after", type_=Uuid))
    .order_by(_table.person_id)
    .limit(bindparam("limit"))
)
_REWRAP = (
    update(person_keys)
    .where(_table.person_id == bindparam("of_id"), _table.data_key_id == bindparam("of_key", type_=Uuid))
    .values(wrapped=bindparam("new_wrapped", type_=LargeBinary), data_key_id=bindparam("new_key", type_=Uuid))
)
_DESTROYED = (
    select(_table.person_id)
    .where(_table.destroyed_at.is_not(None), _table.person_id > bindparam("after", type_=Uuid))
    .order_by(_table.person_id)
    .limit(bindparam("limit"))
)
_ANNOUNCE = text("SELECT pg_notify(:channel, :stream)")


class PersonKeys:
    """One key per person, sealed by a data key.

    Opened keys are kept in a bounded cache, and dropped when the person's stream changes: a look-up that began before
    that and ends after it is not kept. What is destroyed stays destroyed; nobody gets a second key.
    """

    def __init__(
        self,
        data_keys: SqlDataKeys,
        clock: Clock,
        *,
        stream_kind: str,
        announced_on: Database | None = None,
        size: int = 10_000,
    ) -> None:
        """Use a database of keys; make this before anything is read from it.

        Args:
            data_keys: What seals them, and where they are kept.
            clock: Dates them.
            stream_kind: Kind of the streams of people, such as `user`.
            announced_on: The database on which other processes listen for changes, if it is another one.
            size: How many keys are kept opened.
        """
        self._data_keys = data_keys
        self._database = data_keys.database
        self._announced_on = announced_on or self._database
        self._clock = clock
        self._stream_kind = stream_kind
        self._opened: BoundedDict[UUID, DataKey] = BoundedDict(size)
        self._changes = 0
        self._trusted = True
        kind = postgresql if self._database.is_postgresql else sqlite
        self._insert = kind.insert(person_keys).on_conflict_do_nothing(index_elements=["person_id"])
        overwrite_what_is_deleted(self._database)

    async def load(self, person_ids: Iterable[UUID]) -> LoadedKeys:
        """Return the keys of these people; whoever has none, or none any more, is left out.

        Raises:
            Unavailable: The database does not answer.
        """
        wanted = set(person_ids)
        keys = {person_id: key for person_id in wanted if (key := self._opened.get(person_id)) is not None}
        if missing := wanted - keys.keys():
            keys.update(await self._fetch(missing))
        return LoadedKeys(keys)

    async def ensure(self, person_ids: Iterable[UUID]) -> LoadedKeys:
        """Return the keys of these people, made for those who never had one.

        Raises:
            Unavailable: The database does not answer.
        """
        wanted = set(person_ids)
        keys = {person_id: key for person_id in wanted if (key := self._opened.get(person_id)) is not None}
        if missing := wanted - keys.keys():
            found = await self._fetch(missing)
            if missing := missing - found.keys():
                await self.create(missing)
                found.update(await self._fetch(missing))
            keys.update(found)
        return LoadedKeys(keys)

    async def create(self, person_ids: Collection[UUID]) -> None:
        """Make a key for each of these people who has none and never had one.

        Raises:
            Unavailable: The database does not answer.
        """
        try:
            await self._insert_fresh(person_ids)
        except IntegrityError:  # the data key was retired meanwhile
            await self._data_keys.reload()
            await self._insert_fresh(person_ids)

    async def destroy(self, person_id: UUID) -> None:
        """Destroy a person's key, for good and everywhere; a second time changes nothing.

        That the person had a key is remembered, so that data which comes late is not kept under a new one.

        Raises:
            Unavailable: The database does not answer.
        """
        await self.create([person_id])
        await self._database.write(_DESTROY, {"of_id": person_id, "now": self._clock.now()})
        self._forget_person(person_id)
        await forget_what_was_deleted(self._database)
        if self._announced_on.is_postgresql:
            stream = f"{self._stream_kind}-{person_id}"
            await self._announced_on.write(_ANNOUNCE, {"channel": CHANNEL, "stream": stream})

    async def destroyed(self, *, after: UUID, limit: int) -> list[UUID]:
        """Return those after an id whose keys are destroyed, by id.

        Raises:
            Unavailable: The database does not answer.
        """
        await self._data_keys.of(PEOPLE)
        return [row.person_id for row in await self._database.fetch(_DESTROYED, {"after": after, "limit": limit})]

    async def rewrap(self, *, batch: int = 500) -> int:
        """Seal with the current data key what former ones have sealed; return how many keys it were.

        Nobody is interrupted, and a key that is destroyed meanwhile stays destroyed.

        Args:
            batch: How many keys are sealed in one transaction.

        Raises:
            Unavailable: The database does not answer.
        """
        count, after = 0, UUID(int=0)
        keys = await self._data_keys.of(PEOPLE)
        while True:
            where = {"current": keys.current.id, "after": after, "limit": batch}
            rows = await self._database.fetch(_OUTDATED, where)
            if not rows:
                break
            keys = await self._data_keys.of(PEOPLE, {row.data_key_id for row in rows})
            changes = [self._resealed(row, keys) for row in rows]
            count += await self._database.transact(partial(_execute_all, changes))
            after = rows[-1].person_id
        await forget_what_was_deleted(self._database)
        return count

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Events of this process say nothing that `destroy` has not done."""

    def stream_changed(self, stream: str) -> None:
        """Forget the key of a person whom another process changed."""
        kind, _, person_id = stream.partition("-")
        if kind == self._stream_kind:
            self._forget_person(UUID(person_id))

    def trust(self, *, on: bool) -> None:
        """Remember keys from now on, or none."""
        self._trusted = on
        self._changes += 1
        self._opened.clear()

    def _forget_person(self, person_id: UUID) -> None:
        self._changes += 1
        self._opened.pop(person_id, None)

    async def _fetch(self, person_ids: Collection[UUID]) -> dict[UUID, DataKey]:
        changes = self._changes
        await self._data_keys.of(PEOPLE)
        rows = await self._database.fetch(_SELECT, {"ids": list(person_ids)})
        present = [row for row in rows if row.wrapped is not None]
        if not present:
            return {}
        data_keys = await self._data_keys.of(PEOPLE, {row.data_key_id for row in present})
        found = {row.person_id: _unwrapped(row, data_keys) for row in present}
        if self._trusted and changes == self._changes:
            for person_id, key in found.items():
                self._opened.put(person_id, key)
        return found

    async def _insert_fresh(self, person_ids: Collection[UUID]) -> None:
        keys, now = await self._data_keys.of(PEOPLE), self._clock.now()
        rows = [
            {"person_id": person_id, "created_at": now, **_wrapped(DataKey.generate(person_id), keys)}
            for person_id in person_ids
        ]
        await self._database.transact(lambda connection: connection.execute(self._insert, rows) and None)

    @staticmethod
    def _resealed(row: Any, keys: DataKeys) -> dict[str, object]:  # a row of person_keys
        fresh = _wrapped(_unwrapped(row, keys), keys)
        return {
            "of_id": row.person_id,
            "of_key": row.data_key_id,
            "new_wrapped": fresh["wrapped"],
            "new_key": fresh["data_key_id"],
        }


def _wrapped(key: DataKey, keys: DataKeys) -> dict[str, object]:
    return {"wrapped": keys.seal(key.secret, _place(key.id)), "data_key_id": keys.current.id}


def _unwrapped(row: Any, keys: DataKeys) -> DataKey:  # a row of person_keys
    return DataKey(row.person_id, keys.unseal(row.wrapped, _place(row.person_id)))


def _place(person_id: UUID) -> Place:
    return Place("key of a person", "person_keys", "wrapped", str(person_id))


def _execute_all(changes: Sequence[dict[str, object]], connection: Connection) -> int:
    return sum(connection.execute(_REWRAP, change).rowcount for change in changes)
