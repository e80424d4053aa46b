"""A service of bells: they are hung, rung and renovated, and who hears of it is noted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, NewType, Protocol
from uuid import UUID

from pydantic import BaseModel

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import INTERNAL, PUBLIC, Command, Errand, Handlers, LocalBus
from colonnade.application.processes import EVENTS as PROCESS_EVENTS
from colonnade.application.processes import Process, ProcessEngine, ProcessId, Step, Wait
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import Conflict, CursorCodec, DomainEvent, EventTypes, RecordedEvent, Repository, new_id
from colonnade.core.event_sourcing import EventSourced, applies
from colonnade.infrastructure.composition import ServiceResolver, running_service
from colonnade.infrastructure.database import ConstraintErrors, Database, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.event_sourcing import AggregateStream, EventSourcedRepository
from colonnade.testing import FrozenClock

from ..waiting import eventually

BellId = NewType("BellId", UUID)


class BellHung(DomainEvent, type="bells.bell_hung"):
    """There is a bell."""


class BellRung(DomainEvent, type="bells.bell_rung"):
    """It was rung."""


@dataclass(eq=False, kw_only=True)
class Bell(EventSourced[BellId]):
    """A bell that counts."""

    stream_kind: ClassVar[str] = "bell"

    rung: int = 0

    @applies(BellHung)
    def _hung(self, event: BellHung) -> None:
        self.rung = 0

    @applies(BellRung)
    def _rung(self, event: BellRung) -> None:
        self.rung += 1


class Bells(Repository[Bell, BellId], Protocol):
    """All bells."""


@dataclass
class Heard:
    """What was heard, by whom."""

    by: dict[str, list[object]] = field(default_factory=dict)

    def note(self, who: str, what: object) -> None:
        """Note it."""
        self.by.setdefault(who, []).append(what)


class HangBell(Command[BellId], name="bells.hang", requires=PUBLIC):
    """Hang a bell, and ring it."""


class RingBell(Command[int], name="bells.ring", requires=PUBLIC):
    """Ring a bell, and answer with how often it was rung."""

    bell_id: BellId


class Echo(Command[None], name="bells.echo", requires=INTERNAL):
    """Come back."""

    text: str


class Repair(Errand[str], name="bells.repair", requires=INTERNAL):
    """Have it repaired by somebody else."""


class Renovate(Command[ProcessId], name="bells.renovate", requires=PUBLIC):
    """Ring a bell, repair it, and wait until it is rung again; ring it once more if that fails."""

    bell_id: BellId


class TooOld(Conflict):
    """Nobody can repair it."""

    code = "bells.too_old"


class Renovation(BaseModel):
    """What is being renovated."""

    bell_id: BellId


RENOVATION = Process(
    "bells.renovation",
    "the renovation of a bell",
    Renovation,
    [
        Step("ring", send=lambda it: RingBell(bell_id=it.bell_id), undo=lambda it: RingBell(bell_id=it.bell_id)),
        Step("repair", send=lambda it: Repair()),
        Wait("test", events={BellHung: lambda event: "nobody"}, until=lambda it, now: now),
    ],
)
handlers, subscriptions = Handlers(), Subscriptions()


@handlers.handles(HangBell)
async def hang(command: HangBell, bells: Bells) -> BellId:
    bell = Bell.blank(new_id(BellId))
    bell.record(BellHung())
    bell.record(BellRung())
    await bells.add(bell)
    return bell.id


@handlers.handles(RingBell)
async def ring(command: RingBell, bells: Bells) -> int:
    bell = await bells.get(command.bell_id)
    bell.record(BellRung())
    return bell.rung


@handlers.handles(Echo)
async def echo(command: Echo, heard: Heard) -> None:
    heard.note("echo", command.text)


@handlers.handles(Repair)
async def repair(errand: Repair) -> str:
    raise TooOld("it is too old")


@handlers.handles(Renovate)
async def renovate(command: Renovate, engine: ProcessEngine) -> ProcessId:
    return (await engine.start(RENOVATION, str(command.bell_id), Renovation(bell_id=command.bell_id))).id


@subscriptions.in_transaction("bells.at_once", BellRung)
async def at_once(event: BellRung, heard: Heard) -> None:
    heard.note("at once", event)


@subscriptions.durable("bells.afterwards", BellRung)
async def afterwards(event: BellRung, recorded: RecordedEvent, scheduler: Scheduler) -> None:
    scheduler.send_later(Echo(text=str(recorded.stream_version)))


@subscriptions.live("bells.live", BellRung)
async def live(event: BellRung, recorded: RecordedEvent, heard: Heard) -> None:
    heard.note("live", recorded.stream_version)


TYPES = EventTypes([*Bell.events(), *PROCESS_EVENTS])
BELLS = AggregateStream(Bell, missing="there is no such bell")


def bells_of(unit_of_work: SqlUnitOfWork) -> Bells:
    return EventSourcedRepository[Bell, BellId](unit_of_work, BELLS, TYPES)


def belfry(database: Database, clock: FrozenClock, heard: Heard) -> ServiceResolver:
    """Return the resolver of the service."""
    return ServiceResolver(
        database,
        TYPES,
        ConstraintErrors(metadata, {}),
        clock=clock,
        objects={Heard: heard, CursorCodec: CursorCodec(b"secret")},
        factories={Bells: bells_of},
        subscriptions=[subscriptions],
        processes=[RENOVATION],
    )


@asynccontextmanager
async def running(resolver: ServiceResolver, **options: Any) -> AsyncIterator[LocalBus]:
    """Run the service, with nothing to wait for long."""
    async with running_service(resolver, handlers=[handlers], lease_seconds=2.0, poll_seconds=0.02, **options) as bus:
        yield bus


async def until_heard(heard: Heard, who: str, *what: object) -> None:
    """Wait until somebody has heard this, in any order, and nothing else."""

    async def all_heard() -> bool:
        return sorted(map(str, heard.by.get(who, []))) == sorted(map(str, what))

    await eventually(all_heard)
