"""Trying again: by the policy of the message's class, for as long as an outage lasts, or not at all."""

import asyncio
from datetime import timedelta

import pytest
from pydantic import TypeAdapter
from sqlalchemy import update

from colonnade.application.messaging import Context
from colonnade.core import ColonnadeError, Conflict, Forbidden, Unavailable, VersionConflict
from colonnade.infrastructure.jobs.tables import jobs

from ..scripts import failing, raising
from .office import DAY_SECONDS, Brief, Newer, Office, Planned, Work


def pause_of(office: Office, row: object) -> float:
    """Return in how many seconds a job is tried again."""
    return float((row.due_at - office.clock.now()).total_seconds())  # type: ignore[attr-defined]


async def test_a_job_that_fails_is_tried_a_number_of_times_with_growing_pauses(office: Office) -> None:
    office.script["a"] = raising(RuntimeError("out of cheese"))
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        row = await office.until(job, "scheduled", attempts=1)
        assert pause_of(office, row) == pytest.approx(10, rel=0.25)
        assert (row.error_code, row.worker_id, row.finished_at) == ("RuntimeError", None, None)
        office.pass_time(12.5)
        row = await office.until(job, "scheduled", attempts=2)
        assert pause_of(office, row) == pytest.approx(20, rel=0.25)
        office.pass_time(25)
        row = await office.until(job, "failed")
    assert (row.attempts, row.error_code, row.result) == (3, "RuntimeError", None)
    assert "out of cheese" in row.error
    assert row.finished_at == office.clock.now()
    assert await office.effects() == []


async def test_it_is_not_tried_before_its_pause_is_over(office: Office) -> None:
    office.script["a"] = failing(RuntimeError("once"))
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        await office.until(job, "scheduled")
        office.pass_time(7)
        await office.look_around()
        assert office.labels().count("a") == 1
        office.pass_time(6)
        await office.until(job, "done")
    assert await office.effects() == ["a", "last"]


async def test_the_pauses_of_a_standard_are_kept(office: Office) -> None:
    """And they say how often it is tried, whatever the number of attempts."""
    office.script["a"] = raising(RuntimeError("no"))
    (job,) = await office.send(Planned(label="a"))
    async with office.worker():
        for attempt, pause in ((1, 5), (2, 300)):
            row = await office.until(job, "scheduled", attempts=attempt)
            assert pause_of(office, row) == pytest.approx(pause, rel=0.25)
            office.pass_time(pause * 1.25)
        assert (await office.until(job, "failed")).attempts == 3


async def test_an_outage_may_last_longer_than_every_attempt(office: Office) -> None:
    office.script["a"] = failing(*[Unavailable("the mail server is down")] * 25)
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        for attempt in range(1, 26):
            row = await office.until(job, "scheduled", attempts=attempt)
            assert row.error_code == "unavailable"
            office.pass_time(pause_of(office, row))
        row = await office.until(job, "done")
    assert (row.attempts, await office.effects()) == (26, ["a"])


async def test_an_outage_that_lasts_too_long_is_a_failure(office: Office) -> None:
    office.script["a"] = raising(Unavailable("the mail server is gone"))
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        await office.until(job, "scheduled")
        office.pass_time(DAY_SECONDS)
        row = await office.until(job, "failed")
    assert (row.error_code, row.error) == ("unavailable", "the mail server is gone")


async def test_an_outage_begins_with_the_first_attempt(office: Office) -> None:
    """A job that was sent long before its time has as long as any other."""
    office.script["a"] = failing(Unavailable("down"))
    (job,) = await office.send(Work(label="a"), at=office.clock.now() + timedelta(days=30))
    async with office.worker():
        await office.look_around()
        office.pass_time(30 * DAY_SECONDS)
        await office.until(job, "scheduled", attempts=1)
        office.pass_time(20)
        await office.until(job, "done")


async def test_the_attempts_of_an_outage_are_not_counted(office: Office) -> None:
    """What fails by itself after an outage is tried as often as without one."""
    office.script["a"] = failing(*[Unavailable("down")] * 5, RuntimeError("one"), RuntimeError("two"))
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        for attempt in range(1, 8):
            row = await office.until(job, "scheduled", attempts=attempt)
            office.pass_time(pause_of(office, row))
        await office.until(job, "done")


@pytest.mark.parametrize("error", [Conflict("it is closed"), Forbidden("not yours"), ColonnadeError("no")])
async def test_what_cannot_succeed_is_not_tried_again(office: Office, error: ColonnadeError) -> None:
    office.script["a"] = raising(error)
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        row = await office.until(job, "failed")
    assert (row.attempts, row.error_code, row.error) == (1, error.code, error.message)


