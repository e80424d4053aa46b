"""What operators did is in the log, with who it was; what was refused is not."""

from typing import Any

import pytest

from colonnade.application.messaging import Caller, Context
from colonnade.application.operations import (
    CancelJob,
    CancelProcess,
    LimitQueue,
    ListActs,
    PauseQueue,
    ResumeQueue,
    WrongJobState,
)
from colonnade.core import UserId, new_id
from colonnade.infrastructure.database import EventLog

from ..processes.services import Service
from ..processes.trips import Do, step, trip
from ..processes.works import Works


async def acts(service: Service, limit: int = 50) -> list[tuple[str, str, str | None]]:
    """Return what was done, to what and by whom, the newest first."""
    page = await service.send(ListActs(limit=limit))
    return [(view.act, view.subject, view.by) for view in page.items]


@pytest.mark.parametrize("who", ["console", "caller"])
async def test_an_act_says_who_did_it(works: Works, who: str) -> None:
    somebody = new_id(UserId)
    context: dict[str, Any] = {"console": "ada"} if who == "console" else {"caller": Caller(somebody)}
    service = await works.service(trip(step("flight")))
    process = await service.begin()
    await service.send(CancelProcess(process_id=process), **context)
    by = "ada" if who == "console" else str(somebody)
    assert await acts(service) == [("operations.cancel_process", str(process), by)]


async def test_acts_are_listed_the_newest_first(works: Works) -> None:
    service = await works.service()
    await service.send(PauseQueue(queue="mail"), console="ada")
    works.clock.advance(hours=1)
    await service.send(LimitQueue(queue="mail", running_limit=3), console="bob")
    works.clock.advance(hours=1)
    await service.send(ResumeQueue(queue="mail"), console="eve")
    page = await service.send(ListActs())
    assert [(view.act.partition(".")[2], view.detail, view.by) for view in page.items] == [
        ("resume_queue", "", "eve"),
        ("limit_queue", "3", "bob"),
        ("pause_queue", "", "ada"),
    ]
    assert page.items[0].at == works.clock.now()
    assert await acts(service, limit=1) == [("operations.resume_queue", "mail", "eve")]


async def test_what_was_refused_is_no_act(works: Works) -> None:
    service = await works.service()
    job = await service.send_later(Do(label="a"))
    await service.send(CancelJob(job_id=job), console="ada")
    with pytest.raises(WrongJobState):
        await service.send(CancelJob(job_id=job), console="ada")
    assert await acts(service) == [("operations.cancel_job", str(job), "ada")]


async def test_acts_are_events_that_subscriptions_can_hear(works: Works) -> None:
    service = await works.service()
    await service.send(PauseQueue(queue="mail"), console="ada", correlation_id="request 1")
    log: EventLog = await service.resolver.get(EventLog)
    ((_, recorded),) = await log.read()
    assert recorded.stream.startswith("operator_act-")
    assert recorded.metadata == {"console": "ada", "correlation_id": "request 1"}
    assert Context().console is None
