"""Readers of the log on PostgreSQL miss nothing and see each stream in order, however transactions end."""

import asyncio
from collections import defaultdict
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, text

from colonnade.core import EventTypes, RecordedEvent, VersionConflict
from colonnade.core.events import UnknownEvent
from colonnade.domain.tasks import TaskTitle
from colonnade.domain.workspaces import WorkspaceName
from colonnade.infrastructure.database import Database, EventLog, LogPosition
from colonnade.infrastructure.database.event_log import START, NewEvent, append
from colonnade.testing.factories import EntityFactory

DEADLINE_SECONDS = 30


class Writer:
    """A transaction that is held open by hand, on a connection of its own."""

    def __init__(self, database: Database, make: EntityFactory) -> None:
        self.database = database
        self.make = make
        self.connection: Connection

    async def append(self, *streams: str) -> None:
        """Open the transaction if need be, and append the first event of each stream."""
        if not hasattr(self, "connection"):
            self.connection = await self.database.run(self.database.begin)
        workspaces = [(stream, self.make.workspace().recorded_events[0]) for stream in streams]
        events = [
            NewEvent(
                event_id=self.make.id(lambda value: value),
                stream=stream,
                stream_version=1,
                type=event.event_type,
                schema_version=event.schema_version,
                data=event.model_dump_json().encode(),
                metadata="{}",
                recorded_at=self.make.user().created_at,
            )
            for stream, event in workspaces
        ]
        await self.database.run(append, self.connection, events)

    async def commit(self) -> None:
        """End the transaction."""
        await self.database.run(self.connection.commit)
        await self.database.run(self.connection.close)

    async def rollback(self) -> None:
        """Undo the transaction."""
        await self.database.run(self.connection.close)


class Reader:
    """Follows the log from its own position."""

    def __init__(self, log: EventLog, limit: int = 100) -> None:
        self.log = log
        self.limit = limit
        self.position: LogPosition = START
        self.seen: list[RecordedEvent] = []

    async def catch_up(self) -> list[str]:
        """Read what can be read, and return the streams of it."""
        begin = len(self.seen)
        while page := await self.log.read(self.position, limit=self.limit):
            self.position = page[-1][0]
            self.seen.extend(event for _, event in page)
        return [event.stream for event in self.seen[begin:]]


@pytest.fixture
async def reader(postgres_house: Any) -> Reader:
    """A reader that has seen everything so far."""
    reader = Reader(postgres_house.log)
    await reader.catch_up()
    return reader


@pytest.mark.integration
async def test_a_late_commit_is_not_skipped(postgres_house: Any, reader: Reader) -> None:
    """A transaction that began first and ends last is read, although higher positions were committed before."""
    slow, fast = (Writer(postgres_house.database, postgres_house.make) for _ in range(2))
    await slow.append("slow-1")
    await fast.append("fast-1")
    await fast.commit()
    assert await reader.catch_up() == []
    await slow.commit()
    assert await reader.catch_up() == ["slow-1", "fast-1"]


@pytest.mark.integration
async def test_transactions_may_end_in_any_order(postgres_house: Any, reader: Reader) -> None:
    """Many open transactions, ended in an order drawn at random, some undone: each committed event is read once."""
    random = Random(3)
    writers = [Writer(postgres_house.database, postgres_house.make) for _ in range(12)]
    for number, writer in enumerate(writers):
        await writer.append(f"stream-{number}-a", f"stream-{number}-b")
    for number, writer in reversed(list(enumerate(writers))):
        await writer.append(f"stream-{number}-c")
    kept = {number for number in range(12) if random.random() < 0.7}
    order = random.sample(range(12), 12)
    for number in order:
        await (writers[number].commit() if number in kept else writers[number].rollback())
        await reader.catch_up()
    seen = [event.stream for event in reader.seen if event.stream.startswith("stream-")]
    assert sorted(seen) == sorted(f"stream-{number}-{letter}" for number in kept for letter in "abc")


@pytest.mark.integration
async def test_a_long_transaction_delays_readers_and_nobody_else(postgres_house: Any, reader: Reader) -> None:
    """While one transaction stays open, others write on; readers wait, then get everything in one order."""
    slow = Writer(postgres_house.database, postgres_house.make)
    await slow.append("slow-1")
    workspaces = [postgres_house.make.workspace(postgres_house.owner) for _ in range(3)]
    await postgres_house.store(*workspaces)
    assert await reader.catch_up() == []
    await slow.rollback()
    assert await reader.catch_up() == [workspace.stream for workspace in workspaces]


@pytest.mark.integration
async def test_many_writers_and_a_polling_reader(postgres_house: Any) -> None:
    """Under random load with conflicts and undone work, a reader has each event once and each stream in order."""
    house, random = postgres_house, Random(11)
    workspaces = [await house.open_workspace(house.owner) for _ in range(4)]
    project = await house.open_project()
    tasks = [house.make.task(project, by=house.owner) for _ in range(3)]
    await house.store(*tasks)
    running, reader = True, Reader(house.log, limit=7)

    async def write(writer: int) -> None:
        for turn in range(25):
            work = house.unit_of_work()
            try:
                if random.random() < 0.4:
                    await house.projects(work).take_numbers(project.id)
                workspace = await house.workspaces(work).get(random.choice(workspaces).id)
                task = await house.tasks(work).get(random.choice(tasks).id)
                await asyncio.sleep(0)
                workspace.rename(WorkspaceName(f"{writer}-{turn}"))
                task.retitle(TaskTitle(f"{writer}-{turn}"), at=house.clock.now())
                await (work.rollback() if random.random() < 0.2 else work.commit())
            except VersionConflict:
                await work.rollback()

    async def poll() -> None:
        while running:
            await reader.catch_up()

    async with asyncio.timeout(DEADLINE_SECONDS):
        polling = asyncio.create_task(poll())
        await asyncio.gather(*(write(writer) for writer in range(10)))
        running = False
        await polling
        await reader.catch_up()
    stored = await house.database.fetch(text("SELECT event_id FROM event_log"))
    assert len(reader.seen) == len(stored) > 100
    assert {event.event_id for event in reader.seen} == {row.event_id for row in stored}
    streams = defaultdict(list)
    for event in reader.seen:
        streams[event.stream].append(event.stream_version)
    assert all(versions == list(range(1, len(versions) + 1)) for versions in streams.values())


async def test_an_event_that_nobody_knows_is_an_error(house: Any) -> None:
    """A reader that lacks the class of an event says so instead of leaving it out."""
    with pytest.raises(UnknownEvent):
        await EventLog(house.database, EventTypes(())).read()
