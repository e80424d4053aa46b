"""Setting events aside: a failing event waits for its next attempt, or for a person, and only its stream behind it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, NewType
from uuid import UUID

from sqlalchemy import Connection, Integer, Text, and_, bindparam, delete, exists, func, insert, or_, select, update

from colonnade.application.messaging import RetryPolicy
from colonnade.core import Clock, ColonnadeError, new_id
from colonnade.core.events import UnknownEvent
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.event_log import LogPosition
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.unit_of_work import LeaseLost
from colonnade.infrastructure.faults import code_of, text_of
from colonnade.infrastructure.subscriptions.checkpoints import ADVANCE, Partition
from colonnade.infrastructure.subscriptions.reader import StoredEvent
from colonnade.infrastructure.subscriptions.tables import DEAD, RETRYING, WAITING, parked_events

_LONGEST_ERROR = 2_000

_table = parked_events.c
_OF_PARTITION = (
    _table.subscription == bindparam("of_subscription"),
    _table.generation == bindparam("of_generation"),
    _table.partition == bindparam("of_partition"),
)
_STREAMS = select(_table.stream).where(*_OF_PARTITION).distinct()
_NOW = bindparam("now", type_=UtcDateTime)
_older = parked_events.alias("older")
_IS_FIRST = ~(
    exists()
    .where(
        _older.c.subscription == _table.subscription,
        _older.c.generation == _table.generation,
        _older.c.partition == _table.partition,
        _older.c.stream == _table.stream,
        _older.c.position < _table.position,
    )
    .correlate(parked_events)
)
_IS_TRIED = or_(_table.state == RETRYING, and_(_table.state == WAITING, _IS_FIRST))  # what stood before it is gone
_DUE = (
    select(_table.id, _table.stream, _table.position, _table.attempts, _table.parked_at)
    .where(*_OF_PARTITION, _IS_TRIED, func.coalesce(_table.next_at, _NOW) <= _NOW)
    .order_by(_table.position)
    .limit(100)
)
_NEXT_AT = select(func.min(func.coalesce(_table.next_at, _NOW))).where(*_OF_PARTITION, _IS_TRIED)
_BEHIND = (
    select(_table.id, _table.stream, _table.position, _table.attempts, _table.parked_at)
    .where(*_OF_PARTITION, _table.stream == bindparam("of_stream"))
    .order_by(_table.position)
    .limit(1)
)
DONE = delete(parked_events).where(_table.id == bindparam("of_id"))
_FAILED = (
    update(parked_events)
    .where(_table.id == bindparam("of_id"))
    .values(
        state=bindparam("new_state", type_=Text),
        attempts=bindparam("new_attempts", type_=Integer),
        next_at=bindparam("new_next_at", type_=UtcDateTime),
        error_code=bindparam("new_error_code", type_=Text),
        error=bindparam("new_error", type_=Text),
    )
)


ParkedId = NewType("ParkedId", UUID)


class Parked(NamedTuple):
    """An event that was set aside."""

    id: UUID
    stream: str
    position: int
    attempts: int
    parked_at: datetime


class Fault(NamedTuple):
    """Why an event was set aside, and when it is tried again.

    Attributes:
        code: Stable name of the error.
        text: What is known of it, for people.
        attempts: How often it was tried.
        next_at: When it is tried again; never by itself if not said.
    """

    code: str
    text: str
    attempts: int
    next_at: datetime | None

    @property
    def state(self) -> str:
        """The state of the event."""
        return DEAD if self.next_at is None else RETRYING


def fault_of(error: BaseException, attempts: int, policy: RetryPolicy, clock: Clock) -> Fault:
    """Return what a failed attempt leads to.

    An error that says of itself that it will not go away is left to a person at once; every other one, the unexpected
    included, after the last attempt of the policy. An event that only a newer process knows waits for one, however
    long a rolling update takes.
    """
    refused = isinstance(error, ColonnadeError) and not error.retryable
    exhausted = attempts >= policy.limit and not isinstance(error, UnknownEvent)
    next_at = None if refused or exhausted else clock.now() + timedelta(seconds=policy.pause_seconds(attempts))
    return Fault(code_of(error), text_of(error), attempts, next_at)


class Parking:
    """The events of one partition that were set aside."""

    def __init__(self, database: Database, partition: Partition) -> None:
        self._database = database
        self._partition = partition
        self._of: Mapping[str, Any] = {  # values of the key's columns
            name: value for name, value in partition.key().items() if name != "of_fence"
        }

    async def streams(self) -> set[str]:
        """Return the streams that something of was set aside."""
        return {row[0] for row in await self._database.fetch(_STREAMS, self._of)}

    async def due(self, now: datetime) -> list[Parked]:
        """Return the events whose next attempt is due."""
        return [Parked(*row) for row in await self._database.fetch(_DUE, {**self._of, "now": now})]

    async def next_at(self, now: datetime) -> datetime | None:
        """Return when the next attempt is due."""
        moment: datetime | None = (await self._database.fetch(_NEXT_AT, {**self._of, "now": now}))[0][0]
        return moment

    async def behind(self, stream: str) -> Parked | None:
        """Return the oldest event of a stream that was set aside."""
        rows = await self._database.fetch(_BEHIND, {**self._of, "of_stream": stream})
        return Parked(*rows[0]) if rows else None

    async def put(self, event: StoredEvent, kept: LogPosition, fault: Fault | None, now: datetime) -> None:
        """Set an event aside and move the checkpoint past it, together.

        Args:
            event: Which event.
            kept: Where the checkpoint is.
            fault: What is wrong with it; nothing if it only waits behind another one of its stream.
            now: The present moment.

        Raises:
            LeaseLost: Another worker reads this partition by now.
        """
        partition = self._partition
        row = {
            "id": new_id(ParkedId),
            "subscription": partition.subscription,
            "generation": partition.generation,
            "partition": partition.number,
            "stream": event.stream,
            **event.at._asdict(),
            "event_id": event.values[0],
            "event_type": event.type,
            "state": WAITING if fault is None else fault.state,
            "attempts": 0 if fault is None else fault.attempts,
            "next_at": None if fault is None else fault.next_at,
            "error_code": None if fault is None else fault.code,
            "error": None if fault is None else fault.text[:_LONGEST_ERROR],
            "parked_at": now,
        }

        def put(connection: Connection) -> None:
            connection.execute(insert(parked_events), row)
            _advance(connection, partition, kept, event.at)

        await self._database.transact(put)

    async def failed(self, parked: Parked, fault: Fault) -> None:
        """Note that another attempt failed."""
        await self._database.write(
            _FAILED,
            {
                "of_id": parked.id,
                "new_state": fault.state,
                "new_attempts": fault.attempts,
                "new_next_at": fault.next_at,
                "new_error_code": fault.code,
                "new_error": fault.text[:_LONGEST_ERROR],
            },
        )

    async def done(self, parked: Parked) -> None:
        """Forget an event whose effect, outside the database, has happened."""
        await self._database.write(DONE, {"of_id": parked.id})


def _advance(connection: Connection, partition: Partition, kept: LogPosition, to: LogPosition) -> None:
    if connection.execute(ADVANCE, partition.advance(kept, to)).rowcount != 1:
        raise LeaseLost("another worker reads this partition by now")
