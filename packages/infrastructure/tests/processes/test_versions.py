"""Definitions change while processes run, and while older and newer services run beside each other."""

from typing import Any

from pydantic import BaseModel

from colonnade.application.processes import Process, Status

from ..scripts import raising
from ..waiting import eventually
from .trips import KEY, Broken, Do, Paid, payment, step, trip
from .works import Works


class Journey(BaseModel):
    """What a newer version knows."""

    notes: tuple[str, ...] = ()
    places: int = 0


def renamed(name: str, facts: Any) -> tuple[str, dict[str, Any]]:
    """Take a process from the first version to the second."""
    return {"flight": "train"}.get(name, name), {"notes": facts["notes"], "places": facts["amount"] + 2}


def keep(state: Journey, answer: str) -> Journey:
    """Note an answer."""
    return Journey(notes=(*state.notes, answer), places=state.places)


OLD = trip(step("flight"), payment(), step("hotel"))
NEW: Process[Any] = Process(
    "works.trip",
    "journey",
    Journey,
    (
        step("train", keep=keep),
        payment(keep=lambda state, event: state),
        step("hotel", keep=keep, send=lambda state: Do(label=f"hotel for {state.places}")),
    ),
    version=2,
    upgrades={1: renamed},
)


async def test_a_running_process_goes_on_by_the_newer_definition(works: Works) -> None:
    old, new = await works.service(OLD), await works.service(NEW)
    async with old.working():
        process = await old.begin()
        await works.until(Status.RUNNING, step="payment")
    async with new.working():
        await works.tell(Paid(key=KEY))
        ended = await works.until(Status.COMPLETED)
    assert (ended.definition, ended.facts) == (2, {"notes": ["flight", "hotel for 2"], "places": 2})
    assert await works.effects() == ["began trip 1", "flight", "hotel for 2"]
    assert "goes on by definition 2" in await new.history(process)


async def test_what_the_older_definition_did_is_undone_by_the_newer_one(works: Works) -> None:
    works.script["hotel for 2"] = raising(Broken("full"))
    old, new = await works.service(OLD), await works.service(NEW)
    async with old.working():
        await old.begin()
        await works.until(Status.RUNNING, step="payment")
    async with new.working():
        await works.tell(Paid(key=KEY))
        await works.until(Status.UNDONE)
    assert await works.effects() == ["began trip 1", "flight", "undo train"]


async def test_two_versions_run_beside_each_other(works: Works) -> None:
    newer = trip(step("train"), payment(), step("inn"), version=2)
    first, second = await works.service(OLD), await works.service(OLD, newer)
    before = await first.begin("old")
    after = await second.begin("new")
    async with second.working():
        for process in (before, after):
            await works.until(Status.RUNNING, process_id=process, step="payment")
        await works.tell(Paid(key="old"), Paid(key="new"))
        rows = await works.until_ended(2)
    assert [(row.definition, row.facts["notes"]) for row in rows] == [
        (1, ["flight", "hotel"]),
        (2, ["train", "inn"]),
    ]


async def test_a_process_waits_for_a_service_that_knows_it(works: Works) -> None:
    """However often an older one tries in vain."""
    older, newer = await works.service(OLD), await works.service(trip(step("train"), step("inn"), version=2))
    await newer.begin()
    async with older.working():
        await works.until(Status.RUNNING, step="train")
        for attempt in range(1, 13):

            async def tried(attempt: int = attempt) -> bool:
                waiting = [row for row in await works.jobs("processes.continue") if row.attempts >= attempt]
                return bool(waiting) and waiting[0].state == "scheduled"

            await eventually(tried)
            works.pass_time(minutes=15)
        await works.rest()
        (row,) = await works.jobs("processes.continue")
        assert row.error_code == "processes.unknown"
        assert (await works.process()).status == Status.RUNNING
    async with newer.working():
        works.pass_time(minutes=15)
        await works.until(Status.COMPLETED)
    assert await works.effects() == ["began trip 1", "inn", "train"]


async def test_an_event_for_a_process_that_nobody_knows_waits_as_well(works: Works) -> None:
    """And holds up nothing else."""
    newer = trip(payment(), step("inn"), version=2)
    other = Process("works.other", "other", type(OLD.state()), (payment(), step("car")))
    old, new = await works.service(OLD, other), await works.service(newer, other)
    await new.begin()
    await new.begin("trip 2", name="works.other")
    async with old.working():
        await works.tell(Paid(key=KEY))
        await works.until_parked("retrying")
        await works.tell(Paid(key="trip 2"))
        await works.until_job((await _job_of(works, "car")).id, "done")
    async with new.working():
        works.pass_time(minutes=15)
        await works.until_ended(2)
    assert await works.parked() == []


async def _job_of(works: Works, label: str) -> Any:
    found: list[Any] = []

    async def sent() -> bool:
        found[:] = [row for row in await works.jobs("works.do") if row.message["label"] == label]
        return bool(found)

    await eventually(sent)
    return found[0]
