"""Sending later: in the unit of work, at its time, in its order, once per key, and not while the past is told again."""

from datetime import timedelta

import pytest

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Caller, Context
from colonnade.core import UserId, new_id

from ..scripts import failing
from .office import Idle, Look, Office, Urgent, Work


async def test_a_job_is_sent_when_the_unit_of_work_is_committed(office: Office) -> None:
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        done = await office.until(job, "done")
    assert await office.effects() == ["a"]
    assert (done.name, done.queue, done.attempts, done.result) == ("tests.work", "default", 1, "a")
    assert done.finished_at == office.clock.now()


async def test_a_worker_hears_at_once_of_what_is_sent(office: Office) -> None:
    async with office.worker():
        await office.look_around()
        (job,) = await office.send(Work(label="a"))
        await office.until(job, "done")


async def test_a_rollback_sends_nothing(office: Office) -> None:
    work = office.unit_of_work()
    office.scheduler(work).send_later(Work(label="a"))
    await work.rollback()
    await work.commit()
    assert await office.rows() == []


async def test_what_a_job_sends_is_sent_if_the_job_succeeds(office: Office) -> None:
    office.script["sender"] = failing(RuntimeError("not yet"))
    (job,) = await office.send(Work(label="sender"))
    async with office.worker():
        await office.until(job, "scheduled")
        assert await office.states() == {"sender": "scheduled"}
        office.pass_time(20)
        await office.until(job, "done")
        await office.until_begun("sent by a job")
    assert office.labels().count("sent by a job") == 1


async def test_a_job_waits_for_its_time(office: Office) -> None:
    (later,) = await office.send(Work(label="later"), at=office.clock.now() + timedelta(seconds=60))
    async with office.worker():
        await office.look_around()
        office.pass_time(59)
        await office.look_around()
        assert "later" not in office.labels()
        office.pass_time(1)
        await office.until(later, "done")


async def test_a_time_that_is_past_is_now(office: Office) -> None:
    (job,) = await office.send(Work(label="a"), at=office.clock.now() - timedelta(days=1))
    async with office.worker():
        await office.until(job, "done")


async def test_a_job_in_due_time_is_not_kept_waiting_by_a_backlog(office: Office) -> None:
    """A worker that always has something to do still sees what becomes due."""
    later = office.clock.now() + timedelta(seconds=10)

    async def go_on(context: Context) -> None:
        if "due" not in office.labels() and len(office.begun) < 500:
            office.clock.advance(seconds=1)
            await office.send(Work(label="busy"))

    office.script["busy"] = go_on
    await office.send(Work(label="busy"), Work(label="busy"), Work(label="busy"))
    (due,) = await office.send(Urgent(label="due"), at=later)
    async with office.worker(concurrency=1):
        await office.until(due, "done")
    assert len(office.begun) < 500


async def test_the_lower_number_goes_first(office: Office) -> None:
    await office.send(*(kind(label=kind.__name__) for kind in (Idle, Work, Urgent)))
    async with office.worker(concurrency=1):
        await office.until_all("done")
    assert office.labels() == ["Urgent", "Work", "Idle"]


async def test_jobs_that_are_taken_together_begin_in_order(office: Office) -> None:
    """Priority first, then age; however many one look takes."""
    for number in range(8):
        for kind in (Idle, Work, Urgent):
            await office.send(kind(label=f"{kind.job_options.priority:+d} {number}"))
        office.clock.advance(seconds=1)
    async with office.worker(concurrency=24):
        await office.until_all("done")
    expected = [f"{priority:+d} {number}" for priority in (-10, 0, 10) for number in range(8)]
    assert office.labels() == expected


async def test_first_come_first_served(office: Office) -> None:
    labels = [f"{number:02d}" for number in range(20)]
    await office.send(*(Work(label=label) for label in labels))
    async with office.worker(concurrency=1):
        await office.until_all("done")
    assert office.labels() == labels


async def test_a_job_that_was_due_earlier_goes_first(office: Office) -> None:
    now = office.clock.now()
    await office.send(Work(label="second"), at=now + timedelta(seconds=2))
    await office.send(Work(label="first"), at=now + timedelta(seconds=1))
    office.clock.advance(seconds=10)
    async with office.worker(concurrency=1):
        await office.until_all("done")
    assert office.labels() == ["first", "second"]


async def test_of_two_jobs_with_a_key_one_waits(office: Office) -> None:
    at = office.clock.now() + timedelta(seconds=60)
    first, second = await office.send(Work(label="a"), Work(label="b"), at=at, unique="key")
    await office.send(Work(label="c"), unique="key")
    assert await office.row(first) is not None
    assert await office.row(second) is None
    assert await office.states() == {"a": "scheduled"}


async def test_a_key_is_free_when_its_job_runs(office: Office) -> None:
    async def send_again(context: Context) -> None:
        await office.send(Work(label="b"), unique="key")

    office.script["a"] = send_again
    await office.send(Work(label="a"), unique="key")
    async with office.worker():
        await office.until_begun("a", "b")
        await office.until_all("done")
    assert office.labels() == ["a", "b"]


