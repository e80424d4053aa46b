"""Going back: what was done is undone, the last first, when a step fails for good or somebody wants it."""

import pytest

from colonnade.application.processes import ProcessOver, Status
from colonnade.application.processes.events import ProcessCancelled, ProcessRetried
from colonnade.core import UserId, new_id

from .stage import Book, Paid, Stage, Trip, payment, step, trip


async def test_a_failure_undoes_what_was_done_the_last_first() -> None:
    stage = Stage(trip(step("flight"), step("hotel"), step("car"), step("guide")))
    process = await stage.start()
    await stage.answer("flight")
    await stage.answer("hotel")
    await stage.fail("car")
    assert stage.waiting() == ["undo hotel"]
    assert stage.process(process).status is Status.UNDOING
    await stage.answer("undo hotel")
    assert stage.waiting() == ["undo flight"]
    await stage.answer("undo flight")
    assert stage.waiting() == []
    ended = stage.process(process)
    assert (ended.status, ended.step, ended.done, ended.ended_at) == (Status.UNDONE, None, (), stage.now())
    assert stage.told(process)[-6:] == ["step_failed", "undo_sent", "step_undone", "undo_sent", "step_undone", "ended"]


async def test_a_process_says_why_it_was_undone() -> None:
    stage = Stage(trip(step("flight"), step("hotel")))
    process = await stage.start()
    await stage.answer("flight")
    await stage.fail("hotel", "no room")
    assert stage.process(process).error == "hotel: no room"
    await stage.answer("undo flight")
    assert stage.process(process).error == "hotel: no room"


async def test_when_the_first_step_fails_nothing_needs_undoing() -> None:
    stage = Stage(trip(step("flight"), step("hotel")))
    process = await stage.start()
    await stage.fail("flight")
    assert stage.waiting() == []
    assert stage.process(process).status is Status.UNDONE


async def test_a_step_without_an_undo_is_passed_over() -> None:
    stage = Stage(trip(step("flight"), step("mail", undo=None), step("sms", undo=lambda state: None), step("hotel")))
    process = await stage.start()
    for name in ("flight", "mail", "sms"):
        await stage.answer(name)
    await stage.fail("hotel")
    assert stage.waiting() == ["undo flight"]
    assert stage.process(process).done == ("flight",)


async def test_with_nothing_but_such_steps_a_process_is_undone_at_once() -> None:
    stage = Stage(trip(step("mail", undo=None), step("hotel")))
    process = await stage.start()
    await stage.answer("mail")
    await stage.fail("hotel")
    assert (stage.process(process).status, stage.process(process).done) == (Status.UNDONE, ())


async def test_skipped_steps_are_not_undone() -> None:
    stage = Stage(trip(step("flight"), step("hotel", send=lambda state: None), step("car")))
    await stage.start()
    await stage.answer("flight")
    await stage.fail("car")
    assert stage.waiting() == ["undo flight"]


async def test_undoing_knows_what_the_steps_answered() -> None:
    flight = step("flight", undo=lambda state: Book(what=f"undo {state.notes[0]}"))
    stage = Stage(trip(flight, step("hotel")))
    await stage.start()
    await stage.answer("flight", "SK 1")
    await stage.fail("hotel")
    assert stage.waiting() == ["undo SK 1"]


async def test_a_step_that_was_done_several_times_is_undone_once() -> None:
    room = step("room", then=lambda state: "room" if len(state.notes) < 3 else None)
    stage = Stage(trip(room, step("party")))
    process = await stage.start()
    for _ in range(3):
        await stage.answer("room")
    await stage.fail("party")
    await stage.answer("undo room")
    assert stage.process(process).status is Status.UNDONE
    assert stage.told(process).count("undo_sent") == 1


async def test_a_repeated_step_that_fails_later_is_undone_for_what_it_did_before() -> None:
    stage = Stage(trip(step("room", then=lambda state: "room")))
    await stage.start()
    await stage.answer("room")
    await stage.fail("room")
    assert stage.waiting() == ["undo room"]


async def test_an_undo_that_fails_waits_for_a_person() -> None:
    stage = Stage(trip(step("flight"), step("hotel"), step("car")))
    process = await stage.start()
    await stage.answer("flight")
    await stage.answer("hotel")
    await stage.fail("car")
    await stage.fail("undo hotel", "closed")
    stuck = stage.process(process)
    assert stage.waiting() == []
    assert (stuck.status, stuck.step, stuck.ended_at) == (Status.STUCK, "hotel", None)
    assert stuck.error == "hotel could not be undone: closed"
    assert stuck.done == ("flight", "hotel")


async def test_what_is_stuck_can_be_tried_again() -> None:
    stage = Stage(trip(step("flight"), step("hotel")))
    process, somebody = await stage.start(), new_id(UserId)
    await stage.answer("flight")
    await stage.fail("hotel")
    for _ in range(2):
        await stage.fail("undo flight")
        await stage.retry(process, by=somebody)
        assert stage.waiting() == ["undo flight"]
        assert stage.process(process).status is Status.UNDOING
    await stage.answer("undo flight")
    assert stage.process(process).status is Status.UNDONE
    retried = [event for event in stage.history[process] if isinstance(event, ProcessRetried)]
    assert [(event.step, event.by) for event in retried] == [("flight", somebody)] * 2


@pytest.mark.parametrize("succeeded", [True, False])
async def test_an_answer_that_comes_twice_does_not_free_what_is_stuck(succeeded: bool) -> None:
    """Only a person does."""
    stage = Stage(trip(step("flight"), step("hotel")))
    process = await stage.start()
    await stage.answer("flight")
    await stage.fail("hotel")
    undo = await stage.fail("undo flight")
    before = stage.told(process)
    await stage.repeat(undo, succeeded=succeeded)
    assert stage.told(process) == before
    assert stage.process(process).status is Status.STUCK
    assert stage.waiting() == []


