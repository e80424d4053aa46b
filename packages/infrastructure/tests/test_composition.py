"""A service without a container: what its handlers are given, and that all of it runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, NewType, Protocol
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from colonnade.application.jobs import JobOutcomes, Scheduler, Schedules
from colonnade.application.messaging import (
    INTERNAL,
    PUBLIC,
    Caller,
    Command,
    Context,
    Errand,
    Handlers,
    Lifetime,
    LocalBus,
    Query,
    Subject,
)
from colonnade.application.messaging.behaviours import Idempotency
from colonnade.application.messaging.pipeline import Receipts
from colonnade.application.messaging.registration import RegistrationError
from colonnade.application.operations import OperatorActs
from colonnade.application.processes import EVENTS as PROCESS_EVENTS
from colonnade.application.processes import (
    Process,
    ProcessEngine,
    ProcessId,
    ProcessRepository,
    Status,
    Step,
    Wait,
)
from colonnade.application.subscriptions import SubscriptionCatalogue, Subscriptions
from colonnade.core import (
    Clock,
    Conflict,
    CursorCodec,
    DomainEvent,
    EventTypes,
    Invalid,
    RecordedEvent,
    Repository,
    SystemClock,
    UnitOfWork,
    UserId,
    new_id,
)
from colonnade.core.event_sourcing import EventSourced, applies
from colonnade.infrastructure.composition import ServiceResolver, running_service
from colonnade.infrastructure.database import ConstraintErrors, Database, EventLog, SqlUnitOfWork
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.event_sourcing import AggregateStream, EventSourcedRepository
from colonnade.infrastructure.jobs.tables import job_schedules, jobs
from colonnade.infrastructure.operations import HANDLERS as OPERATIONS
from colonnade.infrastructure.processes.tables import processes
from colonnade.infrastructure.workers import list_workers
from colonnade.testing import FrozenClock

DEADLINE_SECONDS = 20
TICK_SECONDS = 0.01
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


def reversed_bytes(answer: bytes, place: bytes) -> bytes:
    """Seal an answer, and unseal it."""
    return answer[::-1]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def resolver(database: Database, clock: FrozenClock, heard: Heard) -> ServiceResolver:
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


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what must happen soon."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await reached():  # noqa: ASYNC110 - what a database holds has no event
            await asyncio.sleep(TICK_SECONDS)


async def until_heard(heard: Heard, who: str, *what: object) -> None:
    """Wait until somebody has heard this, in any order, and nothing else."""

    async def all_heard() -> bool:
        return sorted(map(str, heard.by.get(who, []))) == sorted(map(str, what))

    await until(all_heard)


def test_what_every_service_needs_is_there(resolver: ServiceResolver) -> None:
    """Some of it for the process, some for one message; the rest is unknown."""
    for dependency in (Database, EventLog, Clock, JobOutcomes, SubscriptionCatalogue, Heard):
        assert resolver.lifetime(dependency) is Lifetime.APP
    per_message = (
        SqlUnitOfWork,
        UnitOfWork,
        Scheduler,
        Receipts,
        ProcessRepository,
        ProcessEngine,
        OperatorActs,
        Bells,
    )
    for dependency in per_message:
        assert resolver.lifetime(dependency) is Lifetime.REQUEST
    assert resolver.lifetime(Query) is None


async def test_time_is_the_system_s_unless_said(database: Database) -> None:
    """A test moves its own."""
    assert isinstance(await ServiceResolver(database, TYPES, ConstraintErrors(metadata, {})).get(Clock), SystemClock)


async def test_a_message_has_one_of_each(resolver: ServiceResolver, database: Database) -> None:
    """Whatever is asked for twice is the same, and the next message has its own."""
    values = {Subject: HangBell(), Context: Context()}
    async with resolver.scope(values) as scope, resolver.scope(values) as other:
        assert await scope.get(Bells) is await scope.get(Bells)
        assert await scope.get(UnitOfWork) is await scope.get(SqlUnitOfWork)
        assert await scope.get(UnitOfWork) is not await other.get(UnitOfWork)
        assert await scope.get(Database) is await resolver.get(Database) is database


async def test_what_nobody_commits_has_not_happened(resolver: ServiceResolver) -> None:
    """Neither the events nor the jobs."""
    async with resolver.scope({Context: Context()}) as scope:
        await hang(HangBell(), await scope.get(Bells))
        (await scope.get(Scheduler)).send_later(Echo(text="never"))
    log: EventLog = await resolver.get(EventLog)

    assert await log.read() == []
    assert await resolver.database.fetch(select(jobs)) == []


async def test_events_say_who_and_why(resolver: ServiceResolver) -> None:
    """As far as it is known."""
    caller, log = Caller(new_id(UserId)), await resolver.get(EventLog)
    for context in (Context(caller, correlation_id="c-1", causation_id="why"), Context(correlation_id="")):
        async with resolver.scope({Context: context}) as scope:
            await hang(HangBell(), await scope.get(Bells))
            await (await scope.get(UnitOfWork)).commit()

    about = [event.metadata for _, event in await log.read()]
    assert about[0] == {"correlation_id": "c-1", "causation_id": "why", "caller": str(caller.user_id)}
    assert about[-1] == {}


async def test_one_event_is_heard_by_every_kind_of_subscription(resolver: ServiceResolver, heard: Heard) -> None:
    """In the transaction, after it with a job in its train, and live; from the first message on."""
    async with running(resolver) as bus:
        bell_id = await bus.send(HangBell())
        assert heard.by["at once"] == [BellRung()]
        await until_heard(heard, "echo", 2)
        assert await bus.send(RingBell(bell_id=bell_id)) == 2
        await until_heard(heard, "echo", 2, 3)
        await until_heard(heard, "live", 2, 3)


async def test_a_process_that_fails_is_undone(resolver: ServiceResolver) -> None:
    """Its handlers and its subscription are part of every service."""
    async with running(resolver) as bus:
        bell_id = await bus.send(HangBell())
        await bus.send(Renovate(bell_id=bell_id))

        async def ended() -> bool:
            rows = await resolver.database.fetch(select(processes.c.status).where(processes.c.ended_at.is_not(None)))
            return [row.status for row in rows] == [Status.UNDONE]

        await until(ended)
        assert await bus.send(RingBell(bell_id=bell_id)) == 4


async def test_schedules_are_followed(resolver: ServiceResolver, clock: FrozenClock, heard: Heard) -> None:
    """Each turn is a job."""
    schedules = Schedules()
    schedules.cron("bells.noon", "0 12 * * *", lambda: Echo(text="noon"))
    async with running(resolver, schedules=schedules):

        async def known() -> bool:
            return bool(await resolver.database.fetch(select(job_schedules)))

        await until(known)
        clock.advance(hours=3)
        await until_heard(heard, "echo", "noon")


async def test_operators_are_served(resolver: ServiceResolver) -> None:
    """Whatever their handlers ask for is there, but for the secret of cursors."""
    async with running_service(resolver, handlers=[handlers, *OPERATIONS]) as bus:
        assert "operations.rebuild_projection" in bus.kinds()


async def test_the_service_stops_with_nothing_left_behind(resolver: ServiceResolver) -> None:
    """Others need not wait for its lease to run out."""
    async with running(resolver):
        assert [worker.alive for worker in await list_workers(resolver.database)] == [True]

    assert not any(worker.alive for worker in await list_workers(resolver.database))


async def test_everything_that_is_missing_is_listed_before_anything_runs(database: Database) -> None:
    """Of subscriptions in the transaction, too."""
    needy, more = ServiceResolver(database, TYPES, ConstraintErrors(metadata, {}), subscriptions=[subscriptions]), []
    with pytest.raises(RegistrationError, match="asks for Heard") as refused:
        async with running_service(needy, handlers=[]):
            more.append("ran")

    assert any("at_once" in fault for fault in refused.value.faults)
    assert any("live" in fault for fault in refused.value.faults)
    assert await list_workers(database) == more == []


async def test_a_schedule_without_turns_is_refused(resolver: ServiceResolver) -> None:
    """Before anything runs."""
    schedules = Schedules()
    schedules.cron("bells.never", "61 * * * *", lambda: Echo(text="never"))
    with pytest.raises(Invalid, match=r"bells\.never"):
        async with running(resolver, schedules=schedules):
            pass


async def test_a_command_that_lost_a_race_is_repeated(resolver: ServiceResolver) -> None:
    """Nobody is told of it."""
    async with running(resolver) as bus:
        bell_id = await bus.send(HangBell())
        answers = await asyncio.gather(*(bus.send(RingBell(bell_id=bell_id)) for _ in range(4)))

    assert sorted(answers) == [2, 3, 4, 5]


async def test_answers_of_idempotent_commands_are_kept_if_they_can_be_sealed(
    database: Database, clock: FrozenClock
) -> None:
    """The same key is the same answer."""
    sealing = ServiceResolver(
        database,
        TYPES,
        ConstraintErrors(metadata, {}),
        clock=clock,
        factories={Bells: bells_of},
        seal=reversed_bytes,
    )
    bells = Handlers()
    bells.handles(HangBell)(hang)
    keys = SqlIdempotencyStore(database, clock, secret=b"secret", unseal=reversed_bytes)
    async with running_service(sealing, handlers=[bells], behaviours=[Idempotency(keys)]) as bus:
        context = Context(idempotency_key="once")
        assert await bus.send(HangBell(), context) == await bus.send(HangBell(), context)
