"""The end of a job: with its effect or not at all, once, with an answer that is kept for a time and what follows it."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Caller, Context, Delivery
from colonnade.core import Conflict, Unavailable, UserId, new_id
from colonnade.infrastructure.database.unit_of_work import LeaseLost

from ..scripts import failing, raising, waiting_for
from ..waiting import eventually
from .office import Ended, Fetch, Office, Work


async def test_an_answer_is_kept_for_a_set_time(office: Office) -> None:
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        assert (await office.until(job, "done")).result == "a"
        office.pass_time(3_590)
        await office.look_around()
        assert (await office.row(job)).result == "a"
        office.pass_time(20)

        async def is_forgotten() -> bool:
            return await office.row(job) is None

        await eventually(is_forgotten)


async def test_a_failure_is_kept_for_a_set_time(office: Office) -> None:
    office.script["a"] = raising(Conflict("no"))
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        await office.until(job, "failed")
        office.pass_time(3_610)

        async def is_forgotten() -> bool:
            return await office.row(job) is None

        await eventually(is_forgotten)


async def test_what_waits_is_never_forgotten(office: Office) -> None:
    await office.set_queue("default", paused=True)
    await office.send(Work(label="a"))
    async with office.worker():
        office.pass_time(10_000_000)
        (follow,) = await office.send(Ended(label="b"))
        await office.until(follow, "done")
    assert await office.states() == {"a": "waiting", "b": "done"}


async def test_what_follows_a_job_is_sent_once_when_it_is_done(office: Office) -> None:
    (job,) = await office.send(Work(label="a"), then=Ended(label="then"))
    async with office.worker():
        await office.until_begun("then")
        await office.until_all("done")
        await office.look_around()
    assert office.labels() == ["a", "then", "last"]
    (follow,) = [row for row in await office.rows() if row.message["label"] == "then"]
    assert (follow.queue, follow.priority) == ("mail", -10)
    assert follow.context["causation_id"] == str(job)


async def test_what_follows_acts_for_the_same_person(office: Office) -> None:
    caller = Caller(new_id(UserId))
    context = Context(caller=caller, correlation_id="request 1")
    for number, kind in enumerate((Work, Fetch)):
        await office.send(kind(label=f"{number}"), then=Ended(label=f"then {number}"), context=context)
    async with office.worker():
        await office.until_begun("then 0", "then 1")
    followed = [row.context for row in await office.rows() if row.name == Ended.wire_name]
    assert len(followed) == 2
    for kept in followed:
        assert (kept["caller"], kept["correlation_id"]) == (str(caller.user_id), "request 1")


@pytest.mark.parametrize("kind", [Work, Fetch])
async def test_what_follows_a_job_is_sent_once_when_it_has_failed_for_good(
    office: Office, kind: type[Work] | type[Fetch]
) -> None:
    office.script["a"] = raising(RuntimeError("one"), Unavailable("down"), Conflict("no"))
    (job,) = await office.send(kind(label="a"), then=Ended(label="then"))
    async with office.worker():
        for attempt in (1, 2):
            await office.until(job, "scheduled", attempts=attempt)
            assert "then" not in office.labels()
            office.pass_time(60)
        await office.until(job, "failed")
        await office.until_begun("then")
        await office.look_around()
    assert office.labels() == ["a", "a", "a", "then", "last"]


async def test_what_follows_is_not_sent_by_a_rollback(office: Office) -> None:
    office.script["a"] = failing(RuntimeError("not yet"))
    (job,) = await office.send(Work(label="a"), then=Ended(label="then"))
    async with office.worker():
        await office.until(job, "scheduled")
        assert [row.message["label"] for row in await office.rows()] == ["a"]


async def test_what_follows_sees_what_was_done(office: Office) -> None:
    seen: list[list[str]] = []

    async def look(context: Context) -> None:
        seen.append(await office.effects())

    office.script["then"] = look
    await office.send(Work(label="a"), then=Ended(label="then"))
    async with office.worker():
        await office.until_begun("then")
        await office.until_all("done")
    assert seen == [["a"]]


async def test_an_effect_and_the_end_of_its_job_are_one(office: Office) -> None:
    """Neither is there without the other, whenever somebody looks."""
    gate = asyncio.Event()
    office.script["a"] = waiting_for(gate)
    (job,) = await office.send(Work(label="a"))
    async with office.worker():
        await office.until_begun("a")
        assert (await office.effects(), (await office.row(job)).state) == ([], "running")
        gate.set()

        async def is_done() -> bool:
            effects = await office.effects()
            state = (await office.row(job)).state
            assert not effects or state == "done"
            return bool(state == "done")

        await eventually(is_done)
    assert await office.effects() == ["a"]


async def test_whoever_lost_a_job_cannot_commit_its_effect(office: Office) -> None:
    """With a token that is no longer right nothing stays: no effect, nothing sent, nothing that follows."""
    (job,) = await office.send(Work(label="sender"), then=Ended(label="then"))
    gate = asyncio.Event()
    office.script["sender"] = waiting_for(gate)
    bus = await office.bus()
    async with office.worker(concurrency=1, grace_seconds=5) as lease:
        await office.until_begun("sender")
        right = Delivery(job, 1, lease.worker_id, 60)
        for wrong in (
            Delivery(job, 2, lease.worker_id, 60),
            Delivery(job, 1, new_id(JobId), 60),
            Delivery(new_id(JobId), 1, lease.worker_id, 60),
        ):
            with pytest.raises(LeaseLost):
                await bus.send(Work(label="b"), Context(delivery=wrong))
        assert await office.effects() == []
        await bus.send(Work(label="c"), Context(delivery=right))
        gate.set()
    with pytest.raises(LeaseLost):
        await bus.send(Work(label="d"), Context(delivery=right))
    assert await office.effects() == ["c"]
    assert [row.message["label"] for row in await office.rows()] == ["sender"]


async def test_a_paused_worker_whose_job_was_rescued_cannot_commit(office: Office) -> None:
    gate = asyncio.Event()

    async def wait_at_first(context: Context) -> None:
        if context.delivery is not None and context.delivery.attempt == 1:
            await gate.wait()

    office.script["sender"] = wait_at_first
    (job,) = await office.send(Work(label="sender"), then=Ended(label="then"))
    async with office.paused_worker(grace_seconds=5) as paused:
        await office.until_begun("sender")
        await office.expire(paused)
        async with office.worker() as other:
            row = await office.until(job, "done")
            await office.until_begun("sent by a job", "then")
            gate.set()
            assert (row.attempts, row.worker_id) == (2, other.worker_id)
    assert sorted(row.message["label"] for row in await office.rows()) == ["sender", "sent by a job", "then"]
    async with office.worker():
        await office.until_all("done")
    assert await office.effects() == ["sender", "sent by a job", "then"]


async def test_a_paused_worker_cannot_end_the_errand_that_another_has(office: Office) -> None:
    """Its answer is not kept, and nothing follows from it."""
    gates = {1: asyncio.Event(), 2: asyncio.Event()}

    async def wait(context: Context) -> str:
        assert context.delivery is not None
        await gates[context.delivery.attempt].wait()
        return f"answer {context.delivery.attempt}"

    office.script["a"] = wait
    (job,) = await office.send(Fetch(label="a"), then=Ended(label="then"))
    async with AsyncExitStack() as pause, AsyncExitStack() as work:
        paused = await pause.enter_async_context(office.paused_worker(grace_seconds=5))
        await office.until_begun("a")
        await office.expire(paused)
        await work.enter_async_context(office.worker())
        await office.until(job, "running", attempts=2)
        gates[1].set()
        await pause.aclose()
        assert (await office.row(job)).state == "running"
        gates[2].set()
        assert (await office.until(job, "done")).result == "answer 2"
        await office.until_begun("then")
    assert office.labels().count("then") == 1


async def test_a_late_failure_of_a_paused_worker_changes_nothing(office: Office) -> None:
    gate = asyncio.Event()

    async def fail_late_at_first(context: Context) -> None:
        if context.delivery is not None and context.delivery.attempt == 1:
            await gate.wait()
            raise Conflict("too late")

    office.script["a"] = fail_late_at_first
    (job,) = await office.send(Fetch(label="a"), then=Ended(label="then"))
    async with office.paused_worker(grace_seconds=5) as paused:
        await office.until_begun("a")
        await office.expire(paused)
        async with office.worker():
            await office.until(job, "done")
            gate.set()
    row = await office.row(job)
    assert (row.state, row.error_code) == ("done", None)
    assert [row.message["label"] for row in await office.rows()].count("then") == 1
