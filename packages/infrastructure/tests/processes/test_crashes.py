"""Crashes: a worker that dies between any two steps, or in the middle of one, neither loses nor doubles an effect."""

import asyncio

import pytest

from colonnade.application.operations import CancelProcess, RetryProcess
from colonnade.application.processes import ProcessInstance, ProcessRepository, Status
from colonnade.infrastructure.processes import SqlProcessRepository

from ..scripts import failing, raising
from .trips import KEY, Broken, Call, Paid, payment, step, trip
from .works import Works

MESSAGES_FORWARD = 6
"""What three steps are made of: a job and its answer for each."""

MESSAGES_BACK = 10
"""Two steps that go well, a third that fails, and two that are undone."""


WHERE = pytest.mark.parametrize("before_its_end", [True, False], ids=["before the commit", "after the commit"])


@WHERE
@pytest.mark.parametrize("handled", range(MESSAGES_FORWARD))
async def test_a_worker_may_die_on_the_way_forward(works: Works, handled: int, before_its_end: bool) -> None:
    service = await works.service(trip(step("flight"), step("hotel"), step("car")))
    process = await service.begin()
    await service.die(handled, before_its_end=before_its_end)
    async with service.working():
        ended = await works.until(Status.COMPLETED)
    assert await works.effects() == ["began trip 1", "car", "flight", "hotel"]
    assert ended.facts["notes"] == ["flight", "hotel", "car"]
    assert (await service.history(process)).count("hotel: done") == 1


@WHERE
@pytest.mark.parametrize("handled", range(MESSAGES_BACK))
async def test_a_worker_may_die_on_the_way_back(works: Works, handled: int, before_its_end: bool) -> None:
    works.script["car"] = raising(Broken("none left"))
    service = await works.service(trip(step("flight"), step("hotel"), step("car")))
    await service.begin()
    await service.die(handled, before_its_end=before_its_end)
    async with service.working():
        await works.until(Status.UNDONE)
    assert await works.effects() == ["began trip 1", "flight", "hotel", "undo flight", "undo hotel"]


async def test_one_worker_after_the_other_may_die(works: Works) -> None:
    service = await works.service(trip(step("flight"), step("hotel"), step("car")))
    await service.begin()
    for _ in range(MESSAGES_FORWARD - 1):
        await service.die(1, before_its_end=True)
    async with service.working():
        await works.until(Status.COMPLETED)
    assert await works.effects() == ["began trip 1", "car", "flight", "hotel"]


async def test_what_talks_to_the_outside_may_be_called_again_but_counts_once(works: Works) -> None:
    service = await works.service(trip(step("mail", send=lambda state: Call(label="mail")), step("hotel")))
    await service.begin()
    await service.die(0, before_its_end=False)
    assert works.called == ["mail"]
    async with service.working():
        ended = await works.until(Status.COMPLETED)
    assert works.called == ["mail", "mail"]
    assert ended.facts["notes"] == ["mail", "hotel"]


async def test_a_worker_that_was_paused_finds_its_step_done(works: Works) -> None:
    """What it then tries to commit is another one's by now."""
    paused, goes_on = asyncio.Event(), asyncio.Event()

    async def pause(context: object) -> None:
        if not paused.is_set():
            paused.set()
            await goes_on.wait()

    works.script["flight"] = pause
    service = await works.service(trip(step("flight"), step("hotel")))
    await service.begin()
    async with service.fading() as lease:
        await paused.wait()
        await works.expire(lease)
        async with service.working():
            await works.until(Status.COMPLETED)
        goes_on.set()
    assert await works.effects() == ["began trip 1", "flight", "hotel"]


async def test_a_reader_of_events_may_die_before_its_commit(works: Works) -> None:
    dead = asyncio.Event()

    class Dying(SqlProcessRepository):
        async def running(self, name: str, key: str, /) -> ProcessInstance | None:
            dead.set()
            await asyncio.get_running_loop().create_future()
            raise AssertionError("the dead do not answer")

    definition = trip(payment(), step("flight"))
    service, dying = (
        await works.service(definition),
        await works.service(definition, factories={ProcessRepository: Dying}),
    )
    await service.begin()
    async with dying.fading():
        await works.tell(Paid(key=KEY, amount=2))
        await dead.wait()
    async with service.working():
        ended = await works.until(Status.COMPLETED)
    assert ended.facts["amount"] == 2
    assert await works.effects() == ["began trip 1", "flight"]


async def test_a_cancellation_and_a_retry_outlive_a_crash(works: Works) -> None:
    works.script["undo flight"] = failing(Broken("closed"))
    service = await works.service(trip(step("flight"), payment()))
    async with service.working():
        process = await service.begin()
        await works.until(Status.RUNNING, step="payment")
    await service.send(CancelProcess(process_id=process))
    await service.die(1, before_its_end=True)
    async with service.working():
        await works.until(Status.STUCK)
    await service.send(RetryProcess(process_id=process))
    await service.die(1, before_its_end=True)
    async with service.working():
        await works.until(Status.UNDONE)
    assert await works.effects() == ["began trip 1", "flight", "undo flight"]
