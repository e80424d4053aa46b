"""A unit of work in memory."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from colonnade.core import AggregateRoot, Clock, DomainEvent, RecordedEvent, VersionConflict, new_id
from colonnade.core.events import EventId
from colonnade.testing.fakes.store import AnyAggregate, MemoryStore


class Participant(Protocol):
    """A repository in a unit of work."""

    def changes(self) -> list[tuple[AggregateRoot[Any], int]]:  # identifiers of any type
        """Return the aggregates that must be stored, each with the version that it was read with."""
        ...

    def forget(self) -> None:
        """Drop everything that was read or added."""
        ...


class Listener(Protocol):
    """Hears of events right after they became permanent."""

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Take note."""
        ...


class MemoryUnitOfWork:
    """One transaction over any number of repositories; a commit never waits, so that it is one step to all others."""

    def __init__(
        self,
        store: MemoryStore,
        *,
        clock: Clock,
        metadata: Mapping[str, str] | None = None,
        listeners: Sequence[Listener] = (),
    ) -> None:
        """Prepare a unit of work.

        Args:
            store: Where.
            clock: Dates the events.
            metadata: Who and why, kept with every event.
            listeners: Who hears of the events after the commit.
        """
        self.store = store
        self._clock = clock
        self._metadata = dict(metadata or {})
        self._listeners = listeners
        self._participants: list[Participant] = []
        self._counts: dict[UUID, int] = {}
        self._held: list[asyncio.Lock] = []
        self._last: list[Callable[[], None]] = []

    def join(self, participant: Participant) -> None:
        """Make a repository part of the transaction."""
        self._participants.append(participant)

    def at_commit(self, work: Callable[[], None]) -> None:
        """Do something together with the changes."""
        self._last.append(work)

    async def count_on(self, counter: UUID, count: int) -> int:
        """Move a counter on and return where it is; others wait until this unit of work ends."""
        if counter not in self._counts:
            lock = self.store.locks[counter]
            await lock.acquire()
            self._held.append(lock)
            self._counts[counter] = self.store.counters[counter]
        self._counts[counter] += count
        return self._counts[counter]

    def recorded_events(self) -> Sequence[DomainEvent]:
        """Return what happened so far to the aggregates of this unit of work, and is not committed yet."""
        changes = (change for participant in self._participants for change in participant.changes())
        return [event for aggregate, _ in changes for event in aggregate.recorded_events]

    async def commit(self) -> None:
        """Store every change and its events.

        Raises:
            VersionConflict: Somebody else changed one of the aggregates first; nothing was stored.
            ColonnadeError: A unique rule is broken; nothing was stored.
        """
        try:
            events = self._commit()
        finally:
            self._end()
        for listener in self._listeners if events else ():
            listener.committed(events)

    async def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._end()

    def _commit(self) -> list[DomainEvent]:
        changes = [change for participant in self._participants for change in participant.changes()]
        for aggregate, version in changes:
            if self.store.version_of(aggregate) != version:
                raise VersionConflict("somebody else changed this at the same moment")
        self.store.put(aggregate for aggregate, _ in changes)
        events: list[DomainEvent] = []
        for aggregate, version in changes:
            events.extend(self._append(aggregate, version))
        self.store.counters.update(self._counts)
        for work in self._last:
            work()
        return events

    def _append(self, aggregate: AnyAggregate, version: int) -> tuple[DomainEvent, ...]:
        released = aggregate.release_events()
        for place, event in enumerate(released, version + 1):
            self.store.events.append(
                RecordedEvent(
                    position=len(self.store.events) + 1,
                    event_id=new_id(EventId),
                    stream=aggregate.stream,
                    stream_version=place,
                    event=event,
                    metadata=self._metadata,
                    recorded_at=self._clock.now(),
                )
            )
        return released

    def _end(self) -> None:
        for participant in self._participants:
            participant.forget()
        self._last.clear()
        self._counts.clear()
        while self._held:
            self._held.pop().release()
