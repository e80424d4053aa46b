"""Reading the log for one partition of a subscription, a page at a time."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Integer, bindparam, case, literal, null, select, text, tuple_, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from colonnade.application.subscriptions import Subscription
from colonnade.core import EventTypes, RecordedEvent
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.event_log import EventProtector, LogPosition, StoredFacts, event_log
from colonnade.infrastructure.database.partitions import stream_partition
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.types import JsonModel

_SETTLED = "transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_FACTS = ("event_id", "stream", "stream_version", "type", "schema_version", "data", "metadata", "recorded_at")


class StoredEvent(NamedTuple):
    """An event as it lies in the log.

    Its class is looked up when it is handled: one that is not known yet stands in the way of its own stream alone.
    """

    at: LogPosition
    values: Sequence[Any]  # in the order of _FACTS

    @property
    def stream(self) -> str:
        """The stream."""
        return str(self.values[1])

    @property
    def type(self) -> str:
        """The wire name of the event."""
        return str(self.values[3])

    @property
    def facts(self) -> StoredFacts:
        """The facts as they lie in the log, sealed ones among them."""
        return StoredFacts(self.values[0], self.type, self.values[5])

    def load(self, types: EventTypes, facts: Mapping[str, object]) -> RecordedEvent:
        """Rebuild the event from its facts, opened.

        Raises:
            UnknownEvent: This process has no class for it.
        """
        event_id, stream, stream_version, event_type, schema_version, _, metadata, recorded_at = self.values
        return RecordedEvent(
            position=self.at.position,
            event_id=event_id,
            stream=stream,
            stream_version=stream_version,
            event=types.load(event_type, schema_version, facts),
            metadata=metadata,
            recorded_at=recorded_at,
        )


async def load_events(
    events: Sequence[StoredEvent], types: EventTypes, protector: EventProtector | None
) -> list[RecordedEvent]:
    """Rebuild events, opened with the keys of those whom they are about.

    Raises:
        UnknownEvent: This process has no class for one of them.
        Unavailable: The database of keys does not answer.
    """
    stored = [event.facts for event in events]
    opened = [one.facts for one in stored] if protector is None else await protector.opened(stored)
    return [event.load(types, facts) for event, facts in zip(events, opened, strict=True)]


class Batch(NamedTuple):
    """What a page of the log holds for a partition.

    Attributes:
        events: The events that concern it, in order.
        end: Where the page ends; none if there is nothing new.
        unsettled: Whether more that may concern it cannot be read yet, because an older transaction is still open.
        full: Whether the next page is there already.
        size: How many events of the log were looked at.
    """

    events: list[StoredEvent]
    end: LogPosition | None
    unsettled: bool
    full: bool
    size: int


class LogReader:
    """Reads what concerns a subscription."""

    def __init__(self, database: Database, subscription: Subscription, *, page: int = 500) -> None:
        self._database = database
        self._page = page
        log = event_log.c
        order = (log.transaction_id, log.position)
        settled = text(_SETTLED) if database.is_postgresql else literal(1)
        mine = stream_partition(log.stream, bindparam("partitions", type_=Integer)) == bindparam(
            "partition", type_=Integer
        )
        if not subscription.every_type:
            mine &= log.type.in_([literal(name) for name in subscription.types])
        page_of_log = (
            select(
                *order,
                *(_unchecked(log[name]).label(name) for name in _FACTS),
                case((mine, 1), else_=0).label("mine"),
                case((settled, 1), else_=0).label("settled"),
            )
            .where(tuple_(*order) > tuple_(bindparam("transaction_id"), bindparam("position")))
            .order_by(*order)
            .limit(bindparam("page"))
            .subquery()
        )
        rows = page_of_log.c
        self._statement = Prepared(
            select(
                rows.transaction_id,
                rows.position,
                rows.settled,
                rows.mine,
                *(case((rows.mine == 1, rows[name]), else_=null()).label(name) for name in _FACTS),
            ).order_by(rows.transaction_id, rows.position)
        )
        self._one = Prepared(
            select(*order, *(_unchecked(log[name]) for name in _FACTS)).where(log.position == bindparam("position"))
        )

    async def read(self, after: LogPosition, partition: int, partitions: int) -> Batch:
        """Return the next page.

        Args:
            after: The checkpoint.
            partition: Which share of the streams.
            partitions: How many shares there are.
        """
        where = {"partition": partition, "partitions": partitions, "page": self._page, **after._asdict()}
        rows = await self._database.read(self._statement, where)
        events, end = list[StoredEvent](), None
        for size, row in enumerate(rows):
            if not row[2]:
                concerned = len(rows) == self._page or any(hidden[3] for hidden in rows[size:])
                return Batch(events, end, unsettled=concerned, full=False, size=size)
            end = LogPosition(row[0], row[1])
            if row[3]:
                events.append(StoredEvent(end, row[4:]))
        return Batch(events, end, unsettled=False, full=len(rows) == self._page, size=len(rows))

    async def at(self, position: int) -> StoredEvent | None:
        """Return the event at a position."""
        rows = await self._database.read(self._one, {"position": position})
        return StoredEvent(LogPosition(rows[0][0], rows[0][1]), rows[0][2:]) if rows else None


def _unchecked(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column of the log whose JSON is not checked as it is read: the event's class does that."""
    return type_coerce(column, JSON()) if isinstance(column.type, JsonModel) else column
