"""Looking after jobs: what waits, runs or failed; running one again, and taking one back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Caller
from colonnade.application.operations import (
    CancelJob,
    GetJob,
    JobState,
    JobView,
    ListJobs,
    RetryJob,
    WrongJobState,
)
from colonnade.application.processes import Status
from colonnade.core import Invalid, NotFound, Unavailable, UserId, new_id

from ..processes.services import Service
from ..processes.trips import Broken, Call, Do, step, trip
from ..processes.works import Works
from ..scripts import failing, raising, waiting_for
from ..waiting import eventually


async def failed(service: Service, works: Works, message: Do | Call | None = None, **options: Any) -> JobId:
    """Send a job that fails for good, and wait until it has."""
    sent = message or Do(label="a")
    works.script[sent.label] = failing(Broken("no paper"))
    job = await service.send_later(sent, **options)
    async with service.working():
        await works.until_job(job, "failed")
    return job


class TestListing:
    async def test_shows_all_that_is_known_of_a_job(self, works: Works) -> None:
        service = await works.service()
        at = works.clock.now() + timedelta(days=1)
        job = await service.send_later(Do(label="a"), at=at, unique="key")
        (view,) = (await service.send(ListJobs())).items
        assert view == JobView(
            id=job,
            name="works.do",
            queue="default",
            priority=0,
            state=JobState.SCHEDULED,
            attempts=0,
            due_at=at,
            created_at=works.clock.now(),
            started_at=None,
            finished_at=None,
            unique_key="key",
            worker_id=None,
            error_code=None,
            error=None,
        )

    async def test_goes_from_page_to_page_the_newest_first(self, works: Works) -> None:
        service = await works.service()
        jobs = [await service.send_later(Do(label=str(number))) for number in range(5)]
        seen: list[JobId] = []
        cursor = None
        for expected in (2, 2, 1):
            page = await service.send(ListJobs(limit=2, cursor=cursor))
            assert len(page.items) == expected
            seen += [view.id for view in page.items]
            cursor = page.next
        assert cursor is None
        assert seen == jobs[::-1]

    async def test_finds_by_state_queue_and_name(self, works: Works) -> None:
        service = await works.service()
        now = await service.send_later(Do(label="now"))
        later = await service.send_later(Call(label="later"), at=works.clock.now() + timedelta(days=1))

        async def found(**wanted: Any) -> list[JobId]:
            return [view.id for view in (await service.send(ListJobs(**wanted))).items]

        assert await found(state=JobState.SCHEDULED) == [later]
        assert await found(state=JobState.WAITING) == [now]
        assert await found(name="works.call") == [later]
        assert await found(queue="default") == [later, now]
        assert await found(queue="mail") == []

    async def test_refuses_the_cursor_of_another_list(self, works: Works) -> None:
        service = await works.service()
        for label in ("a", "b"):
            await service.send_later(Do(label=label))
        cursor = (await service.send(ListJobs(limit=1))).next
        for other in (ListJobs(cursor=cursor, state=JobState.WAITING), ListJobs(cursor="nonsense")):
            with pytest.raises(Invalid, match="is not a cursor of this list"):
                await service.send(other)

    async def test_shows_a_job_with_its_message_its_sender_and_its_answer(self, works: Works) -> None:
        service = await works.service()
        job = await service.send_later(Call(label="a"))
        async with service.working():
            await works.until_job(job, "done")
        detail = await service.send(GetJob(job_id=job))
        assert (detail.message, detail.result, detail.state) == ({"label": "a"}, "a", JobState.DONE)
        assert detail.context.keys() >= {"correlation_id"}
        assert (detail.started_at, detail.finished_at) == (works.clock.now(), works.clock.now())

    async def test_knows_of_no_other_job(self, works: Works) -> None:
        service = await works.service()
        for message in (GetJob(job_id=new_id(JobId)), RetryJob(job_id=new_id(JobId)), CancelJob(job_id=new_id(JobId))):
            with pytest.raises(NotFound, match="there is no such job"):
                await service.send(message)


class TestRunningAgain:
    async def test_runs_a_failed_job_at_once(self, works: Works) -> None:
        service = await works.service()
        job = await failed(service, works)
        async with service.working():
            await service.send(RetryJob(job_id=job), console="ada")
            await works.until_job(job, "done")
        assert await works.effects() == ["a"]

    async def test_keeps_nothing_of_the_failure(self, works: Works) -> None:
        service = await works.service()
        job = await failed(service, works)
        works.clock.advance(hours=1)
        before = await service.send(GetJob(job_id=job))
        assert (before.error_code, before.error) == ("works.broken", "no paper")
        await service.send(RetryJob(job_id=job))
        after = await service.send(GetJob(job_id=job))
        assert (after.state, after.due_at) == (JobState.WAITING, works.clock.now())
        kept = (after.error_code, after.error, after.result, after.started_at, after.finished_at, after.worker_id)
        assert kept == (None,) * 6
        assert (after.message, after.created_at) == (before.message, before.created_at)

    async def test_gives_it_all_its_attempts(self, works: Works) -> None:
        service = await works.service()
        job = await failed(service, works)
        works.script["a"] = failing(RuntimeError("not yet"))
        async with service.working():
            await service.send(RetryJob(job_id=job))
            await works.until_job(job, "scheduled")
            works.pass_time(minutes=1)
            await works.until_job(job, "done")

    async def test_gives_it_all_the_time_of_an_outage(self, works: Works) -> None:
        """However long ago it was sent."""
        service = await works.service()
        job = await failed(service, works)
        works.clock.advance(days=6)
        works.script["a"] = failing(Unavailable("down"))
        async with service.working():
            await service.send(RetryJob(job_id=job))
            await works.until_job(job, "scheduled")
            works.pass_time(minutes=1)
            await works.until_job(job, "done")

    async def test_sends_what_follows_again(self, works: Works) -> None:
        service = await works.service()
        job = await failed(service, works, then=Do(label="then"))
        async with service.working():
            await service.send(RetryJob(job_id=job))
            await works.until_job(job, "done")

            async def followed() -> bool:
                return (await works.effects()).count("then") == 2

            await eventually(followed)

    async def test_runs_a_cancelled_job(self, works: Works) -> None:
        service = await works.service()
        job = await service.send_later(Do(label="a"), at=works.clock.now() + timedelta(days=1), unique="key")
        await service.send(CancelJob(job_id=job))
        async with service.working():
            works.pass_time(minutes=10)
            await works.rest()
            await service.send(RetryJob(job_id=job))
            await works.until_job(job, "done")

    @pytest.mark.parametrize("state", ["waiting", "scheduled", "running", "done"])
    async def test_is_for_what_has_ended_badly(self, works: Works, state: str) -> None:
        goes_on = asyncio.Event()
        if state == "running":
            works.script["a"] = waiting_for(goes_on)
        service = await works.service()
        at = works.clock.now() + timedelta(days=1) if state == "scheduled" else None
        job = await service.send_later(Do(label="a"), at=at)
        if state in {"waiting", "scheduled"}:
            with pytest.raises(
                WrongJobState, match=f"{state}.*only a job that failed or was cancelled can be run again"
            ):
                await service.send(RetryJob(job_id=job))
            return
        async with service.working():
            await works.until_job(job, state)
            with pytest.raises(WrongJobState, match=f"{state}.*only a job that failed or was cancelled"):
                await service.send(RetryJob(job_id=job))
            goes_on.set()
            await works.until_job(job, "done")

    async def test_is_not_for_a_step_of_a_process_that_has_gone_on(self, works: Works) -> None:
        """The effect would be nobody's: nothing undoes it any more."""
        works.script["flight"] = failing(Broken("no seat"))
        service = await works.service(trip(step("flight")))
        async with service.working():
            await service.begin()
            await works.until(Status.UNDONE)
        (job,) = await works.jobs("works.do")
        with pytest.raises(WrongJobState, match=r"this was a step of a process.*see to the process instead"):
            await service.send(RetryJob(job_id=job.id))
        assert (await works.job(job.id)).state == "failed"


