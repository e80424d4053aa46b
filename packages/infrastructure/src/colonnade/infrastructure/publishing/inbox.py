"""The inbox in the database: an event's effect and the memory of it are one transaction."""

from datetime import datetime
from typing import NewType
from uuid import UUID

from sqlalchemy import bindparam, delete, insert
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.application.publishing import ParkedMessage
from colonnade.core import Clock, new_id
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.unit_of_work import SqlUnitOfWork
from colonnade.infrastructure.publishing.tables import inbox, parked_messages

ParkedMessageId = NewType("ParkedMessageId", UUID)

_NOTES = {
    kind.__name__: kind.insert(inbox).on_conflict_do_nothing().returning(inbox.c.event_id)
    for kind in (postgresql, sqlite)
}
_PARK = insert(parked_messages)
_FORGET = delete(inbox).where(inbox.c.received_at < bindparam("before", type_=UtcDateTime))


class SqlInbox:
    """Remembers, within a unit of work, which events had their effect."""

    def __init__(self, unit_of_work: SqlUnitOfWork, database: Database, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._note = _NOTES[(postgresql if database.is_postgresql else sqlite).__name__]
        self._clock = clock

    async def first_time(self, consumer: str, event_id: str) -> bool:
        """Note that a consumer has done what is to be done about an event, and tell whether it had not before.

        A second unit of work that asks at the same time waits until this one has ended.
        """
        row = {"consumer": consumer, "event_id": event_id, "received_at": self._clock.now()}
        return bool(await self._unit_of_work.fetch_and_lock(self._note, row))


class SqlParking:
    """Keeps messages that nobody could deal with."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def park(self, message: ParkedMessage) -> None:
        """Keep a message."""
        await self._database.write(
            _PARK,
            {
                "id": new_id(ParkedMessageId),
                "topic": message.topic,
                "consumer_group": message.group,
                "headers": dict(message.headers),
                "body": message.body,
                "error": message.error,
                "deliveries": message.deliveries,
                "event_id": message.event_id,
                "parked_at": self._clock.now(),
            },
        )


async def forget_before(database: Database, moment: datetime) -> None:
    """Forget which events had their effect before a moment: brokers do not bring them again after so long."""
    await database.write(_FORGET, {"before": moment})