async def test_two_jobs_with_a_key_may_both_be_tried_again(office: Office) -> None:
    """The one that comes back later gives the key up rather than be lost."""

    async def send_again_and_fail(context: Context) -> None:
        if len(office.begun) == 1:
            await office.send(Work(label="b"), unique="key")
            raise RuntimeError("not yet")

    office.script["a"] = send_again_and_fail
    office.script["b"] = failing(RuntimeError("not yet"))
    (job,) = await office.send(Work(label="a"), unique="key")
    async with office.worker(concurrency=1):
        await office.until(job, "scheduled")
        await office.until_begun("b")
        await office.until_all("scheduled")
        assert sorted(str(row.unique_key) for row in await office.rows()) == ["None", "key"]
        office.pass_time(60)
        await office.until_all("done")
    assert await office.effects() == ["a", "b"]


async def test_a_key_that_has_ended_can_be_used_again(office: Office) -> None:
    async with office.worker():
        for label in ("a", "b"):
            (job,) = await office.send(Work(label=label), unique="key")
            await office.until(job, "done")
    assert office.labels() == ["a", "b"]


async def test_a_job_can_be_taken_back(office: Office) -> None:
    at = office.clock.now() + timedelta(seconds=60)
    (taken_back,) = await office.send(Work(label="a"), at=at, unique="a")
    await office.send(Work(label="b"), at=at, unique="b")
    await office.cancel("a")
    row = await office.row(taken_back)
    assert (row.state, row.finished_at) == ("cancelled", office.clock.now())
    async with office.worker():
        office.pass_time(60)
        await office.until_begun("b")
    assert office.labels() == ["b"]


async def test_taking_back_what_is_not_there_does_nothing(office: Office) -> None:
    await office.send(Work(label="a"), unique="a")
    await office.cancel("b")
    assert await office.states() == {"a": "waiting"}


async def test_a_rollback_takes_nothing_back(office: Office) -> None:
    await office.send(Work(label="a"), unique="a")
    work = office.unit_of_work()
    office.scheduler(work).cancel("a")
    await work.rollback()
    await work.commit()
    assert await office.states() == {"a": "waiting"}


async def test_a_job_can_be_replaced_in_one_unit_of_work(office: Office) -> None:
    await office.send(Work(label="old"), unique="key")
    work = office.unit_of_work()
    scheduler = office.scheduler(work)
    scheduler.cancel("key")
    scheduler.send_later(Work(label="new"), unique="key")
    await work.commit()
    assert await office.states() == {"old": "cancelled", "new": "waiting"}


async def test_a_job_that_runs_cannot_be_taken_back(office: Office) -> None:
    async def cancel(context: Context) -> None:
        await office.cancel("key")

    office.script["a"] = cancel
    (job,) = await office.send(Work(label="a"), unique="key")
    async with office.worker():
        await office.until(job, "done")


async def test_nothing_is_sent_while_the_past_is_told_again(office: Office) -> None:
    replaying = Context(replaying=True)
    (job,) = await office.send(Work(label="a"), unique="a", context=replaying)
    assert isinstance(job, type(new_id(JobId)))
    assert await office.rows() == []


async def test_nothing_is_taken_back_while_the_past_is_told_again(office: Office) -> None:
    """What was once a reason to cancel says nothing about the job that waits today."""
    await office.send(Work(label="a"), unique="a")
    await office.cancel("a", Context(replaying=True))
    assert await office.states() == {"a": "waiting"}


async def test_the_sender_may_choose_the_identity(office: Office) -> None:
    work, chosen = office.unit_of_work(), new_id(JobId)
    assert office.scheduler(work).send_later(Work(label="a"), job_id=chosen) == chosen
    await work.commit()
    assert (await office.row(chosen)).state == "waiting"


async def test_a_job_acts_for_whoever_asked_for_it(office: Office) -> None:
    seen: list[Context] = []

    async def note(context: Context) -> None:
        seen.append(context)

    caller = Caller(new_id(UserId))
    office.script["a"] = note
    (job,) = await office.send(Work(label="a"), context=Context(caller=caller, correlation_id="request 1"))
    async with office.worker():
        await office.until(job, "done")
    (context,) = seen
    assert (context.caller, context.by_service) == (caller, True)
    assert (context.correlation_id, context.causation_id) == ("request 1", str(job))


async def test_any_kind_of_message_can_be_sent_later(office: Office) -> None:
    async def answer(context: Context) -> object:
        return {"now": office.clock.now()}

    office.script["a"] = answer
    (job,) = await office.send(Look(label="a"))
    async with office.worker():
        assert (await office.until(job, "done")).result == {"now": "2026-01-05T09:00:00Z"}


@pytest.mark.parametrize("text", ["größer, 🎉", "\u2028", "'; DROP TABLE jobs; --"])
async def test_texts_survive(office: Office, text: str) -> None:
    (job,) = await office.send(Work(label=text))
    async with office.worker():
        assert (await office.until(job, "done")).result == text