@pytest.mark.parametrize("succeeded", [True, False])
async def test_an_answer_that_comes_twice_undoes_nothing_twice(succeeded: bool) -> None:
    stage = Stage(trip(step("flight"), step("hotel"), step("car")))
    process = await stage.start()
    await stage.answer("flight")
    await stage.answer("hotel")
    car = await stage.fail("car")
    await stage.repeat(car, succeeded=succeeded)
    assert stage.waiting() == ["undo hotel"]
    undo = await stage.answer("undo hotel")
    await stage.repeat(undo, succeeded=succeeded)
    assert stage.waiting() == ["undo flight"]
    assert stage.process(process).done == ("flight",)


async def test_only_what_is_stuck_can_be_tried_again() -> None:
    stage = Stage(trip(step("flight"), step("hotel")))
    process = await stage.start()
    with pytest.raises(ProcessOver, match="the process is running: there is nothing to try again"):
        await stage.retry(process)
    await stage.answer("flight")
    await stage.fail("hotel")
    with pytest.raises(ProcessOver, match="undoing"):
        await stage.retry(process)
    await stage.answer("undo flight")
    with pytest.raises(ProcessOver, match="undone"):
        await stage.retry(process)


async def test_cancelling_undoes_what_was_done() -> None:
    stage = Stage(trip(step("flight"), step("hotel"), payment(), step("car")))
    process, somebody = await stage.start(), new_id(UserId)
    await stage.answer("flight")
    await stage.answer("hotel")
    await stage.cancel(process, by=somebody)
    assert (stage.process(process).status, stage.process(process).error) == (Status.UNDOING, "cancelled")
    await stage.answer("undo hotel")
    await stage.answer("undo flight")
    assert stage.process(process).status is Status.UNDONE
    assert ProcessCancelled(process_id=process, by=somebody) in stage.history[process]


async def test_what_happens_while_it_is_undone_does_not_matter_any_more() -> None:
    stage = Stage(trip(step("flight"), payment(until=lambda state, now: now), step("car")))
    process = await stage.start()
    await stage.answer("flight")
    await stage.cancel(process)
    before = stage.told(process)
    await stage.ring(stage.timers[0])
    await stage.hear(Paid(key="trip 1"))
    assert stage.told(process) == before
    assert stage.waiting() == ["undo flight"]


class TestCancellingWhileAStepIsUnderWay:
    """Its job may run already and cannot be called back: what it does must be undone as well."""

    async def test_waits_for_the_step_to_end(self) -> None:
        stage = Stage(trip(step("flight"), step("hotel"), step("car")))
        process = await stage.start()
        await stage.answer("flight")
        await stage.cancel(process)
        assert stage.waiting() == ["hotel"]
        assert (stage.process(process).status, stage.process(process).ended_at) == (Status.CANCELLING, None)

    async def test_undoes_a_step_that_succeeds(self) -> None:
        stage = Stage(trip(step("flight"), step("hotel", undo=lambda state: Book(what=f"undo {state.notes[-1]}"))))
        process = await stage.start()
        await stage.answer("flight")
        await stage.cancel(process)
        await stage.answer("hotel", "Grand")
        await stage.answer("undo Grand")
        await stage.answer("undo flight")
        assert (stage.process(process).status, stage.process(process).error) == (Status.UNDONE, "cancelled")

    async def test_does_not_undo_a_step_that_fails(self) -> None:
        stage = Stage(trip(step("flight"), step("hotel")))
        process = await stage.start()
        await stage.answer("flight")
        await stage.cancel(process)
        await stage.fail("hotel")
        assert stage.waiting() == ["undo flight"]
        assert stage.process(process).error == "cancelled"

    async def test_does_not_repeat_a_step_that_leads_to_itself(self) -> None:
        stage = Stage(trip(step("room", then=lambda state: "room")))
        process = await stage.start()
        await stage.answer("room")
        await stage.cancel(process)
        await stage.answer("room")
        await stage.answer("undo room")
        assert stage.process(process).status is Status.UNDONE

    async def test_does_not_wait_any_longer_the_second_time(self) -> None:
        """A late answer changes nothing then."""
        stage = Stage(trip(step("flight"), step("hotel")))
        process = await stage.start()
        await stage.answer("flight")
        await stage.cancel(process)
        await stage.cancel(process)
        before = stage.told(process)
        await stage.answer("hotel")
        assert stage.told(process) == before
        assert stage.waiting() == ["undo flight"]


async def test_what_is_being_undone_or_is_over_cannot_be_cancelled() -> None:
    stage = Stage(trip(step("flight"), step("hotel")))
    process = await stage.start()
    await stage.answer("flight")
    await stage.fail("hotel")
    for status in ("undoing", "stuck", "undone"):
        with pytest.raises(ProcessOver, match=f"the process is {status}: it cannot be cancelled"):
            await stage.cancel(process)
        if status == "undoing":
            await stage.fail("undo flight")
        elif status == "stuck":
            await stage.retry(process)
            await stage.answer("undo flight")


async def test_what_is_stuck_still_runs_for_its_key() -> None:
    stage = Stage(trip(step("flight"), step("hotel"), starts={Paid: lambda event: (event.key, Trip())}))
    await stage.start()
    await stage.answer("flight")
    await stage.fail("hotel")
    await stage.fail("undo flight")
    await stage.hear(Paid(key="trip 1"))
    assert len(stage.processes()) == 1
