"""Waiting: for an event, for a time, or for whichever comes first."""

from datetime import timedelta

import pytest

from colonnade.application.processes import Status
from colonnade.application.processes.events import WaitBegan
from colonnade.application.processes.messages import EndWait

from .stage import KEY, Book, Paid, Refused, Stage, Trip, payment, step, trip

WEEK = timedelta(days=7)
IN_A_WEEK = {"until": lambda state, now: now + WEEK}
STARTS = {"starts": {Paid: lambda event: (event.key, Trip(rooms=event.amount)) if event.amount else None}}


async def test_the_event_that_is_waited_for_lets_a_process_go_on() -> None:
    stage = Stage(trip(payment(), step("flight")))
    process = await stage.start()
    assert (stage.waiting(), stage.timers) == ([], [])
    assert stage.process(process).step == "payment"
    await stage.hear(Paid(key=KEY))
    assert stage.waiting() == ["flight"]
    assert stage.told(process) == ["started", "wait_began", "wait_ended", "step_sent"]


async def test_what_the_event_says_can_be_kept() -> None:
    stage = Stage(trip(payment(keep=lambda state, event: state.model_copy(update={"rooms": event.amount}))))
    process = await stage.start()
    await stage.hear(Paid(key=KEY, amount=3))
    assert stage.state(process).rooms == 3
    assert stage.process(process).status is Status.COMPLETED


async def test_one_of_several_events_is_enough() -> None:
    either = payment(events={Paid: lambda event: event.key, Refused: lambda event: event.key})
    stage = Stage(trip(either, step("flight")))
    await stage.start()
    await stage.hear(Refused(key=KEY))
    assert stage.waiting() == ["flight"]


async def test_an_event_about_something_else_changes_nothing() -> None:
    stage = Stage(trip(payment(), step("flight")))
    process = await stage.start()
    await stage.hear(Paid(key="trip 2"))
    assert stage.told(process) == ["started", "wait_began"]


async def test_a_process_waits_for_a_time() -> None:
    stage = Stage(trip(payment(events={}, **IN_A_WEEK), step("flight")))
    process = await stage.start()
    (timer,) = stage.timers
    assert timer.message == EndWait(process_id=process, turn=stage.process(process).turn)
    assert timer.at == stage.now() + WEEK
    assert WaitBegan(process_id=process, step="payment", events=(), until=timer.at) in stage.history[process]
    await stage.ring(timer)
    assert stage.waiting() == ["flight"]


async def test_the_time_is_told_by_what_the_process_knows() -> None:
    stage = Stage(trip(payment(until=lambda state, now: now + timedelta(days=state.rooms))))
    await stage.start(state=Trip(rooms=2))
    assert stage.timers[0].at == stage.now() + timedelta(days=2)


async def test_without_the_event_a_process_goes_another_way() -> None:
    stage = Stage(trip(payment(**IN_A_WEEK, late="remind"), step("flight"), step("remind")))
    await stage.start()
    await stage.ring(stage.timers[0])
    assert stage.waiting() == ["remind"]


async def test_without_the_event_and_another_way_a_process_fails() -> None:
    stage = Stage(trip(step("flight"), payment(**IN_A_WEEK), step("hotel")))
    process = await stage.start()
    await stage.answer("flight")
    await stage.ring(stage.timers[0])
    assert stage.waiting() == ["undo flight"]
    assert stage.process(process).error == "payment: the time is over"


async def test_the_end_of_the_time_after_the_event_changes_nothing() -> None:
    stage = Stage(trip(payment(**IN_A_WEEK), step("flight")))
    process = await stage.start()
    await stage.hear(Paid(key=KEY))
    before = stage.told(process)
    await stage.ring(stage.timers[0])
    assert stage.told(process) == before


async def test_the_end_of_a_time_counts_once() -> None:
    stage = Stage(trip(payment("first", **IN_A_WEEK, late="second"), payment("second", **IN_A_WEEK)))
    process = await stage.start()
    first = stage.timers[0]
    await stage.ring(first)
    before = stage.told(process)
    await stage.ring(first)
    assert stage.told(process) == before
    assert stage.process(process).step == "second"


async def test_a_process_may_wait_for_the_same_event_again() -> None:
    stage = Stage(trip(payment("deposit"), payment("rest"), step("flight")))
    process = await stage.start()
    await stage.hear(Paid(key=KEY))
    assert stage.process(process).step == "rest"
    await stage.hear(Paid(key=KEY))
    assert stage.waiting() == ["flight"]


