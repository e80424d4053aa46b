"""Definitions change while processes run: each goes on by its own version, or by a newer one that says how."""

from typing import Any

import pytest
from pydantic import BaseModel

from colonnade.application.processes import Process, ProcessDefinitions, Status, Step, UnknownProcess, Wait
from colonnade.application.processes.events import ProcessUpgraded

from .stage import KEY, Book, Paid, Refused, Stage, Trip, payment, step, trip


class Journey(BaseModel):
    """What a newer version knows."""

    notes: tuple[str, ...]
    places: int


def renamed(name: str, facts: Any) -> tuple[str, dict[str, Any]]:
    """Take a process from the first version to the second."""
    return {"flight": "train", "hotel": "inn"}.get(name, name), {"notes": facts["notes"], "places": facts["rooms"]}


def keep(state: Journey, answer: str) -> Journey:
    """Note an answer."""
    return Journey(notes=(*state.notes, answer), places=state.places)


OLD = trip(step("flight"), step("hotel"), step("guide"))
NEW: Process[Any] = Process(
    "stage.trip",
    "journey",
    Journey,
    (
        step("train", keep=keep),
        step("inn", keep=keep, send=lambda state: Book(what=f"inn for {state.places}")),
        step("guide", keep=keep, send=lambda state: Book(what=f"guide for {state.places}")),
    ),
    version=2,
    upgrades={1: renamed},
)


async def test_a_running_process_goes_on_by_a_newer_definition() -> None:
    stage = Stage(OLD)
    process = await stage.start(state=Trip(rooms=2))
    stage.definitions = (NEW,)
    await stage.answer("flight")
    assert stage.waiting() == ["inn for 2"]
    assert ProcessUpgraded(process_id=process, definition=2, step="train") in stage.history[process]
    assert dict(stage.process(process).facts) == {"notes": ["flight"], "places": 2}
    await stage.answer("inn for 2")
    await stage.answer("guide for 2")
    assert (stage.process(process).status, stage.process(process).definition) == (Status.COMPLETED, 2)
    assert stage.told(process).count("upgraded") == 1


async def test_what_an_older_definition_did_is_undone_by_the_newer_one() -> None:
    """The steps that are done have new names as well."""
    stage = Stage(OLD)
    process = await stage.start(state=Trip(rooms=2))
    await stage.answer("flight")
    await stage.answer("hotel")
    stage.definitions = (NEW,)
    await stage.fail("guide")
    await stage.answer("undo inn")
    await stage.answer("undo train")
    assert stage.process(process).status is Status.UNDONE


async def test_a_process_that_is_being_undone_is_upgraded_as_well() -> None:
    stage = Stage(OLD)
    process = await stage.start()
    await stage.answer("flight")
    await stage.answer("hotel")
    await stage.fail("guide")
    stage.definitions = (NEW,)
    await stage.answer("undo hotel")
    await stage.answer("undo train")
    assert stage.process(process).status is Status.UNDONE


async def test_what_waits_is_upgraded_when_its_event_comes() -> None:
    before = trip(payment("money"), step("flight"))
    after = trip(payment("payment"), step("flight"), version=2, upgrades={1: lambda name, facts: ("payment", facts)})
    stage = Stage(before)
    process = await stage.start()
    stage.definitions = (after,)
    await stage.hear(Paid(key=KEY))
    assert stage.waiting() == ["flight"]
    assert stage.process(process).definition == 2


async def test_what_waits_is_upgraded_when_its_time_is_over() -> None:
    def soon(state: Trip, now: Any) -> Any:
        return now

    before = trip(payment("money", until=soon, late="flight"), step("flight"))
    after = trip(
        payment("payment", until=soon, late="train"),
        step("train"),
        version=2,
        upgrades={1: lambda name, facts: ("payment", facts)},
    )
    stage = Stage(before)
    await stage.start()
    stage.definitions = (after,)
    await stage.ring(stage.timers[0])
    assert stage.waiting() == ["train"]


async def test_an_upgrade_goes_from_version_to_version() -> None:
    def suffixed(name: str, facts: Any) -> tuple[str, Any]:
        return f"{name}+", facts

    newest = trip(step("flight++"), step("hotel"), version=3, upgrades={1: suffixed, 2: suffixed})
    stage = Stage(OLD)
    process = await stage.start()
    stage.definitions = (newest,)
    await stage.answer("flight")
    assert stage.waiting() == ["hotel"]
    assert [event.step for event in stage.history[process] if isinstance(event, ProcessUpgraded)] == [
        "flight+",
        "flight++",
    ]


