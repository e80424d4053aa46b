"""Reading one partition: every event in order, its effect and the checkpoint in one transaction."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from colonnade.application.messaging import Context, Resolver, Scope, Subject
from colonnade.application.messaging.pipeline import Reactions
from colonnade.application.subscriptions import Generation, Subscription
from colonnade.application.subscriptions.compiled import compile_reaction
from colonnade.core import Clock, ColonnadeError, EventTypes, RecordedEvent, Unavailable, VersionConflict
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.event_log import EventProtector, LogPosition
from colonnade.infrastructure.database.unit_of_work import LeaseLost, SqlUnitOfWork
from colonnade.infrastructure.database.wakeups import Wakeup
from colonnade.infrastructure.subscriptions.checkpoints import ADVANCE, Partition
from colonnade.infrastructure.subscriptions.parking import DONE, Fault, Parked, Parking, fault_of
from colonnade.infrastructure.subscriptions.reader import Batch, LogReader, StoredEvent, load_events

_FIRST_HOLD_SECONDS = 0.1
_LONGEST_HOLD_SECONDS = 15.0
_UNSETTLED_SECONDS = 0.002
_SKIPPED = 5_000
_RACES = 3

_log = logging.getLogger("colonnade.subscriptions")


class Reading(NamedTuple):
    """What every partition of a subscription is read with."""

    database: Database
    resolver: Resolver
    types: EventTypes
    clock: Clock
    reactions: Reactions | None
    poll_seconds: float
    protector: EventProtector | None = None

    async def load(self, events: Sequence[StoredEvent]) -> list[RecordedEvent]:
        """Rebuild events.

        Raises:
            UnknownEvent: This process has no class for one of them.
            Unavailable: The database of keys does not answer.
        """
        return await load_events(events, self.types, self.protector)


class PartitionReader:
    """Reads a partition for as long as this process holds it.

    While something that the subscription needs is down (`Unavailable`), nothing is set aside: the partition waits.
    Any other failure concerns only its stream.
    """

    def __init__(
        self,
        reading: Reading,
        subscription: Subscription,
        partition: Partition,
        checkpoint: LogPosition,
        log: LogReader,
        wakeup: Wakeup,
    ) -> None:
        self._reading = reading
        self._subscription = subscription
        self._partition = partition
        self._react = compile_reaction(subscription)
        self._log = log
        self.wakeup = wakeup
        self._parking = Parking(reading.database, partition)
        self._position = checkpoint
        self._kept = checkpoint
        self._passed = 0
        self._blocked: set[str] = set()
        self._next_retry: datetime | None = None

    async def run(self) -> None:
        """Read until the partition belongs to somebody else."""
        hold, waiting = _FIRST_HOLD_SECONDS, _UNSETTLED_SECONDS
        looked = False
        while True:
            try:
                if not looked:
                    await self._look_at_parked()
                    looked = True
                await self._retry_due()
                batch = await self._log.read(self._position, self._partition.number, self._partition.of)
                if batch.end is not None:
                    await self._handle(batch)
                if batch.full:
                    continue
                await self._idle(batch, waiting)
                waiting = min(waiting * 2, 1.0) if batch.unsettled else _UNSETTLED_SECONDS
                hold = _FIRST_HOLD_SECONDS
            except LeaseLost:
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, the answer is to try again
                level = logging.INFO if isinstance(error, ColonnadeError) else logging.ERROR
                _log.log(level, "%s waits: %s", self._partition.subscription, error, exc_info=level == logging.ERROR)
                await asyncio.sleep(hold)
                hold = min(hold * 2, _LONGEST_HOLD_SECONDS)

    async def _idle(self, batch: Batch, waiting: float) -> None:
        """Wait for news; an event that an open transaction still hides is looked for soon."""
        if self._position != self._kept and self._partition.building:
            await self._keep()
        seconds = waiting if batch.unsettled else self._reading.poll_seconds
        if self._next_retry is not None:
            until = (self._next_retry - self._reading.clock.now()).total_seconds()
            seconds = min(seconds, max(until, 0.0))
        await self.wakeup.wait(seconds)
        if self._blocked:
            await self._look_at_parked()

    async def _handle(self, batch: Batch) -> None:
        if self._subscription.batch and batch.events and not self._blocked:
            await self._handle_batch(batch.events, batch.end)
        else:
            for event in batch.events:
                await self._handle_one(event)
        if batch.end is not None:
            self._position = batch.end
        self._passed = 0 if self._position == self._kept else self._passed + batch.size
        skipped = self._passed > _SKIPPED
        if skipped or (self._subscription.outside and batch.events and self._position != self._kept):
            await self._keep()

    async def _handle_batch(self, events: Sequence[StoredEvent], end: LogPosition | None) -> None:
        """Handle a whole page in one transaction; if that fails, event by event, to find the one at fault."""
        to = end or events[-1].at
        try:
            recorded = await self._reading.load(events)
            await self._in_transaction(recorded, recorded[-1], to)
        except (LeaseLost, Unavailable):
            raise
        except Exception:  # noqa: BLE001 - found again and kept below
            for event in events:
                await self._handle_one(event)

    async def _handle_one(self, event: StoredEvent) -> None:
        if event.stream in self._blocked:
            await self._put(event, None)
        else:
            try:
                await self._apply(event)
            except (LeaseLost, Unavailable):
                raise
            except Exception as error:  # noqa: BLE001 - kept with the event
                fault = fault_of(error, 1, self._subscription.retries, self._reading.clock)
                _log.warning(
                    "%s sets %s %s aside: %s", self._subscription.name, event.type, event.values[0], fault.code
                )
                await self._put(event, fault)
                self._blocked.add(event.stream)
                if fault.next_at is not None:
                    self._next_retry = min(self._next_retry or fault.next_at, fault.next_at)
        self._position = event.at

    async def _apply(self, event: StoredEvent, parked: Parked | None = None) -> None:
        """Handle an event; a race that was lost is run again at once, a few times."""
        for _ in range(_RACES):
            try:
                await self._apply_once(event, parked)
            except VersionConflict:
                continue
            return
        await self._apply_once(event, parked)

    async def _apply_once(self, event: StoredEvent, parked: Parked | None) -> None:
        (recorded,) = await self._reading.load([event])
        subject = [recorded] if self._subscription.batch else recorded.event
        to = self._position if parked is not None else event.at
        if not self._subscription.outside:
            await self._in_transaction(subject, recorded, to, parked)
            return
        context = self._context(recorded)
        async with self._reading.resolver.scope({Subject: recorded.event, Context: context}) as scope:
            await self._call(subject, recorded, context, scope)
        if parked is not None:
            await self._parking.done(parked)

    async def _put(self, event: StoredEvent, fault: Fault | None) -> None:
        await self._parking.put(event, self._kept, fault, self._reading.clock.now())
        self._kept = event.at

    async def _in_transaction(
        self, subject: Any, recorded: RecordedEvent, to: LogPosition, parked: Parked | None = None
    ) -> None:
        """Make the effect and the checkpoint permanent together."""
        context = self._context(recorded)
        async with self._reading.resolver.scope({Subject: recorded.event, Context: context}) as scope:
            unit_of_work: SqlUnitOfWork = await scope.get(SqlUnitOfWork)
            try:
                await self._call(subject, recorded, context, scope)
                if self._reading.reactions is not None:
                    await self._reading.reactions.react(unit_of_work, scope, context)
                if parked is not None:
                    unit_of_work.at_commit_if_owned(DONE, {"of_id": parked.id})
                unit_of_work.at_commit_if_owned(ADVANCE, self._partition.advance(self._kept, to))
                await unit_of_work.commit()
                self._kept = to
            except BaseException:
                await unit_of_work.rollback()
                raise

    async def _call(self, subject: Any, recorded: RecordedEvent, context: Context, scope: Scope) -> None:
        given = {RecordedEvent: recorded, Context: context, Generation: Generation(self._partition.generation)}
        await self._react(subject, given, scope)

    def _context(self, recorded: RecordedEvent) -> Context:
        return Context(
            correlation_id=recorded.metadata.get("correlation_id", str(recorded.event_id)),
            causation_id=str(recorded.event_id),
            by_service=True,
            replaying=self._partition.building,
        )

    async def _keep(self) -> None:
        """Keep the checkpoint without an effect."""
        parameters = self._partition.advance(self._kept, self._position)

        def advance(connection: Any) -> int:  # a SQLAlchemy connection
            return int(connection.execute(ADVANCE, parameters).rowcount)

        if await self._reading.database.transact(advance) != 1:
            raise LeaseLost("another worker reads this partition by now")
        self._kept = self._position

    async def _look_at_parked(self) -> None:
        self._blocked = await self._parking.streams()
        self._next_retry = await self._parking.next_at(self._reading.clock.now()) if self._blocked else None

    async def _retry_due(self) -> None:
        now = self._reading.clock.now()
        if self._next_retry is None or self._next_retry > now:
            return
        for parked in await self._parking.due(now):
            head: Parked | None = parked
            while head is not None and await self._retry(head):
                head = await self._parking.behind(parked.stream)
        await self._look_at_parked()

    async def _retry(self, parked: Parked) -> bool:
        """Try an event again; tell whether its stream can go on."""
        event = await self._log.at(parked.position)
        if event is None:
            await self._parking.done(parked)
            return True
        try:
            await self._apply(event, parked)
        except (LeaseLost, Unavailable):
            raise
        except Exception as error:  # noqa: BLE001 - kept with the event
            attempts = parked.attempts + 1
            await self._parking.failed(
                parked, fault_of(error, attempts, self._subscription.retries, self._reading.clock)
            )
            return False
        return True