async def test_a_process_may_remind_until_the_event_is_there() -> None:
    remind = step("remind", then=lambda state: "payment", undo=None)
    stage = Stage(
        trip(payment(**IN_A_WEEK, late="remind"), step("flight", then=lambda state: "end"), remind, step("end"))
    )
    await stage.start()
    for timer in range(3):
        await stage.ring(stage.timers[timer])
        await stage.answer("remind")
    await stage.hear(Paid(key=KEY))
    assert stage.waiting() == ["flight"]


class TestAnEventThatComesBeforeItIsWaitedFor:
    async def test_is_not_lost(self) -> None:
        stage = Stage(trip(step("flight"), payment(**IN_A_WEEK), step("hotel")))
        process = await stage.start()
        await stage.hear(Paid(key=KEY))
        assert stage.process(process).step == "flight"
        await stage.answer("flight")
        assert stage.waiting() == ["hotel"]
        assert stage.timers == []
        assert "wait_began" not in stage.told(process)

    async def test_is_kept_as_one_that_comes_in_time(self) -> None:
        """What it says is as good early as late."""
        keep = payment(keep=lambda state, event: state.model_copy(update={"rooms": event.amount}))
        stage = Stage(trip(step("flight"), keep, step("hotel", send=lambda state: Book(what=f"{state.rooms} rooms"))))
        process = await stage.start()
        await stage.hear(Paid(key=KEY, amount=3))
        await stage.answer("flight")
        assert stage.waiting() == ["3 rooms"]
        assert stage.state(process).notes == ("flight",)

    async def test_ends_one_waiting_alone(self) -> None:
        stage = Stage(trip(step("flight"), payment("deposit"), payment("rest")))
        process = await stage.start()
        await stage.hear(Paid(key=KEY))
        await stage.answer("flight")
        assert stage.process(process).step == "rest"
        assert stage.process(process).heard == ()

    async def test_is_noted_once_however_often_it_comes(self) -> None:
        stage = Stage(trip(step("flight"), payment()))
        process = await stage.start()
        await stage.hear(Paid(key=KEY, amount=1))
        before = stage.told(process)
        await stage.hear(Paid(key=KEY, amount=2))
        assert stage.told(process) == before

    async def test_is_noted_while_another_one_is_waited_for(self) -> None:
        refusal = payment("refusal", events={Refused: lambda event: event.key})
        stage = Stage(trip(payment(), refusal, step("flight")))
        await stage.start()
        await stage.hear(Refused(key=KEY))
        assert stage.waiting() == []
        await stage.hear(Paid(key=KEY))
        assert stage.waiting() == ["flight"]

    async def test_is_not_noted_if_nothing_ever_waits_for_it(self) -> None:
        stage = Stage(trip(step("flight"), starts={Refused: lambda event: None}))
        process = await stage.start()
        await stage.hear(Refused(key=KEY))
        assert stage.told(process) == ["started", "step_sent"]


class TestAnEventThatStartsAProcess:
    async def test_starts_one_with_what_it_says(self) -> None:
        stage = Stage(trip(step("flight"), **STARTS))
        await stage.hear(Paid(key="trip 7", amount=2))
        (process,) = stage.processes()
        assert (process.key, stage.state(process.id).rooms) == ("trip 7", 2)
        assert stage.waiting() == ["flight"]

    async def test_starts_none_if_it_is_not_a_reason(self) -> None:
        stage = Stage(trip(step("flight"), **STARTS))
        await stage.hear(Paid(key=KEY, amount=0))
        assert stage.processes() == []

    async def test_starts_one_for_each_key(self) -> None:
        stage = Stage(trip(step("flight"), **STARTS))
        for key in ("a", "b", "a"):
            await stage.hear(Paid(key=key, amount=1))
        assert [process.key for process in stage.processes()] == ["a", "b"]

    async def test_starts_another_one_when_the_first_is_over(self) -> None:
        stage = Stage(trip(step("flight"), **STARTS))
        await stage.hear(Paid(key="a", amount=1))
        await stage.answer("flight")
        await stage.hear(Paid(key="a", amount=1))
        assert [process.status for process in stage.processes()] == [Status.COMPLETED, Status.RUNNING]

    async def test_does_not_end_the_waiting_of_the_process_that_it_starts(self) -> None:
        """That waits for the next one."""
        stage = Stage(trip(step("flight"), payment(), step("hotel"), **STARTS))
        await stage.hear(Paid(key=KEY, amount=1))
        await stage.answer("flight")
        assert stage.processes()[0].step == "payment"
        await stage.hear(Paid(key=KEY, amount=1))
        assert stage.waiting() == ["hotel"]


@pytest.mark.parametrize("late", ["no such step", ""])
def test_a_waiting_that_leads_nowhere_is_no_waiting(late: str) -> None:
    with pytest.raises(TypeError, match=r"stage\.trip has no step"):
        trip(payment(**IN_A_WEEK, late=late))