async def test_without_an_upgrade_a_process_goes_on_by_its_own_version() -> None:
    newer = trip(step("train"), version=2)
    stage = Stage(OLD)
    old = await stage.start()
    stage.definitions = (newer, OLD)
    new = await stage.start(key="trip 2")
    await stage.answer("flight")
    assert stage.waiting() == ["train", "hotel"]
    assert (stage.process(old).definition, stage.process(new).definition) == (1, 2)


async def test_each_version_hears_of_what_it_waits_for() -> None:
    """What only the older one waits for, too."""
    older = trip(payment("refusal", events={Refused: lambda event: event.key}), step("flight"))
    newer = trip(payment(), step("train"), version=2)
    stage = Stage(older)
    await stage.start(key="old")
    stage.definitions = (newer, older)
    await stage.start(key="new")
    await stage.hear(Refused(key="old"))
    await stage.hear(Refused(key="new"))
    assert stage.waiting() == ["flight"]
    await stage.hear(Paid(key="new"))
    assert stage.waiting() == ["flight", "train"]


async def test_each_version_may_know_its_key_in_its_own_way() -> None:
    older = trip(payment(), step("flight"))
    newer = trip(payment(events={Paid: lambda event: f"paid {event.key}"}), step("train"), version=2)
    stage = Stage(older)
    await stage.start(key="a")
    stage.definitions = (newer, older)
    await stage.start(key="paid a")
    await stage.hear(Paid(key="a"))
    assert sorted(stage.waiting()) == ["flight", "train"]


async def test_an_event_starts_the_newest_version() -> None:
    starts: Any = {Paid: lambda event: (event.key, Trip())}
    stage = Stage(trip(step("flight"), starts=starts), trip(step("train"), version=2, starts=starts))
    await stage.hear(Paid(key=KEY))
    assert stage.waiting() == ["train"]


@pytest.mark.parametrize(
    "known",
    [
        pytest.param((), id="none"),
        pytest.param((trip(step("train"), version=2),), id="a newer one that does not know how"),
        pytest.param((trip(step("train"), version=3, upgrades={1: renamed}),), id="one that knows half of the way"),
    ],
)
async def test_a_process_that_nothing_here_knows_waits_for_somebody_who_does(known: tuple[Process[Any], ...]) -> None:
    stage = Stage(OLD)
    process = await stage.start()
    stage.definitions = known
    for work in (stage.repeat(stage.sent[0]), stage.cancel(process)):
        with pytest.raises(UnknownProcess, match=r"nothing here knows how stage\.trip v\d goes on") as refused:
            await work
        assert refused.value.retryable
    assert stage.told(process) == ["started", "step_sent"]
    stage.definitions = (OLD,)
    await stage.answer("flight")
    assert stage.waiting() == ["hotel"]


async def test_a_process_of_a_newer_version_is_left_to_newer_services() -> None:
    stage = Stage(trip(step("train"), version=2))
    await stage.start()
    stage.definitions = (OLD,)
    with pytest.raises(UnknownProcess, match=r"stage\.trip v2"):
        await stage.answer("train")


@pytest.mark.parametrize("steps", [(), (step("flight"), payment("flight"))])
def test_a_process_needs_steps_with_names_of_their_own(steps: Any) -> None:
    with pytest.raises(TypeError, match=r"stage\.trip needs steps, each with a name of its own"):
        trip(*steps)


def test_a_name_and_version_is_taken_once() -> None:
    with pytest.raises(TypeError, match=r"two processes are called stage\.trip v1"):
        ProcessDefinitions([trip(step("flight")), trip(step("hotel"))])
    assert ProcessDefinitions([OLD, OLD, NEW]).newest() == {"stage.trip": NEW}


def test_the_parts_of_a_process_may_name_the_type_of_its_state() -> None:
    assert Process[Trip]("stage.trip", "trip", Trip, (Step[Trip]("flight", send=lambda state: None),)).steps
    assert Wait[Trip]("payment").events == {}
