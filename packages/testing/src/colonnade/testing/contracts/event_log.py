"""The suite that every event log passes."""
# ruff: noqa: S101 - suites assert

from collections.abc import Sequence
from typing import Any, Protocol

import pytest

from colonnade.core import AggregateRoot, RecordedEvent
from colonnade.testing.contracts.subject import PersistenceSubject

Position = Any  # what a log calls a place in itself: a number, a pair


class ReadableLog(Protocol):
    """An event log as its readers know it."""

    async def read(self, after: Position = ..., *, limit: int = ...) -> Sequence[tuple[Position, RecordedEvent]]:
        """Return the next events after a position, each with its own; from the start without one."""
        ...

    async def stream(self, stream: str) -> list[RecordedEvent]:
        """Return all events of one aggregate."""
        ...


Subject = PersistenceSubject[Any]  # aggregates of any kind


class EventLogSuite:
    """Subclass it as `Test…` and give it fixtures `subject` and `log`, both of the same store."""

    @pytest.fixture
    def subject(self) -> Subject:
        """Say what writes into the log."""
        raise NotImplementedError("override the fixture 'subject'")

    @pytest.fixture
    def log(self) -> ReadableLog:
        """Say what the suite runs against."""
        raise NotImplementedError("override the fixture 'log'")

    async def test_every_event_is_read_once_whatever_the_page(self, subject: Subject, log: ReadableLog) -> None:
        """Going on from the last position gives everything exactly once, in one order."""
        await self._write(subject, aggregates=4, changes=3)
        whole = [event for _, event in await log.read(limit=1000)]
        for limit in (1, 2, 5):
            assert await self._walk(log, limit) == whole
        assert len({event.event_id for event in whole}) == len(whole)

    async def test_events_of_a_stream_come_in_the_order_in_which_they_happened(
        self, subject: Subject, log: ReadableLog
    ) -> None:
        """Whatever lies between them, one aggregate's events are never turned round."""
        for made in await self._write(subject, aggregates=3, changes=4):
            versions = [event.stream_version for event in await self._walk(log, 3) if event.stream == made.stream]
            assert versions == list(range(1, len(versions) + 1))
            assert [event.stream_version for event in await log.stream(made.stream)] == versions

    async def test_an_event_comes_back_as_it_was(self, subject: Subject, log: ReadableLog) -> None:
        """What happened, when and on whose behalf survive the way into the log and back."""
        made = await subject.make()
        events = made.recorded_events
        await subject.store(made)
        stored = await log.stream(made.stream)
        assert [event.event for event in stored] == list(events)
        assert all(event.recorded_at.tzinfo is not None for event in stored)
        assert stored == [event for event in await self._walk(log, 100) if event.stream == made.stream]

    async def test_what_was_rolled_back_never_happened(self, subject: Subject, log: ReadableLog) -> None:
        """Readers see events of committed units of work only."""
        made = await subject.make()
        before = await self._walk(log, 100)
        unit_of_work, repository = subject.open()
        await repository.add(made)
        await unit_of_work.rollback()
        assert await self._walk(log, 100) == before
        assert await log.stream(made.stream) == []

    async def test_a_reader_at_the_end_gets_what_comes_next(self, subject: Subject, log: ReadableLog) -> None:
        """An empty answer is the present end; what is written later comes after it."""
        await subject.store(await subject.make())
        position = (await log.read(limit=1000))[-1][0]
        assert list(await log.read(position)) == []
        late = await subject.make()
        await subject.store(late)
        assert {event.stream for _, event in await log.read(position)} >= {late.stream}

    @staticmethod
    async def _write(subject: Subject, *, aggregates: int, changes: int) -> list[AggregateRoot[Any]]:
        made = [await subject.make() for _ in range(aggregates)]
        await subject.store(*made)
        for _ in range(changes):
            for aggregate in made:
                unit_of_work, repository = subject.open()
                subject.change(await repository.get(aggregate.id))
                await unit_of_work.commit()
        return made

    @staticmethod
    async def _walk(log: ReadableLog, limit: int) -> list[RecordedEvent]:
        page = await log.read(limit=limit)
        walked = [event for _, event in page]
        while page:
            page = await log.read(page[-1][0], limit=limit)
            walked.extend(event for _, event in page)
        return walked