class TestCancelling:
    @pytest.mark.parametrize("days", [0, 1])
    async def test_takes_back_what_waits(self, works: Works, days: int) -> None:
        service = await works.service()
        job = await service.send_later(Do(label="a"), at=works.clock.now() + timedelta(days=days), unique="key")
        await service.send(CancelJob(job_id=job), console="ada")
        detail = await service.send(GetJob(job_id=job))
        assert (detail.state, detail.finished_at) == (JobState.CANCELLED, works.clock.now())
        again = await service.send_later(Do(label="b"), unique="key")
        async with service.working():
            works.pass_time(days=days)
            await works.until_job(again, "done")
        assert await works.effects() == ["b"]

    @pytest.mark.parametrize("state", ["running", "done", "cancelled", "failed"])
    async def test_is_for_what_waits(self, works: Works, state: str) -> None:
        goes_on = asyncio.Event()
        works.script["a"] = {"running": waiting_for(goes_on), "failed": raising(Broken("no"))}.get(state, failing())
        service = await works.service()
        job = await service.send_later(Do(label="a"))
        if state == "cancelled":
            await service.send(CancelJob(job_id=job))
        async with service.working():
            await works.until_job(job, state)
            with pytest.raises(WrongJobState, match=f"{state}.*only a job that waits can be cancelled"):
                await service.send(CancelJob(job_id=job))
            goes_on.set()

    async def test_sends_what_was_to_follow(self, works: Works) -> None:
        """Whoever waits for the end of a job hears of it, well or not."""
        service = await works.service()
        job = await service.send_later(Do(label="a"), at=works.clock.now() + timedelta(days=1), then=Do(label="then"))
        async with service.working():
            await service.send(CancelJob(job_id=job))

            async def followed() -> bool:
                return await works.effects() == ["then"]

            await eventually(followed)

    async def test_makes_the_process_fail_whose_step_it_was(self, works: Works) -> None:
        works.script["hotel"] = failing(Unavailable("down"))
        service = await works.service(trip(step("flight"), step("hotel")))
        async with service.working():
            await service.begin()
            await works.until(Status.RUNNING, step="hotel")
            job = (await works.jobs("works.do"))[-1]
            await works.until_job(job.id, "scheduled")
            await service.send(CancelJob(job_id=job.id))
            ended = await works.until(Status.UNDONE)
        assert ended.error == "hotel: cancelled by an operator"
        assert await works.effects() == ["began trip 1", "flight", "undo flight"]


async def test_a_job_that_runs_again_acts_for_whoever_sent_it(works: Works) -> None:
    """Not for the operator."""
    sender, seen = Caller(new_id(UserId)), list[Any]()

    async def note(context: Any) -> None:
        seen.append(context.caller)
        if len(seen) == 1:
            raise Broken("no")

    works.script["a"] = note
    service = await works.service()
    async with service.working():
        job = await service.send_later(Do(label="a"), caller=sender)
        await works.until_job(job, "failed")
        await service.send(RetryJob(job_id=job), caller=Caller(new_id(UserId)))
        await works.until_job(job, "done")
    assert seen == [sender, sender]
