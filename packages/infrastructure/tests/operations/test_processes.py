"""Looking after processes: where each is, what it did, and letting one that is stuck go on."""

from typing import Any
from uuid import uuid4

import pytest

from colonnade.application.messaging import Caller
from colonnade.application.operations import (
    CancelProcess,
    GetProcess,
    ListActs,
    ListProcesses,
    ProcessView,
    RetryProcess,
)
from colonnade.application.processes import ProcessId, ProcessOver, Status
from colonnade.application.processes.events import ProcessCancelled, ProcessRetried
from colonnade.core import Invalid, NotFound, UserId, new_id
from colonnade.infrastructure.database import EventLog

from ..processes.services import Service
from ..processes.trips import Broken, payment, step, trip
from ..processes.works import Works
from ..scripts import failing, raising


async def listed(service: Service, **wanted: Any) -> list[str]:
    """Return the keys of the processes that are found, the newest first."""
    return [view.key for view in (await service.send(ListProcesses(**wanted))).items]


async def test_a_process_is_listed_with_all_that_is_known_of_it(works: Works) -> None:
    by = new_id(UserId)
    service = await works.service(trip(step("flight")))
    process = await service.begin(by=by)
    (view,) = (await service.send(ListProcesses())).items
    assert view == ProcessView(
        id=process,
        name="works.trip",
        definition=1,
        key="trip 1",
        tenant=None,
        started_by=by,
        status=Status.RUNNING,
        step="flight",
        error=None,
        started_at=works.clock.now(),
        updated_at=works.clock.now(),
        ended_at=None,
    )


async def test_processes_are_listed_from_page_to_page_the_newest_first(works: Works) -> None:
    service = await works.service(trip(step("flight")))
    keys = [f"trip {number}" for number in range(5)]
    for key in keys:
        await service.begin(key)
    first = await service.send(ListProcesses(limit=3))
    second = await service.send(ListProcesses(limit=3, cursor=first.next))
    assert [view.key for view in (*first.items, *second.items)] == keys[::-1]
    assert second.next is None
    with pytest.raises(Invalid, match="is not a cursor of this list"):
        await service.send(ListProcesses(status=Status.RUNNING, cursor=first.next))


async def test_processes_are_found_by_status_and_name(works: Works) -> None:
    works.script["flight"] = failing(Broken("no seat"))
    service = await works.service(trip(step("flight")))
    async with service.working():
        await service.begin("bad")
        await works.until_ended(1)
        await service.begin("good")
        await works.until_ended(2)
    await service.begin("new")
    assert await listed(service) == ["new", "good", "bad"]
    assert await listed(service, status=Status.RUNNING) == ["new"]
    assert await listed(service, status=Status.COMPLETED) == ["good"]
    assert await listed(service, status=Status.UNDONE, name="works.trip") == ["bad"]
    assert await listed(service, name="works.other") == []


async def test_a_process_is_shown_with_what_it_knows_and_did(works: Works) -> None:
    service = await works.service(trip(step("flight"), payment()))
    async with service.working():
        process = await service.begin()
        await works.until(Status.RUNNING, step="payment")
    works.clock.advance(hours=1)
    await service.send(CancelProcess(process_id=process), console="ada")
    detail = await service.send(GetProcess(process_id=process))
    assert (detail.facts, detail.done) == ({"notes": ["flight"], "amount": 0}, ("flight",))
    assert (detail.status, detail.error, detail.updated_at) == (Status.UNDOING, "cancelled", works.clock.now())
    assert [entry.what.partition(" (job")[0] for entry in detail.history] == [
        "began, for trip 1",
        "flight: sent works.do",
        "flight: done",
        "payment: waits for works.paid",
        "cancelled: what was done is undone",
        "flight: sent works.do to undo it",
    ]
    assert {entry.at for entry in detail.history[-2:]} == {works.clock.now()}


async def test_the_history_is_that_of_one_process(works: Works) -> None:
    service = await works.service(trip(step("flight")))
    first, _ = await service.begin(), await service.begin("trip 2")
    assert (await service.history(first))[0] == "began, for trip 1"


async def test_a_process_that_is_not_there_is_not_found(works: Works) -> None:
    service = await works.service(trip(step("flight")))
    with pytest.raises(NotFound, match="there is no such process"):
        await service.send(GetProcess(process_id=ProcessId(uuid4())))


async def test_who_lets_a_process_go_on_or_back_is_in_its_history_and_in_the_acts(works: Works) -> None:
    somebody = Caller(new_id(UserId))
    works.script["undo flight"] = failing(Broken("closed"))
    service = await works.service(trip(step("flight"), payment()))
    async with service.working():
        process = await service.begin()
        await works.until(Status.RUNNING, step="payment")
        await service.send(CancelProcess(process_id=process), caller=somebody)
        await works.until(Status.STUCK)
        await service.send(RetryProcess(process_id=process), caller=somebody)
        await works.until(Status.UNDONE)
    acts = (await service.send(ListActs())).items
    assert [(act.act, act.subject, act.by) for act in acts] == [
        ("operations.retry_process", str(process), str(somebody.user_id)),
        ("operations.cancel_process", str(process), str(somebody.user_id)),
    ]
    log: EventLog = await service.resolver.get(EventLog)
    told = [recorded.event for recorded in await log.stream(f"process-{process}")]
    assert ProcessCancelled(process_id=process, by=somebody.user_id) in told
    assert ProcessRetried(process_id=process, step="flight", by=somebody.user_id) in told


async def test_what_cannot_be_done_is_refused_and_noted_nowhere(works: Works) -> None:
    works.script["undo flight"] = raising(Broken("closed"))
    service = await works.service(trip(step("flight"), payment()))
    async with service.working():
        process = await service.begin()
        await works.until(Status.RUNNING, step="payment")
        with pytest.raises(ProcessOver, match="the process is running: there is nothing to try again"):
            await service.send(RetryProcess(process_id=process))
        await service.send(CancelProcess(process_id=process))
        await works.until(Status.STUCK)
        with pytest.raises(ProcessOver, match="the process is stuck: it cannot be cancelled"):
            await service.send(CancelProcess(process_id=process))
    assert len((await service.send(ListActs())).items) == 1
