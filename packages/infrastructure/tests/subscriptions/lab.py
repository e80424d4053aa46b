"""A laboratory for subscriptions: a log to write to, effects to look at, and processes that read it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from colonnade.application.subscriptions import Subscription
from colonnade.core import DomainEvent, new_id
from colonnade.core.events import EventId
from colonnade.infrastructure.database import Database, LogPosition
from colonnade.infrastructure.database.event_log import NewEvent, append
from colonnade.infrastructure.subscriptions.tables import parked_events, subscription_partitions
from colonnade.testing import FrozenClock

from ..waiting import eventually
from .processes import Process
from .words import Act, Effect, Noted, Struck, effects


class Lab:
    """A database with a log to write to, and processes that read it."""

    def __init__(self, url: str, database: Database, clock: FrozenClock) -> None:
        self.url = url
        self.database = database
        self.clock = clock
        self._versions: dict[str, int] = {}
        self._processes: list[Process] = []

    async def open(self) -> "Lab":
        """Make the table of effects."""
        key = "serial PRIMARY KEY" if self.database.is_postgresql else "INTEGER PRIMARY KEY"
        columns = f"id {key}, generation integer, stream text, version integer, text text"
        await self.database.write(text(f"CREATE TABLE lab_effects ({columns})"))
        return self

    async def close(self) -> None:
        """Stop what still runs."""
        for process in self._processes:
            await process.stop()

    def process(self, subscriptions: Iterable[Subscription], **options: Any) -> Process:
        """Make a process, which is stopped at the end of the test if not before."""
        made = Process(self.url, self.clock, subscriptions, **options)
        self._processes.append(made)
        return made

    async def run(self, subscriptions: Iterable[Subscription], **options: Any) -> Process:
        """Start a process."""
        return await self.process(subscriptions, **options).start()

    def event(self, stream: str, event: DomainEvent) -> NewEvent:
        """Return the next event of a stream."""
        self._versions[stream] = version = self._versions.get(stream, 0) + 1
        return NewEvent(
            event_id=new_id(EventId),
            stream=stream,
            stream_version=version,
            type=event.event_type,
            schema_version=event.schema_version,
            data=event.model_dump_json().encode(),
            metadata='{"correlation_id": "lab"}',
            recorded_at=self.clock.now(),
        )

    async def note(self, stream: str, *texts: str) -> None:
        """Append one event for each text, in one transaction."""
        await self.append([self.event(stream, Noted(text=text)) for text in texts])

    async def strike_out(self, stream: str, *, count: int) -> None:
        """Append many events of another kind, in one transaction."""
        await self.append([self.event(stream, Struck(text=str(number))) for number in range(count)])

    async def append(self, events: Sequence[NewEvent]) -> None:
        """Append events in one transaction, and tell every process that there is something."""
        await self.append_quietly(events)
        for process in self._processes:
            process.wakeups.heard(" ".join({event.type for event in events}))

    async def append_quietly(self, events: Sequence[NewEvent]) -> None:
        """Append events in one transaction, and tell nobody."""
        await self.database.transact(lambda connection: append(connection, events, announced=()))

    def wake(self) -> None:
        """Let every process look whether something is due."""
        for process in self._processes:
            process.wakeups.wake_all()

    async def effects(self, generation: int | None = None) -> list[Effect]:
        """Return the effects in the order in which they were committed by each process."""
        rows = await self.database.fetch(select(effects).order_by(effects.c.id))
        wanted = [row for row in rows if generation is None or row.generation == generation]
        return [Effect(row.stream, row.version, row.text) for row in wanted]

    async def texts(self, generation: int | None = None) -> list[str]:
        """Return the texts of the effects."""
        return [effect.text for effect in await self.effects(generation)]

    async def until_there_are(self, count: int, generation: int | None = None) -> list[Effect]:
        """Wait until there are so many effects, and return them; more than that is never right."""

        async def enough() -> bool:
            return len(await self.effects(generation)) >= count

        await eventually(enough)
        found = await self.effects(generation)
        assert len(found) == count, found
        return found

    async def parked(self) -> list[Any]:
        """Return the rows of the events that were set aside, in the order of the log."""
        return list(await self.database.fetch(select(parked_events).order_by(parked_events.c.position)))

    async def states(self) -> list[str]:
        """Return how the events stand that were set aside, in the order of the log."""
        return [row.state for row in await self.parked()]

    async def until_parked(self, *states: str) -> list[Any]:
        """Wait until the events that were set aside stand like this, and return their rows."""

        async def reached() -> bool:
            return await self.states() == list(states)

        await eventually(reached)
        return await self.parked()

    async def checkpoints(self, subscription: str) -> list[LogPosition]:
        """Return how far each partition of a subscription has come."""
        of = subscription_partitions.c
        statement = select(of.transaction_id, of.position).where(of.subscription == subscription)
        rows = await self.database.fetch(statement.order_by(of.generation, of.partition))
        return [LogPosition(*row) for row in rows]

    async def end(self) -> LogPosition:
        """Return the position of the last event."""
        order = "ORDER BY transaction_id DESC, position DESC LIMIT 1"
        rows = await self.database.fetch(text(f"SELECT transaction_id, position FROM event_log {order}"))
        return LogPosition(*rows[0])

    async def jobs(self) -> list[str]:
        """Return the texts of the commands that were sent."""
        rows = await self.database.fetch(text("SELECT message FROM jobs ORDER BY id"))
        return [Act.model_validate_json(row[0]).text if isinstance(row[0], str) else row[0]["text"] for row in rows]


class Open:
    """A transaction that is held open by hand."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.connection: Connection

    async def note(self, stream: str, words: str) -> None:
        """Append an event, which nobody sees yet."""
        if not hasattr(self, "connection"):
            self.connection = await self.lab.database.run(self.lab.database.begin)
        event = self.lab.event(stream, Noted(text=words))
        await self.lab.database.run(lambda: append(self.connection, [event], announced=()))

    async def end(self, *, commit: bool = True) -> None:
        """End it."""
        await self.lab.database.run(self.connection.commit if commit else self.connection.rollback)
        await self.lab.database.run(self.connection.close)
        self.lab.wake()