async def test_a_lost_race_is_run_again(office: Office) -> None:
    office.script["a"] = failing(VersionConflict("somebody else was faster"))
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        await office.until(job, "scheduled")
        office.pass_time(13)
        await office.until(job, "done")


@pytest.mark.parametrize(
    "error",
    [
        KeyError("a"),
        ExceptionGroup("several", [ValueError("one")]),
        OSError(5, "I/O"),
        AssertionError(),
        StopAsyncIteration(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_error_that_nobody_expected_is_kept_and_the_job_tried_again(office: Office, error: Exception) -> None:
    office.script["a"] = failing(error)
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        row = await office.until(job, "scheduled")
        assert row.error_code == type(error).__name__
        assert "raise left.pop(0)" in row.error
        office.pass_time(13)
        await office.until(job, "done")


@pytest.mark.parametrize("text", ["nul \x00 byte", "half \ud800 a pair"], ids=["nul", "surrogate"])
@pytest.mark.parametrize("kind", [RuntimeError, Conflict])
async def test_an_error_whose_text_no_database_can_keep_does_not_hold_the_job(
    office: Office, text: str, kind: type[Exception]
) -> None:
    office.script["a"] = raising(kind(text))
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        row = await office.until(job, "failed" if kind is Conflict else "scheduled")
    assert text.partition(" ")[0] in row.error


async def test_something_cancelled_inside_a_handler_is_a_failure_like_others(office: Office) -> None:
    """It is not the end of the worker, which would give the job back for an endless round."""

    async def await_a_cancelled_task(context: Context) -> None:
        task = asyncio.create_task(asyncio.sleep(60))
        task.cancel()
        await task

    office.script["a"] = await_a_cancelled_task
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        row = await office.until(job, "scheduled", attempts=1)
    assert row.error_code == "CancelledError"
    assert office.labels() == ["a"]


async def test_a_message_of_an_old_version_that_cannot_be_read_fails_at_once(office: Office) -> None:
    (job,) = await office.send(Work(label="a"))
    await office.database.write(update(jobs).where(jobs.c.id == job).values(message={"title": "top secret"}))
    async with office.worker():
        row = await office.until(job, "failed")
    assert row.attempts == 1
    assert "label" in row.error
    assert "top secret" not in row.error


async def test_what_a_handler_cannot_read_is_tried_again(office: Office) -> None:
    """An answer from elsewhere that makes no sense today may make sense tomorrow; only the job's own message stays."""

    async def read_nonsense(context: Context) -> None:
        if context.delivery is not None and context.delivery.attempt == 1:
            TypeAdapter(int).validate_json("<html>")

    office.script["a"] = read_nonsense
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        assert (await office.until(job, "scheduled")).error_code == "ValidationError"
        office.pass_time(13)
        await office.until(job, "done")


async def test_a_message_that_nobody_knows_waits_for_a_newer_process(office: Office) -> None:
    (job,) = await office.send(Newer(label="a"))
    async with office.worker():
        for attempt in range(1, 6):
            row = await office.until(job, "scheduled", attempts=attempt)
            assert "tests.newer" in row.error
            office.pass_time(pause_of(office, row))
        row = await office.until(job, "scheduled", attempts=6)
    office.script["a"] = failing(RuntimeError("one"), RuntimeError("two"))
    office.clock.advance(seconds=pause_of(office, row))
    async with office.worker(Newer):
        for attempt in (7, 8):
            row = await office.until(job, "scheduled", attempts=attempt)
            office.pass_time(pause_of(office, row))
        await office.until(job, "done")
    assert await office.effects() == ["a"]


async def test_an_attempt_has_a_time_limit(office: Office) -> None:
    async def wait_for_ever(context: Context) -> None:
        await asyncio.Event().wait()

    office.script["a"] = wait_for_ever
    (job,) = await office.send(Brief(label="a"))
    async with office.worker():
        row = await office.until(job, "scheduled", attempts=1)
        assert row.error_code == "TimeoutError"
        office.pass_time(13)
        row = await office.until(job, "failed")
    assert (row.attempts, await office.effects()) == (2, [])


async def test_a_time_limit_of_a_handlers_own_is_a_failure_like_others(office: Office) -> None:
    async def give_up_early(context: Context) -> None:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()

    office.script["a"] = give_up_early
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        assert (await office.until(job, "scheduled")).error_code == "TimeoutError"


async def test_one_job_that_fails_does_not_hold_the_others(office: Office) -> None:
    office.script["bad"] = raising(RuntimeError("no"))
    sent = await office.send(Work(label="bad"), *(Work(label=f"good {number}") for number in range(5)))
    async with office.worker(concurrency=1):
        for job in sent[1:]:
            await office.until(job, "done")
