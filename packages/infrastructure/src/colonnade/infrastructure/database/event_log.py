"""The event log: every change of every aggregate, once, in one table that is outbox, audit, replay and feed at once.

Readers go by `(transaction_id, position)`, not by position alone. A position is drawn when a row is inserted, but the
row is seen only when its transaction commits, which may be later than that of a higher position: a reader that went by
position would skip it. On PostgreSQL, whoever reads only below `pg_snapshot_xmin(pg_current_snapshot())` knows that
every transaction there has ended, and that whatever is still to come sorts after.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.sql.elements import ColumnElement

from colonnade.core import DomainEvent, EventTypes, RecordedEvent
from colonnade.infrastructure.database.engine import Database, Rows
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import (
    JsonModel,
    TransactionId,
    UtcDateTime,
    current_transaction_id,
    load_json,
)

CHANNEL = "colonnade_events"
"""The PostgreSQL notification channel that says which streams were appended to."""

EVERY_STREAM = "*"
"""What is said when too many streams were appended to to name them."""

_PAYLOAD_BYTES = 7_900

event_log = Table(
    "event_log",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True),
    Column("transaction_id", TransactionId, nullable=False, server_default=current_transaction_id()),
    Column("event_id", Uuid, nullable=False),
    Column("stream", Text, nullable=False),
    Column("stream_version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema_version", SmallInteger, nullable=False),
    Column("data", JsonModel(dict[str, Any]), nullable=False),
    Column("metadata", JsonModel(dict[str, str]), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("event_id", name="uq_event_log_event_id"),
    UniqueConstraint("stream", "stream_version", name="uq_event_log_stream_version"),
    Index("ix_event_log_order", "transaction_id", "position"),
)


class LogPosition(NamedTuple):
    """A place in the log's reading order; compare as tuples."""

    transaction_id: int
    position: int


START = LogPosition(-1, -1)
"""Before the first event."""


class NewEvent(NamedTuple):
    """An event that is about to be appended."""

    event_id: UUID
    stream: str
    stream_version: int
    type: str
    schema_version: int
    data: bytes
    metadata: str
    recorded_at: datetime


class StoredFacts(NamedTuple):
    """The facts of an event as they lie in the log."""

    event_id: UUID
    event_type: str
    facts: Mapping[str, Any]


class Sealing(Protocol):
    """Writes the events of one commit so that some of their facts can be opened with a key only."""

    def to_json(self, event: DomainEvent, event_id: UUID) -> bytes:
        """Return an event's facts as the log holds them."""
        ...

    def about_to_json(self, event_id: UUID) -> bytes:
        """Return an event's metadata as the log holds them."""
        ...


class EventProtector(Protocol):
    """Seals what events say of people on its way into the log, and opens it on its way out."""

    async def sealing(self, events: Sequence[DomainEvent], about: Mapping[str, str]) -> Sealing | None:
        """Get what events with these metadata are sealed with; nothing if there is nothing to seal."""
        ...

    async def opened(self, stored: Sequence[StoredFacts]) -> Sequence[Mapping[str, object]]:
        """Return facts as they were before they were sealed."""
        ...


