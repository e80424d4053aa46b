"""All of a service without a container runs, or nothing of it."""

import asyncio

import pytest
from sqlalchemy import select

from colonnade.application.jobs import Schedules
from colonnade.application.messaging import Context, Handlers
from colonnade.application.messaging.behaviours import Idempotency
from colonnade.application.messaging.registration import RegistrationError
from colonnade.application.processes import Status
from colonnade.core import Invalid
from colonnade.infrastructure.composition import ServiceResolver, running_service
from colonnade.infrastructure.database import ConstraintErrors, Database
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.jobs.tables import job_schedules
from colonnade.infrastructure.operations import HANDLERS as OPERATIONS
from colonnade.infrastructure.processes.tables import processes
from colonnade.infrastructure.workers import list_workers
from colonnade.testing import FrozenClock

from ..waiting import eventually
from .bells import (
    TYPES,
    BellRung,
    Bells,
    Echo,
    HangBell,
    Heard,
    Renovate,
    RingBell,
    bells_of,
    handlers,
    hang,
    running,
    subscriptions,
    until_heard,
)


def reversed_bytes(answer: bytes, place: bytes) -> bytes:
    """Seal an answer, and unseal it."""
    return answer[::-1]


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

        await eventually(ended)
        assert await bus.send(RingBell(bell_id=bell_id)) == 4


async def test_schedules_are_followed(resolver: ServiceResolver, clock: FrozenClock, heard: Heard) -> None:
    """Each turn is a job."""
    schedules = Schedules()
    schedules.cron("bells.noon", "0 12 * * *", lambda: Echo(text="noon"))
    async with running(resolver, schedules=schedules):

        async def known() -> bool:
            return bool(await resolver.database.fetch(select(job_schedules)))

        await eventually(known)
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
