"""Waiting for real: events come through the log, times through the job table, and the first of them counts."""

import asyncio
from datetime import timedelta

from colonnade.application.processes import Status
from colonnade.core import Unavailable

from ..scripts import failing
from ..waiting import eventually
from .trips import KEY, Call, Paid, in_days, payment, step, trip
from .works import Works


async def test_an_event_lets_a_process_go_on(works: Works) -> None:
    service = await works.service(trip(payment(), step("flight")))
    async with service.working():
        process = await service.begin()
        assert (await works.process()).step == "payment"
        await works.tell(Paid(key=KEY, amount=3))
        ended = await works.until(Status.COMPLETED)
    assert ended.facts["amount"] == 3
    assert await service.history(process) == [
        "began, for trip 1",
        "payment: waits for works.paid",
        "payment: works.paid",
        "flight: sent works.do",
        "flight: done",
        "completed",
    ]


async def test_an_event_about_something_else_does_not(works: Works) -> None:
    service = await works.service(trip(payment(), step("flight")))
    async with service.working():
        first, second = await service.begin(), await service.begin("trip 2")
        await works.tell(Paid(key="trip 3"), Paid(key="trip 2"))
        await works.until(Status.COMPLETED, process_id=second)
        waiting = await works.process(first)
    assert (waiting.status, waiting.step, waiting.turn) == (Status.RUNNING, "payment", 1)


async def test_a_process_goes_on_when_its_time_has_come(works: Works) -> None:
    service = await works.service(trip(payment(events={}, until=in_days(7)), step("flight")))
    async with service.working():
        await service.begin()
        (timer,) = await works.jobs("processes.end_wait")
        assert (timer.state, timer.due_at) == ("scheduled", works.clock.now() + timedelta(days=7))
        works.pass_time(days=6.9)
        await works.rest()
        assert (await works.process()).step == "payment"
        works.pass_time(days=0.1)
        await works.until(Status.COMPLETED)
    assert await works.effects() == ["began trip 1", "flight"]


async def test_without_the_event_a_process_fails_in_due_time(works: Works) -> None:
    service = await works.service(trip(step("flight"), payment(until=in_days(7)), step("hotel")))
    async with service.working():
        process = await service.begin()
        await works.until(Status.RUNNING, step="payment")
        works.pass_time(days=8)
        ended = await works.until(Status.UNDONE)
        assert ended.error == "payment: the time is over"
        await works.tell(Paid(key=KEY))
        await works.rest()
        assert (await service.history(process))[-1] == "undone"
    assert await works.effects() == ["began trip 1", "flight", "undo flight"]


async def test_the_end_of_the_time_after_the_event_changes_nothing(works: Works) -> None:
    service = await works.service(trip(payment(until=in_days(7)), payment("rest")))
    async with service.working():
        process = await service.begin()
        await works.tell(Paid(key=KEY))
        await works.until(Status.RUNNING, step="rest")
        before = await service.history(process)
        works.pass_time(days=8)
        (timer,) = await works.jobs("processes.end_wait")
        await works.until_job(timer.id, "done")
        assert await service.history(process) == before


async def test_an_event_that_comes_too_early_is_not_lost(works: Works) -> None:
    goes_on = asyncio.Event()

    async def wait(context: object) -> None:
        await goes_on.wait()

    works.script["flight"] = wait
    keep = payment(keep=lambda state, event: state.model_copy(update={"amount": event.amount}))
    service = await works.service(trip(step("flight"), keep, step("hotel")))
    async with service.working():
        process = await service.begin()
        await works.tell(Paid(key=KEY, amount=3))
        if works.database.is_postgresql:

            async def noted() -> bool:
                return bool((await works.process()).heard)

            await eventually(noted)
        goes_on.set()
        ended = await works.until(Status.COMPLETED)
    assert (ended.facts["amount"], ended.facts["notes"], ended.heard) == (3, ["flight", "hotel"], ())
    if works.database.is_postgresql:
        assert "noted: works.paid came early" in await service.history(process)


async def test_events_and_answers_at_once_are_all_heard(works: Works) -> None:
    """Whoever loses the race looks again."""
    both = trip(step("flight"), payment("first"), payment("second"), step("hotel"))
    service = await works.service(both)
    async with service.working():
        for number in range(5):
            key = f"trip {number}"
            process = await service.begin(key)
            await asyncio.gather(*(works.tell(Paid(key=key, amount=amount)) for amount in (1, 2)))
            await works.rest()
            row = await works.process(process)
            if row.step == "second":  # both came while the flight was booked: noted once
                await works.tell(Paid(key=key, amount=2))
            works.pass_time(seconds=2)
            await works.until(Status.COMPLETED, process_id=process)
    assert await works.parked() == []


async def test_two_events_at_once_for_one_process_count_one_after_the_other(works: Works) -> None:
    service = await works.service(trip(payment("first"), payment("second"), step("flight")))
    async with service.working():
        await service.begin()
        await works.tell(Paid(key=KEY, amount=1), Paid(key=KEY, amount=2))
        ended = await works.until(Status.COMPLETED)
    assert ended.facts["amount"] == 2


async def test_a_wait_of_weeks_survives_an_outage_at_its_end(works: Works) -> None:
    """How long something may be down is counted from when it was needed, not from when the waiting began."""
    works.script["flight"] = failing(Unavailable("down"))
    service = await works.service(trip(payment(events={}, until=in_days(30)), step("flight")))
    async with service.working():
        await service.begin()
        works.pass_time(days=30)
        await works.until(Status.RUNNING, step="flight")
        (job,) = await works.jobs("works.do")
        await works.until_job(job.id, "scheduled")
        works.pass_time(seconds=20)
        await works.until(Status.COMPLETED)


async def test_a_job_of_weeks_ahead_survives_an_outage_when_it_is_due(works: Works) -> None:
    works.script["mail"] = failing(Unavailable("down"))
    service = await works.service(trip(step("flight")))
    async with service.working():
        job = await service.send_later(Call(label="mail"), at=works.clock.now() + timedelta(days=30))
        works.pass_time(days=30)
        await works.until_job(job, "scheduled", attempts=1)
        works.pass_time(seconds=20)
        await works.until_job(job, "done", attempts=2)