_INSERT_POSTGRESQL = """
        INSERT INTO event_log (event_id, stream, stream_version, type, schema_version, data, metadata, recorded_at)
        SELECT id, stream, version, type, schema, facts::jsonb, about::jsonb, moment
        FROM unnest(CAST(:ids AS uuid[]), CAST(:streams AS text[]), CAST(:versions AS int[]), CAST(:types AS text[]),
                    CAST(:schemas AS smallint[]), CAST(:facts AS text[]), CAST(:abouts AS text[]),
                    CAST(:moments AS timestamptz[]))
             AS t(id, stream, version, type, schema, facts, about, moment)
        ORDER BY stream, version
"""
_APPEND_POSTGRESQL = text(_INSERT_POSTGRESQL)
_APPEND_AND_ANNOUNCE = text(f"WITH appended AS ({_INSERT_POSTGRESQL}) SELECT pg_notify(:channel, :payload)")
_APPEND = insert(event_log)
_OVERTAKEN = text(
    """
    SELECT 1 FROM event_log
    WHERE stream = ANY(CAST(:streams AS text[])) AND transaction_id > pg_current_xact_id()::text::bigint LIMIT 1
    """
)
_SETTLED = text("transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def append(connection: Connection, events: Sequence[NewEvent], *, announced: Collection[str] | None = None) -> None:
    """Append events within a transaction: one round trip on PostgreSQL, however many they are.

    Args:
        connection: The transaction.
        events: What to append.
        announced: Kinds of streams whose changes other processes hear of; all if not said. PostgreSQL commits
            transactions that announce something one after the other, so it is for what caches hold.

    Raises:
        sqlalchemy.exc.IntegrityError: A stream has an event with this version already.
    """
    if connection.dialect.name == "postgresql":
        ids, streams, versions, types, schemas, facts, abouts, moments = zip(*events, strict=True)
        payload = _payload([stream for stream in streams if announced is None or _kind(stream) in announced])
        statement, told = _APPEND_POSTGRESQL, dict[str, str]()
        if payload:
            statement, told = _APPEND_AND_ANNOUNCE, {"channel": CHANNEL, "payload": payload}
        connection.execute(
            statement,
            {
                "ids": ids,
                "streams": streams,
                "versions": versions,
                "types": types,
                "schemas": schemas,
                "facts": [fact.decode() for fact in facts],
                "abouts": abouts,
                "moments": moments,
                **told,
            },
        )
        return
    rows = [
        {**event._asdict(), "data": load_json(event.data), "metadata": load_json(event.metadata)} for event in events
    ]
    connection.execute(_APPEND, rows)


def _kind(stream: str) -> str:
    return stream.partition("-")[0]


def _payload(streams: Sequence[str]) -> str:
    payload = " ".join(dict.fromkeys(streams))
    return payload if len(payload) < _PAYLOAD_BYTES else EVERY_STREAM


def is_overtaken(connection: Connection, streams: Sequence[str]) -> bool:
    """Tell whether a younger transaction has appended to one of these streams (PostgreSQL).

    Then this transaction's events would be read before theirs although they happened after. It can only be when a
    transaction had written something before it read the aggregate.
    """
    return connection.execute(_OVERTAKEN, {"streams": list(streams)}).first() is not None


class EventLog:
    """Reads the log in an order in which nothing is ever added behind a reader's back."""

    def __init__(self, database: Database, types: EventTypes, protector: EventProtector | None = None) -> None:
        """Read a log.

        Args:
            database: Where it is.
            types: The classes of its events.
            protector: Opens what is sealed in it, if anything is.
        """
        self._database = database
        self._types = types
        self._protector = protector
        order = (event_log.c.transaction_id, event_log.c.position)
        after = tuple_(*order) > tuple_(bindparam("transaction_id"), bindparam("position"))
        settled: tuple[ColumnElement[bool], ...] = (after, _SETTLED) if database.is_postgresql else (after,)  # type: ignore[assignment]  # text stands for a condition
        self._read = select(event_log).where(*settled).order_by(*order).limit(bindparam("limit"))
        self._stream = (
            select(event_log).where(event_log.c.stream == bindparam("stream")).order_by(event_log.c.stream_version)
        )

    async def read(self, after: LogPosition = START, *, limit: int = 500) -> list[tuple[LogPosition, RecordedEvent]]:
        """Return the next events after a position, oldest first, each with its own position.

        Args:
            after: Where the reader is.
            limit: How many at most.
        """
        rows = await self._database.fetch(self._read, {**after._asdict(), "limit": limit})
        places = [LogPosition(row.transaction_id, row.position) for row in rows]
        return list(zip(places, await self._recorded(rows), strict=True))

    async def stream(self, stream: str) -> list[RecordedEvent]:
        """Return all events of one aggregate, oldest first."""
        return await self._recorded(await self._database.fetch(self._stream, {"stream": stream}))

    async def _recorded(self, rows: Rows) -> list[RecordedEvent]:
        if self._protector is None:
            return [self._event(row, row.data) for row in rows]
        opened = await self._protector.opened([StoredFacts(row.event_id, row.type, row.data) for row in rows])
        return [self._event(row, facts) for row, facts in zip(rows, opened, strict=True)]

    def _event(self, row: Any, facts: Mapping[str, object]) -> RecordedEvent:  # a row of the event_log table
        return RecordedEvent(
            position=row.position,
            event_id=row.event_id,
            stream=row.stream,
            stream_version=row.stream_version,
            event=self._types.load(row.type, row.schema_version, facts),
            metadata=row.metadata,
            recorded_at=row.recorded_at,
        )
