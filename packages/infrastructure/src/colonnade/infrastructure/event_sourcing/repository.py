"""The repository of event-sourced aggregates: streams instead of rows, and any of their past states."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_

from colonnade.core import DomainEvent, EventTypes, NotFound, Specification, predicate
from colonnade.core.event_sourcing import EventSourced
from colonnade.infrastructure.database.event_log import EventProtector, LogPosition, StoredFacts, event_log
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.unit_of_work import Change, SqlUnitOfWork, Statement
from colonnade.infrastructure.event_sourcing.snapshots import KEEP, NEWEST
from colonnade.infrastructure.event_sourcing.streams import AggregateStream

Aggregate = TypeVar("Aggregate", bound=EventSourced[Any])  # the identifier's type is the next parameter
Id = TypeVar("Id", bound=UUID)

_ANY_VERSION = 2**31 - 1

_log = event_log.c
_OF_STREAM = _log.stream == bindparam("of_stream")
_EVENTS = (
    select(_log.event_id, _log.type, _log.schema_version, _log.data)
    .where(
        _OF_STREAM,
        _log.stream_version > bindparam("after_version"),
        _log.stream_version <= bindparam("last_version"),
    )
    .order_by(_log.stream_version)
)
_STREAMS = select(_log.stream).where(
    _log.stream_version == 1, func.substr(_log.stream, 1, bindparam("length")) == bindparam("prefix")
)


def _last_version(condition: ColumnElement[bool]) -> Select[tuple[int | None]]:
    return select(func.max(_log.stream_version)).where(_OF_STREAM, condition)


_BY_POSITION = _last_version(
    tuple_(_log.transaction_id, _log.position) <= tuple_(bindparam("transaction_id"), bindparam("position"))
)
_BY_MOMENT = _last_version(_log.recorded_at <= bindparam("moment", type_=UtcDateTime))


@dataclass(slots=True)
class _Tracked(Generic[Aggregate]):
    """An aggregate in the identity map.

    Attributes:
        aggregate: The aggregate.
        expected: What it should be: a copy of what was read, to which only its recorded events happen.
        version: The version that was read; 0 for a new one.
        snapshot_version: The version of the snapshot that it was read from; 0 without one.
    """

    aggregate: Aggregate
    expected: Aggregate
    version: int
    snapshot_version: int


class EventSourcedRepository(Generic[Aggregate, Id]):
    """The event-sourced aggregates of one kind that a tenant owns, within one unit of work."""

    def __init__(
        self,
        unit_of_work: SqlUnitOfWork,
        kind: AggregateStream[Aggregate],
        types: EventTypes,
        *,
        tenant: UUID | None = None,
        protector: EventProtector | None = None,
    ) -> None:
        """Join a unit of work.

        Args:
            unit_of_work: The transaction to be part of.
            kind: How the aggregates lie in the log.
            types: The classes of their events.
            tenant: Whose they are; needed exactly if the kind says whose its aggregates are.
            protector: Opens what is sealed in the log, if anything is.

        Raises:
            TypeError: The tenant is missing or not asked for.
        """
        if (kind.tenant is None) is not (tenant is None):
            raise TypeError(f"{kind.kind.__name__} {'has no' if kind.tenant is None else 'needs a'} tenant")
        self._unit_of_work = unit_of_work
        self._kind = kind
        self._types = types
        self._tenant = tenant
        self._protector = protector
        self._tracked: dict[UUID, _Tracked[Aggregate]] = {}
        unit_of_work.join(self)

    async def get(self, aggregate_id: Id, /) -> Aggregate:
        """Return the aggregate, the same object for the same id.

        Raises:
            NotFound: There is none, or it is another tenant's.
        """
        known = self._tracked.get(aggregate_id)
        if known is not None:
            return known.aggregate
        return self._adopt(*await self._read(aggregate_id))

    async def add(self, aggregate: Aggregate, /) -> None:
        """Put a new aggregate in; its events are appended when the unit of work commits."""
        self._tracked[aggregate.id] = _Tracked(aggregate, self._kind.kind.blank(aggregate.id), 0, 0)

    async def matching(self, specification: Specification, /, *, limit: int = 100) -> list[Aggregate]:
        """Return up to `limit` stored aggregates that satisfy the specification, in the order of their ids.

        It looks at the whole log for streams of this kind and replays one after the other: for tests, tools and kinds
        of which there are few. What is asked for often is a projection.
        """
        prefix = self._kind.prefix
        rows = await self._unit_of_work.fetch(_STREAMS, {"prefix": prefix, "length": len(prefix)})
        matches, found = predicate(specification), list[Aggregate]()
        for aggregate_id in sorted(UUID(row.stream.removeprefix(prefix)) for row in rows):
            if len(found) == limit:
                break
            aggregate, snapshot_version = await self._replay(aggregate_id)
            if self._is_mine(aggregate) and matches(aggregate):
                found.append(self._adopt(aggregate, snapshot_version))
        return found

    async def as_of(
        self,
        aggregate_id: Id,
        /,
        *,
        version: int | None = None,
        position: LogPosition | None = None,
        moment: datetime | None = None,
    ) -> Aggregate:
        """Return the aggregate as it was, to be looked at: what is done to it is never written.

        Args:
            aggregate_id: Which aggregate.
            version: As it was after so many events.
            position: As a reader of the log knows it who has come so far.
            moment: As it was then, by when events were recorded.

        Raises:
            NotFound: It was not there yet, has not come so far, or is another tenant's.
            TypeError: Not exactly one of the three says when.
        """
        stream, last = {"of_stream": self._kind.name(aggregate_id)}, version
        match version, position, moment:
            case int(), None, None:
                pass
            case None, LogPosition(), None:
                last = (await self._unit_of_work.fetch(_BY_POSITION, {**stream, **position._asdict()}))[0][0]
            case None, None, datetime():
                last = (await self._unit_of_work.fetch(_BY_MOMENT, {**stream, "moment": moment}))[0][0]
            case _:
                raise TypeError("say as of when: by a version, by a position or by a moment")
        aggregate, _ = await self._read(aggregate_id, last or 0)
        if aggregate.version != last:
            raise NotFound(self._kind.missing)
        return aggregate

    def changes(self) -> list[Change]:
        """Return what must be written: events, which the unit of work appends, and snapshots that are due.

        Raises:
            TypeError: An aggregate changed otherwise than by its events, or was added without one.
            NotFound: A new aggregate is another tenant's.
        """
        return [change for tracked in self._tracked.values() if (change := self._change(tracked)) is not None]

    def forget(self) -> None:
        """Empty the identity map."""
        self._tracked.clear()

    async def _read(self, aggregate_id: UUID, last_version: int = _ANY_VERSION) -> tuple[Aggregate, int]:
        aggregate, snapshot_version = await self._replay(aggregate_id, last_version)
        if not aggregate.version or not self._is_mine(aggregate):
            raise NotFound(self._kind.missing)
        return aggregate, snapshot_version

    async def _replay(self, aggregate_id: UUID, last_version: int = _ANY_VERSION) -> tuple[Aggregate, int]:
        """Return an aggregate at a version, and the version of the snapshot that was gone on from."""
        where = {"of_stream": self._kind.name(aggregate_id), "last_version": last_version}
        aggregate = await self._from_snapshot(aggregate_id, where)
        snapshot_version = aggregate.version
        rows = await self._unit_of_work.fetch(_EVENTS, {**where, "after_version": snapshot_version})
        facts: Sequence[Mapping[str, object]] = [row.data for row in rows]
        if self._protector is not None:
            facts = await self._protector.opened([StoredFacts(row.event_id, row.type, row.data) for row in rows])
        aggregate.replay(
            self._types.load(row.type, row.schema_version, its) for row, its in zip(rows, facts, strict=True)
        )
        return aggregate, snapshot_version

    async def _from_snapshot(self, aggregate_id: UUID, where: dict[str, Any]) -> Aggregate:  # a text and a number
        policy = self._kind.snapshots
        if policy is not None:
            rows = await self._unit_of_work.fetch(NEWEST, {**where, "of_schema_version": policy.schema_version})
            if rows:
                aggregate = policy.from_snapshot(aggregate_id, rows[0].data)
                aggregate.version = rows[0].stream_version
                return aggregate
        return self._kind.kind.blank(aggregate_id)

    def _adopt(self, aggregate: Aggregate, snapshot_version: int) -> Aggregate:
        fresh = _Tracked(aggregate, deepcopy(aggregate), aggregate.version, snapshot_version)
        return self._tracked.setdefault(aggregate.id, fresh).aggregate

    def _change(self, tracked: _Tracked[Aggregate]) -> Change | None:
        aggregate, recorded = tracked.aggregate, tracked.aggregate.recorded_events
        self._require_events(tracked, recorded)
        if tracked.version == 0:
            self._require_new(aggregate)
        if not recorded:
            return None
        return Change(aggregate, self._snapshot(tracked), tracked.version, 0)

    def _snapshot(self, tracked: _Tracked[Aggregate]) -> list[Statement]:
        policy, aggregate = self._kind.snapshots, tracked.aggregate
        if policy is None or aggregate.version - tracked.snapshot_version < policy.every:
            return []
        row = {
            "stream": aggregate.stream,
            "stream_version": aggregate.version,
            "schema_version": policy.schema_version,
            "data": policy.to_snapshot(aggregate),
        }
        return [(KEEP, row, None)]

    def _require_new(self, aggregate: Aggregate) -> None:
        if not aggregate.recorded_events:
            raise TypeError(
                f"{type(aggregate).__name__} was added without recording an event: there is nothing to keep"
            )
        if not self._is_mine(aggregate):
            raise NotFound(self._kind.missing)

    @staticmethod
    def _require_events(tracked: _Tracked[Aggregate], recorded: Sequence[DomainEvent]) -> None:
        """Make sure that the state is what the events make of it: nothing else is kept."""
        expected, aggregate = tracked.expected, tracked.aggregate
        expected.replay(recorded[expected.version - tracked.version :])
        before, after = asdict(expected), asdict(aggregate)
        changed = sorted(name for name in after if name != "_recorded" and after[name] != before[name])
        if changed:
            raise TypeError(f"{type(aggregate).__name__} changed {changed} without recording an event")

    def _is_mine(self, aggregate: Aggregate) -> bool:
        return self._kind.tenant is None or getattr(aggregate, self._kind.tenant) == self._tenant
