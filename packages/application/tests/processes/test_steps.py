"""Going forward: one step after the other, over those that have nothing to do, round and round, or another way."""

from uuid import uuid4

import pytest
from pydantic import ValidationError

from colonnade.application.processes import ProcessId, ProcessRuns, Status
from colonnade.core import NotFound, UserId, new_id

from .stage import KEY, Book, Count, Stage, Trip, step, trip


async def test_the_first_step_is_sent_when_a_process_starts() -> None:
    stage = Stage(trip(step("flight"), step("hotel")))
    process = await stage.start()
    assert stage.waiting() == ["flight"]
    assert (stage.process(process).status, stage.process(process).step) == (Status.RUNNING, "flight")
    assert stage.told(process) == ["started", "step_sent"]


async def test_a_step_is_sent_when_the_one_before_is_done() -> None:
    stage = Stage(trip(step("flight"), step("hotel"), step("car")))
    process = await stage.start()
    for name, following in (("flight", ["hotel"]), ("hotel", ["car"]), ("car", [])):
        await stage.answer(name)
        assert stage.waiting() == following
    ended = stage.process(process)
    assert (ended.status, ended.step, ended.ended_at) == (Status.COMPLETED, None, stage.now())
    assert ended.done == ("flight", "hotel", "car")
    assert stage.told(process)[-1] == "ended"


async def test_answers_are_kept_and_later_steps_know_them() -> None:
    hotel = step("hotel", send=lambda state: Book(what=f"hotel near {state.notes[-1]}"))
    stage = Stage(trip(step("flight"), hotel))
    process = await stage.start()
    await stage.answer("flight", "Oslo")
    assert stage.waiting() == ["hotel near Oslo"]
    await stage.answer("hotel near Oslo", "Grand")
    assert stage.state(process).notes == ("Oslo", "Grand")


async def test_an_answer_is_of_the_type_that_its_message_says() -> None:
    """The job table holds JSON; a step keeps what the sender of a message would have got."""

    def keep(state: Trip, answer: dict[str, int]) -> Trip:
        return state.model_copy(update={"rooms": answer["rooms"] + 1})

    stage = Stage(trip(step("count", send=lambda state: Count(), keep=keep)))
    process = await stage.start()
    await stage.answer("stage.count", {"rooms": "3"})
    assert stage.state(process).rooms == 4


async def test_an_answer_of_another_type_changes_nothing() -> None:
    stage = Stage(trip(step("count", send=lambda state: Count())))
    process = await stage.start()
    with pytest.raises(ValidationError):
        await stage.answer("stage.count", "many")
    assert stage.told(process) == ["started", "step_sent"]


async def test_an_answer_that_nobody_keeps_is_let_go() -> None:
    stage = Stage(trip(step("flight", keep=None)))
    process = await stage.start(state=Trip(notes=("before",)))
    await stage.answer("flight", {"anything": [1]})
    assert stage.state(process).notes == ("before",)


async def test_a_step_without_a_message_is_skipped() -> None:
    stage = Stage(trip(step("flight", send=lambda state: None), step("hotel")))
    process = await stage.start()
    assert stage.waiting() == ["hotel"]
    assert stage.told(process) == ["started", "step_skipped", "step_sent"]
    await stage.answer("hotel")
    assert stage.process(process).done == ("hotel",)


async def test_a_process_with_nothing_to_do_is_over_at_once() -> None:
    stage = Stage(trip(step("flight", send=lambda state: None), step("hotel", send=lambda state: None)))
    process = await stage.start()
    assert stage.process(process).status is Status.COMPLETED
    assert stage.told(process) == ["started", "step_skipped", "step_skipped", "ended"]


async def test_a_step_may_be_done_again_and_again() -> None:
    room = step(
        "room",
        send=lambda state: Book(what=f"room {len(state.notes) + 1}"),
        then=lambda state: "room" if len(state.notes) < 3 else None,
    )
    stage = Stage(trip(room, step("party")))
    process = await stage.start()
    for number in (1, 2, 3):
        await stage.answer(f"room {number}")
    assert stage.waiting() == ["party"]
    assert stage.process(process).done == ("room",)


async def test_a_step_may_lead_another_way() -> None:
    stage = Stage(trip(step("flight", then=lambda state: "car"), step("hotel"), step("car")))
    process = await stage.start()
    await stage.answer("flight")
    assert stage.waiting() == ["car"]
    await stage.answer("car")
    assert stage.process(process).done == ("flight", "car")


async def test_a_way_is_chosen_by_the_newest_answer() -> None:
    choose = step("flight", then=lambda state: "car" if state.notes[-1] == "cancelled" else None)
    for answer, following in (("cancelled", ["car"]), ("booked", ["hotel"])):
        stage = Stage(trip(choose, step("hotel"), step("car")))
        await stage.start()
        await stage.answer("flight", answer)
        assert stage.waiting() == following


async def test_an_answer_that_comes_twice_counts_once() -> None:
    stage = Stage(trip(step("flight"), step("hotel"), step("car")))
    process = await stage.start()
    flight = await stage.answer("flight")
    before = stage.told(process)
    for succeeded in (True, False):
        await stage.repeat(flight, succeeded=succeeded)
    assert stage.waiting() == ["hotel"]
    assert stage.told(process) == before
    assert stage.state(process).notes == ("flight",)


async def test_an_earlier_answer_to_a_repeated_step_changes_nothing() -> None:
    """It is the turn that counts, not the name of the step."""
    stage = Stage(trip(step("room", then=lambda state: "room")))
    process = await stage.start()
    first = await stage.answer("room")
    await stage.repeat(first)
    assert stage.waiting() == ["room"]
    assert stage.state(process).notes == ("room",)


async def test_an_answer_after_the_end_changes_nothing() -> None:
    stage = Stage(trip(step("flight")))
    process = await stage.start()
    flight = await stage.answer("flight")
    before = stage.told(process)
    await stage.repeat(flight, succeeded=False)
    assert stage.told(process) == before


async def test_an_answer_to_nobody_is_refused() -> None:
    stage = Stage(trip(step("flight")))
    with pytest.raises(NotFound):
        await stage.act(lambda engine: engine.wait_ended(new_id(ProcessId), 1))


async def test_one_process_of_a_kind_runs_for_a_key() -> None:
    stage = Stage(trip(step("flight")))
    await stage.start()
    with pytest.raises(ProcessRuns, match="trip runs already"):
        await stage.start()
    await stage.start(key="trip 2")
    assert stage.waiting() == ["flight", "flight"]


async def test_a_key_is_free_when_its_process_is_over() -> None:
    stage = Stage(trip(step("flight")))
    await stage.start()
    await stage.answer("flight")
    await stage.start()
    assert [process.key for process in stage.processes()] == [KEY, KEY]


async def test_a_process_remembers_whose_it_is_and_who_wanted_it() -> None:
    stage = Stage(trip(step("flight")))
    tenant, by = uuid4(), new_id(UserId)
    process = await stage.start(tenant=tenant, by=by)
    await stage.answer("flight")
    started, *_, ended = stage.history[process]
    for event in (started, ended):
        assert event.model_dump().items() >= {"key": KEY, "tenant": tenant, "started_by": by}.items()
    assert (stage.process(process).tenant, stage.process(process).started_by) == (tenant, by)
