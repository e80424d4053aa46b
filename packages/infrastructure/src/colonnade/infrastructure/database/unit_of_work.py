"""The unit of work: one transaction for the changed rows and their events, opened as late as can be."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Delete, Executable, TextClause, Update
from sqlalchemy.exc import IntegrityError

from colonnade.core import (
    AggregateRoot,
    Clock,
    ColonnadeError,
    Conflict,
    DomainEvent,
    Unavailable,
    VersionConflict,
    new_id,
)
from colonnade.core.events import EventId
from colonnade.infrastructure.database import event_log
from colonnade.infrastructure.database.constraints import ConstraintErrors
from colonnade.infrastructure.database.engine import Database, Rows
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.tenancy import Tenant
from colonnade.infrastructure.database.types import dump_json

STREAM_CONSTRAINT = "uq_event_log_stream_version"

Statement = tuple[Executable, Mapping[str, Any], int | None]
"""What to execute, with what, and how many rows it must touch for nobody to have been faster."""

Told = Callable[[], None]
"""Hears that the unit of work was committed."""

Fence = Update | Delete | TextClause
"""Touches one row as long as something is still owned."""


_prepared = lru_cache(maxsize=64)(Prepared)


class LeaseLost(Conflict):
    """What this process was about to finish belongs to another one by now, which will finish it."""

    code = "lease_lost"


class Change(NamedTuple):
    """What one aggregate needs written.

    Attributes:
        aggregate: The aggregate.
        statements: Its rows and those of its parts, in order.
        version: The version that it was read with, 0 for a new one.
        order: Place of its table among those that refer to each other: what is referred to is written first.
    """

    aggregate: AggregateRoot[Any]  # identifiers of any type
    statements: Sequence[Statement]
    version: int
    order: int


class Participant(Protocol):
    """A repository in a unit of work."""

    def changes(self) -> list[Change]:
        """Return what must be written."""
        ...

    def forget(self) -> None:
        """Drop everything that was read or added."""
        ...


class CommitListener(Protocol):
    """Hears of events right after they became permanent, in the process that wrote them."""

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Take note; must neither wait nor fail."""
        ...


