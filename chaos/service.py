"""A tiny service whose every effect can be counted: coins drop into jars, and each leads to three effects."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, NewType, Protocol, Self
from uuid import UUID

from sqlalchemy import Column, Integer, Table, Text, insert

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import INTERNAL, PUBLIC, Command, Handlers, JobOptions, RetryPolicy
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import Clock, DomainEvent, EventTypes, RecordedEvent, Repository, new_id
from colonnade.core.event_sourcing import EventSourced, applies
from colonnade.infrastructure.composition import TABLES, Factory, ServiceResolver
from colonnade.infrastructure.database import ConstraintErrors, Database, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.event_sourcing import AggregateStream, EventSourcedRepository
from colonnade.infrastructure.publishing.tables import inbox

REACTION, JOB, JOB_OF_REACTION = "reaction", "job", "job of a reaction"
KINDS = (REACTION, JOB, JOB_OF_REACTION)
"""What each coin leads to."""

PENNY = "penny"
"""What each penny leads to."""

PARTITIONS = 4
DELAY = timedelta(seconds=0.1)
"""How long the job of a reaction waits."""

QUICK = RetryPolicy(attempts=12, first_pause_seconds=0.05, longest_pause_seconds=0.5)
"""What fails for ever is given up after some seconds."""

JarId = NewType("JarId", UUID)


class CoinDropped(DomainEvent, type="chaos.coin_dropped"):
    """A coin, the only one with its number, is in a jar."""

    number: int


class PennyDropped(DomainEvent, type="chaos.penny_dropped"):
    """A penny, the only one with its number, is somewhere; pennies come in masses."""

    number: int


@dataclass(eq=False, kw_only=True)
class Jar(EventSourced[JarId]):
    """A jar of coins."""

    stream_kind: ClassVar[str] = "jar"

    coins: int = 0

    @classmethod
    def holding(cls, numbers: tuple[int, ...]) -> Self:
        """Make a jar and drop coins into it."""
        jar = cls.blank(new_id(JarId))
        for number in numbers:
            jar.record(CoinDropped(number=number))
        return jar

    @applies(CoinDropped)
    def _dropped(self, event: CoinDropped) -> None:
        self.coins += 1


class Jars(Repository[Jar, JarId], Protocol):
    """All jars."""


class FillJar(Command[JarId], name="chaos.fill_jar", requires=PUBLIC):
    """Make a jar with coins in it."""

    numbers: tuple[int, ...]


class CountCoin(Command[None], name="chaos.count_coin", requires=INTERNAL, job=JobOptions(retries=QUICK)):
    """Leave the effect of a job."""

    number: int
    kind: str


effects = Table(
    "chaos_effects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("stream", Text),
    Column("process", Integer, nullable=False),
)
"""What was done: nothing keeps a row from being there twice but the promises that are tested here."""

MADE_TABLES = (*TABLES, inbox, effects)
EVENT_TYPES = EventTypes([*Jar.events(), PennyDropped])
JARS = AggregateStream(Jar, missing="there is no such jar")
_LEAVE = insert(effects).returning(effects.c.id)
_LEAVE_MANY = insert(effects)


def effect(kind: str, number: int, stream: str | None) -> dict[str, object]:
    """Return the row of an effect of this process."""
    return {"kind": kind, "number": number, "stream": stream, "process": os.getpid()}


class Moments(Protocol):
    """What happens between an effect and the end of its transaction."""

    async def left(self, number: int) -> None:
        """An effect was written, and is not committed yet."""
        ...


class Quietly:
    """Nothing happens."""

    async def left(self, number: int) -> None:
        """Go on."""


class Effects:
    """Leaves effects, each in the transaction of whoever asks for it."""

    def __init__(self, unit_of_work: SqlUnitOfWork, moments: Moments) -> None:
        self._unit_of_work = unit_of_work
        self._moments = moments

    async def leave(self, kind: str, number: int, stream: str | None = None) -> None:
        """Write an effect at once: what follows in the transaction may not happen."""
        await self._unit_of_work.fetch_and_lock(_LEAVE, effect(kind, number, stream))
        await self._moments.left(number)


handlers, subscriptions = Handlers(), Subscriptions()


@handlers.handles(FillJar)
async def fill_jar(command: FillJar, jars: Jars, scheduler: Scheduler) -> JarId:
    """Record the events and send a job for each, in one transaction."""
    jar = Jar.holding(command.numbers)
    await jars.add(jar)
    for number in command.numbers:
        scheduler.send_later(CountCoin(number=number, kind=JOB))
    return jar.id


@handlers.handles(CountCoin)
async def count_coin(command: CountCoin, left: Effects) -> None:
    """Leave the effect."""
    await left.leave(command.kind, command.number)


@subscriptions.durable("chaos.coins", CoinDropped, partitions=PARTITIONS, retries=QUICK)
async def react(event: CoinDropped, recorded: RecordedEvent, left: Effects, scheduler: Scheduler, clock: Clock) -> None:
    """Leave an effect, and send a job a little later."""
    await left.leave(REACTION, event.number, recorded.stream)
    scheduler.send_later(CountCoin(number=event.number, kind=JOB_OF_REACTION), at=clock.now() + DELAY)


@subscriptions.durable("chaos.pennies", PennyDropped, batch=True)
async def sweep(events: Sequence[RecordedEvent], unit_of_work: SqlUnitOfWork) -> None:
    """Leave the effects of a whole page."""
    for recorded in events:
        if isinstance(recorded.event, PennyDropped):
            unit_of_work.at_commit(_LEAVE_MANY, effect(PENNY, recorded.event.number, recorded.stream))


def resolver_of(
    database: Database,
    *others: Subscriptions,
    moments: Moments | None = None,
    clock: Clock | None = None,
    objects: Mapping[Any, object] | None = None,  # by type, protocols included
    factories: Mapping[Any, Factory] | None = None,  # by type, protocols included
) -> ServiceResolver:
    """Return what the service is made of.

    Args:
        database: Where everything is kept.
        others: Further subscriptions.
        moments: What happens between an effect and the end of its transaction.
        clock: Time.
        objects: What else lives as long as the process.
        factories: What else is made for each message.
    """
    happening = moments or Quietly()
    return ServiceResolver(
        database,
        EVENT_TYPES,
        ConstraintErrors(metadata, {}),
        clock=clock,
        objects=objects,
        factories={
            Jars: lambda work: EventSourcedRepository[Jar, JarId](work, JARS, EVENT_TYPES),
            Effects: lambda work: Effects(work, happening),
            **(factories or {}),
        },
        subscriptions=[subscriptions, *others],
    )
