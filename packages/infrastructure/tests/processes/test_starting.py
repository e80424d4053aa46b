"""Starting for real: by events, once for each key, whoever else wants the same at that moment."""

import asyncio
from typing import Any

import pytest

from colonnade.application.messaging import Context
from colonnade.application.processes import ProcessId, ProcessInstance, ProcessRepository, ProcessRuns
from colonnade.core import VersionConflict, new_id
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.processes import SqlProcessRepository

from ..waiting import eventually
from .services import Service
from .trips import KEY, Paid, Trip, payment, step, trip
from .works import Works

STARTS: dict[str, Any] = {"starts": {Paid: lambda event: (event.key, Trip(amount=event.amount))}}


async def test_an_event_starts_a_process(works: Works) -> None:
    service = await works.service(trip(step("flight"), **STARTS))
    async with service.working():
        await works.tell(Paid(key="trip 7", amount=2))
        (ended,) = await works.until_ended()
    assert (ended.key, ended.facts) == ("trip 7", {"notes": ["flight"], "amount": 2})
    assert await works.effects() == ["flight"]


async def test_events_start_one_process_for_each_key(works: Works) -> None:
    service = await works.service(trip(step("flight"), payment(), **STARTS))
    async with service.working():
        await works.tell(*(Paid(key=key, amount=1) for key in ("a", "b")))

        async def both_wait() -> bool:
            return [row.step for row in await works.processes()] == ["payment", "payment"]

        await eventually(both_wait)
        await works.tell(*(Paid(key=key, amount=2) for key in ("b", "a")))
        ended = await works.until_ended(2)
    assert [(row.key, row.facts["amount"]) for row in ended] == [("a", 2), ("b", 2)]
    assert await works.effects() == ["flight", "flight"]


async def test_when_a_process_is_over_another_one_may_start(works: Works) -> None:
    service = await works.service(trip(step("flight")))
    async with service.working():
        for number in (1, 2):
            await service.begin()
            await works.until_ended(number)
    assert await works.effects() == ["began trip 1", "began trip 1", "flight", "flight"]


async def test_of_many_who_start_at_once_one_does(works: Works) -> None:
    """The others are told so, those included whom only the database stops."""
    service = await works.service(trip(step("flight")))
    answers = await asyncio.gather(*(service.begin() for _ in range(8)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(error) for error in refused] == [ProcessRuns] * 7
    assert await works.effects() == ["began trip 1"]
    assert len(await works.jobs()) == 1


async def test_who_is_overtaken_may_look_again(works: Works) -> None:
    """That somebody started the same after one had looked is a lost race, which is run again, and no final answer."""
    service = await works.service(trip(step("flight")))
    late = ProcessInstance.start(
        new_id(ProcessId),
        name="works.trip",
        definition=1,
        key=KEY,
        facts={},
        at=works.clock.now(),
        tenant=None,
        by=None,
    )
    async with service.resolver.scope({Context: Context()}) as scope:
        processes: ProcessRepository = await scope.get(ProcessRepository)
        work: SqlUnitOfWork = await scope.get(SqlUnitOfWork)
        await processes.add(late)
        await service.begin()
        with pytest.raises(VersionConflict):
            await work.commit()
    assert len(await works.processes()) == 1


@pytest.mark.integration
async def test_an_event_that_is_overtaken_is_not_lost(postgres_works: Works) -> None:
    """It looks again, and there is nothing more to start; on SQLite nobody can be overtaken."""
    works = postgres_works
    definition = trip(payment(), step("flight"), **STARTS)
    other = await works.service(definition)

    class Overtaken(SqlProcessRepository):
        async def running(self, name: str, key: str, /) -> ProcessInstance | None:
            found = await super().running(name, key)
            if found is None and not await works.processes():
                await other.begin(key)
            return found

    service: Service = await works.service(definition, factories={ProcessRepository: Overtaken})
    async with service.working():
        await works.tell(Paid(key=KEY, amount=2))
        (ended,) = await works.until_ended()
    assert ended.facts["amount"] == 2
    assert await works.parked() == []