class SqlUnitOfWork:
    """One transaction over any number of repositories."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        constraints: ConstraintErrors,
        metadata: Mapping[str, str] | None = None,
        listeners: Sequence[CommitListener] = (),
        announced: Collection[str] | None = None,
        otherwise: AggregateRoot[Any] | None = None,
        tenant: Tenant | None = None,
        protector: event_log.EventProtector | None = None,
    ) -> None:
        """Prepare a unit of work; nothing is opened yet.

        Args:
            database: Where.
            clock: Dates the events.
            constraints: What violated constraints mean.
            metadata: Who and why, kept with every event.
            listeners: Who hears of the events after the commit.
            announced: Kinds of streams whose changes other processes hear of at once; all if not said.
            otherwise: What is recorded if nothing else is, such as that a command was done.
            tenant: Whose rows PostgreSQL shows and takes (`tenancy`); nobody's if not said.
            protector: Seals what events say of people, if anything does.
        """
        self._announced = announced
        self._otherwise = otherwise
        self._tenant = tenant
        self._protector = protector
        self._database = database
        self._clock = clock
        self._constraints = constraints
        self._about = metadata or {}
        self._metadata = dump_json(self._about)
        self._listeners = listeners
        self._participants: list[Participant] = []
        self._last: list[Statement] = []
        self._fences: list[tuple[Fence, Mapping[str, Any]]] = []
        self._told: list[Told] = []
        self._connection: Connection | None = None
        self._wrote_early = False

    def join(self, participant: Participant) -> None:
        """Make a repository part of the transaction."""
        self._participants.append(participant)

    def at_commit(self, statement: Executable, parameters: Mapping[str, Any], *, rows: int | None = None) -> None:
        """Execute a statement of no aggregate together with the changes.

        Args:
            statement: What to execute.
            parameters: With what.
            rows: How many rows it must touch; with another number nothing is committed.
        """
        self._last.append((statement, parameters, rows))

    def at_commit_if_owned(self, statement: Fence, parameters: Mapping[str, Any]) -> None:
        """Commit only if a statement still touches its one row: the fence of a lease (Kleppmann, DDIA, chapter 8)."""
        self._fences.append((statement, parameters))

    def after_commit(self, told: Told) -> None:
        """Call a function, which must neither wait nor fail, once everything is committed."""
        self._told.append(told)

    def recorded_events(self) -> Sequence[DomainEvent]:
        """Return what happened so far to the aggregates of this unit of work, and is not committed yet."""
        changes = (change for participant in self._participants for change in participant.changes())
        return [event for change in changes for event in change.aggregate.recorded_events]

    async def fetch(self, statement: Executable, parameters: Mapping[str, Any]) -> Rows:
        """Read within the transaction."""
        return await self._database.run(self._execute, statement, parameters)

    async def fetch_and_lock(self, statement: Executable, parameters: Mapping[str, Any]) -> Rows:
        """Write before the commit, and return the rows that the statement gives: others wait for this transaction."""
        self._wrote_early = True
        return await self._database.run(self._execute, statement, parameters)

    async def commit(self) -> None:
        """Write every change and its events.

        Raises:
            VersionConflict: Somebody else changed one of the aggregates first; nothing was written.
            ColonnadeError: A constraint was violated; nothing was written.
        """
        changes = [change for participant in self._participants for change in participant.changes()]
        if self._otherwise is not None:
            if not any(change.aggregate.recorded_events for change in changes):
                changes.append(Change(self._otherwise, (), 0, 0))
            self._otherwise = None
        told = tuple(self._told)
        if not changes and not told and not self._last and not self._fences and self._connection is None:
            return
        changes.sort(key=lambda change: change.order)
        events = [event for change in changes for event in change.aggregate.recorded_events]
        sealing = await self._protector.sealing(events, self._about) if self._protector is not None and events else None
        try:
            if changes or self._last or len(self._fences) != 1 or self._connection is not None:
                await self._database.run(self._commit, changes, sealing)
            else:
                await self._commit_alone(*self._fences[0])
        except BaseException as error:
            if isinstance(error, Unavailable) or not isinstance(error, ColonnadeError):
                self._tell(events)
            raise
        for change in changes:
            change.aggregate.release_events()
        self._forget()
        self._tell(events)
        for tell in told:
            tell()

    def _forget(self) -> None:
        for participant in self._participants:
            participant.forget()
        self._last.clear()
        self._fences.clear()
        self._told.clear()

    def _tell(self, events: Sequence[DomainEvent]) -> None:
        """Let listeners know of what was committed, or may have been, if nobody waited for the end of it."""
        for listener in self._listeners if events else ():
            listener.committed(events)

    async def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._forget()
        if self._connection is not None:
            await self._database.run(self._close)

    def _begin(self) -> Connection:
        if self._connection is None:
            self._connection = self._database.begin(self._tenant)
        return self._connection

    def _execute(self, statement: Executable, parameters: Mapping[str, Any]) -> Rows:
        return self._begin().execute(statement, parameters).all()

    def _commit(self, changes: Sequence[Change], sealing: event_log.Sealing | None) -> None:
        try:
            connection = self._begin()
            self._write(connection, [statement for change in changes for statement in change.statements])
            self._append(connection, changes, sealing)
            self._write(connection, self._last)
            for statement, parameters in self._fences:
                _check(connection.execute(statement, parameters).rowcount)
            connection.commit()
        except IntegrityError as error:
            if self._constraints.name_of(error) == STREAM_CONSTRAINT:
                raise VersionConflict("somebody else changed this at the same moment") from error
            raise self._constraints.translate(error) from error
        finally:
            self._close()

    async def _commit_alone(self, fence: Fence, parameters: Mapping[str, Any]) -> None:
        """Write a fence that stands for no change: one statement needs no transaction around it."""
        _check(await self._database.touch(_prepared(fence), parameters))

    @staticmethod
    def _write(connection: Connection, statements: Sequence[Statement]) -> None:
        for (statement, expected), group in groupby(statements, key=lambda item: (item[0], item[2])):
            rows = [parameters for _, parameters, _ in group]
            if expected is None:
                connection.execute(statement, rows if len(rows) > 1 else rows[0])
                continue
            for row in rows:
                if connection.execute(statement, row).rowcount != expected:
                    raise VersionConflict("somebody else changed this at the same moment")

    def _append(self, connection: Connection, changes: Sequence[Change], sealing: event_log.Sealing | None) -> None:
        now = self._clock.now()
        new = [
            self._new_event(change.aggregate.stream, version, event, now, sealing)
            for change in changes
            for version, event in enumerate(change.aggregate.recorded_events, change.version + 1)
        ]
        if new:
            event_log.append(connection, new, announced=self._announced)
        old = [change.aggregate.stream for change in changes if change.version]
        if self._wrote_early and old and self._database.is_postgresql and event_log.is_overtaken(connection, old):
            raise VersionConflict("somebody else changed this at the same moment")

    def _new_event(
        self, stream: str, version: int, event: DomainEvent, now: datetime, sealing: event_log.Sealing | None
    ) -> event_log.NewEvent:
        event_id = new_id(EventId)
        if sealing is None:
            facts, about = event.__pydantic_serializer__.to_json(event), self._metadata
        else:
            facts, about = sealing.to_json(event, event_id), sealing.about_to_json(event_id).decode()
        return event_log.NewEvent(
            event_id=event_id,
            stream=stream,
            stream_version=version,
            type=event.event_type,
            schema_version=event.schema_version,
            data=facts,
            metadata=about,
            recorded_at=now,
        )

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._database.end(connection)


def _check(touched: int) -> None:
    if touched != 1:
        raise LeaseLost("another worker has taken this over")
