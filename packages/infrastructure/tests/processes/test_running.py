"""Processes for real: steps are jobs, answers come from the job table, and each step's effect is there once."""

import asyncio

import pytest

from colonnade.application.operations import CancelProcess, GetProcess, RetryProcess
from colonnade.application.processes import ProcessEnded, ProcessId, ProcessOver, ProcessRuns, Status
from colonnade.application.processes.messages import ContinueProcess
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import NotFound, UserId, new_id

from ..scripts import failing, raising, waiting_for
from ..waiting import eventually
from .trips import Broken, Call, Do, payment, step, trip
from .works import Works


async def test_a_process_goes_through_its_steps(works: Works) -> None:
    service = await works.service(trip(step("flight"), step("hotel"), step("car")))
    async with service.working():
        process = await service.begin()
        ended = await works.until(Status.COMPLETED)
    assert await works.effects() == ["began trip 1", "car", "flight", "hotel"]
    assert (ended.done, ended.step, ended.ended_at) == (("flight", "hotel", "car"), None, works.clock.now())
    assert ended.facts["notes"] == ["flight", "hotel", "car"]
    assert await service.history(process) == [
        "began, for trip 1",
        "flight: sent works.do",
        "flight: done",
        "hotel: sent works.do",
        "hotel: done",
        "car: sent works.do",
        "car: done",
        "completed",
    ]


async def test_a_process_begins_with_the_change_that_wants_it_or_not_at_all(works: Works) -> None:
    service = await works.service(trip(step("flight")))
    await service.begin()
    with pytest.raises(ProcessRuns, match="trip runs already"):
        await service.begin()
    assert await works.effects() == ["began trip 1"]
    assert len(await works.processes()) == 1
    assert len(await works.jobs()) == 1


async def test_a_step_may_talk_to_the_outside(works: Works) -> None:
    service = await works.service(
        trip(step("flight"), step("mail", send=lambda state: Call(label=f"about {state.notes[-1]}")), step("hotel"))
    )
    async with service.working():
        await service.begin()
        ended = await works.until(Status.COMPLETED)
    assert works.called == ["about flight"]
    assert ended.facts["notes"] == ["flight", "about flight", "hotel"]


async def test_steps_are_skipped_repeated_and_passed_over(works: Works) -> None:
    room = step("room", then=lambda state: "room" if state.notes.count("room") < 3 else "guide")
    service = await works.service(trip(step("flight", send=lambda state: None), room, step("car"), step("guide")))
    async with service.working():
        process = await service.begin()
        ended = await works.until(Status.COMPLETED)
    assert await works.effects() == ["began trip 1", "guide", "room", "room", "room"]
    assert ended.done == ("room", "guide")
    assert "flight: nothing to do" in await service.history(process)


async def test_a_step_is_tried_again_before_it_fails_for_good(works: Works) -> None:
    works.script["hotel"] = failing(RuntimeError("not yet"))
    service = await works.service(trip(step("flight"), step("hotel")))
    async with service.working():
        await service.begin()
        await works.until(Status.RUNNING, step="hotel")
        (job,) = [row for row in await works.jobs("works.do") if row.message["label"] == "hotel"]
        await works.until_job(job.id, "scheduled")
        works.pass_time(seconds=20)
        await works.until(Status.COMPLETED)
    assert (await works.effects()).count("hotel") == 1


async def test_what_was_done_is_undone_when_a_step_fails_for_good(works: Works) -> None:
    works.script["guide"] = raising(Broken("on strike"))
    steps = (step("flight"), step("mail", send=lambda state: Call(label="mail"), undo=None), step("hotel"))
    service = await works.service(trip(*steps, step("guide"), step("car")))
    async with service.working():
        process = await service.begin()
        ended = await works.until(Status.UNDONE)
    assert await works.effects() == ["began trip 1", "flight", "hotel", "undo flight", "undo hotel"]
    assert (ended.done, ended.error) == ((), "guide: on strike")
    assert (await service.history(process))[-6:] == [
        "guide: failed for good: on strike",
        "hotel: sent works.do to undo it",
        "hotel: undone",
        "flight: sent works.do to undo it",
        "flight: undone",
        "undone",
    ]


async def test_an_undo_that_fails_waits_for_an_operator(works: Works) -> None:
    works.script["hotel"] = raising(Broken("full"))
    works.script["undo flight"] = failing(Broken("closed"))
    service = await works.service(trip(step("flight"), step("hotel")))
    async with service.working():
        process = await service.begin()
        stuck = await works.until(Status.STUCK)
        assert (stuck.step, stuck.error, stuck.ended_at) == ("flight", "flight could not be undone: closed", None)
        await service.send(RetryProcess(process_id=process), console="ada")
        await works.until(Status.UNDONE)
        with pytest.raises(ProcessOver, match="the process is undone"):
            await service.send(RetryProcess(process_id=process))
    assert await works.effects() == ["began trip 1", "flight", "undo flight"]


async def test_a_cancelled_process_is_undone(works: Works) -> None:
    service = await works.service(trip(step("flight"), payment()))
    async with service.working():
        process = await service.begin()
        await works.until(Status.RUNNING, step="payment")
        await service.send(CancelProcess(process_id=process))
        await works.until(Status.UNDONE)
        with pytest.raises(ProcessOver, match="the process is undone: it cannot be cancelled"):
            await service.send(CancelProcess(process_id=process))
    assert await works.effects() == ["began trip 1", "flight", "undo flight"]


async def test_what_a_step_does_while_the_process_is_cancelled_is_undone_too(works: Works) -> None:
    """Its job runs already and cannot be called back."""
    goes_on, runs = asyncio.Event(), asyncio.Event()

    async def run(context: object) -> None:
        runs.set()
        await goes_on.wait()

    works.script["hotel"] = run
    service = await works.service(trip(step("flight"), step("hotel", send=lambda state: Call(label="hotel"))))
    async with service.working():
        process = await service.begin()
        await runs.wait()
        await service.send(CancelProcess(process_id=process))
        assert (await works.process()).status == Status.CANCELLING
        goes_on.set()
        await works.until(Status.UNDONE)
    assert works.called == ["hotel"]
    assert await works.effects() == ["began trip 1", "flight", "undo flight", "undo hotel"]


async def test_an_answer_that_is_not_waited_for_any_more_changes_nothing(works: Works) -> None:
    goes_on, runs = asyncio.Event(), asyncio.Event()

    async def run(context: object) -> None:
        runs.set()
        await goes_on.wait()

    works.script["hotel"] = run
    service = await works.service(trip(step("flight"), step("hotel", send=lambda state: Call(label="hotel"))))
    async with service.working():
        process = await service.begin()
        await runs.wait()
        for _ in range(2):
            await service.send(CancelProcess(process_id=process))
        await works.until(Status.UNDONE)
        before = await service.history(process)
        goes_on.set()
        (job,) = await works.jobs("works.call")
        await works.until_job(job.id, "done")
        follow_up = (await works.jobs("processes.continue"))[-1]
        await works.until_job(follow_up.id, "done")
        assert await service.history(process) == before


async def test_a_message_to_a_process_that_comes_twice_counts_once(works: Works) -> None:
    service = await works.service(trip(step("flight"), step("hotel"), payment()))
    async with service.working():
        process = await service.begin()
        await works.until(Status.RUNNING, step="payment")
        before = await service.history(process)
        for row in await works.jobs("processes.continue"):
            await service.send(ContinueProcess.model_validate(row.message))
        assert await service.history(process) == before
    assert await works.effects() == ["began trip 1", "flight", "hotel"]


async def test_others_hear_of_the_end_of_a_process(works: Works) -> None:
    subscriptions, heard = Subscriptions(), list[ProcessEnded]()

    @subscriptions.durable("works.ends", ProcessEnded)
    async def note(event: ProcessEnded) -> None:
        heard.append(event)

    works.script["hotel"] = failing(Broken("full"))
    somebody = new_id(UserId)
    service = await works.service(trip(step("flight"), step("hotel")), subscriptions=[subscriptions])
    async with service.working():
        first = await service.begin(by=somebody)
        await works.until_ended(1)
        second = await service.begin("trip 2", by=somebody)
        await works.until_ended(2)
        await eventually(lambda: len(heard) == 2)
    facts = {"name": "works.trip", "tenant": None, "started_by": somebody}
    assert heard == [
        ProcessEnded(process_id=first, key="trip 1", status="undone", **facts),
        ProcessEnded(process_id=second, key="trip 2", status="completed", **facts),
    ]


async def test_several_processes_run_beside_each_other(works: Works) -> None:
    blocked = asyncio.Event()
    works.script["a"] = waiting_for(blocked)
    service = await works.service(trip(step("own", send=lambda state: Do(label="a" if not state.amount else "b"))))
    async with service.working():
        keys = [f"trip {number}" for number in range(5)]
        started = [await service.begin(key) for key in keys]
        blocked.set()
        for process in started:
            await works.until(Status.COMPLETED, process_id=process)
    assert (await works.effects()).count("a") == 5


async def test_a_process_that_is_not_there_is_not_found(works: Works) -> None:
    service = await works.service(trip(step("flight")))
    nobody = new_id(ProcessId)
    for message in (CancelProcess(process_id=nobody), RetryProcess(process_id=nobody), GetProcess(process_id=nobody)):
        with pytest.raises(NotFound, match="there is no such process"):
            await service.send(message)
