"""Workers that die: their jobs are run by others, and a job that kills its workers comes to an end."""

import asyncio
from contextlib import AsyncExitStack

from sqlalchemy import update

from colonnade.application.messaging import Context
from colonnade.infrastructure.jobs.tables import jobs
from colonnade.infrastructure.workers import WorkerLease, list_workers

from ..scripts import waiting_for
from .office import Ended, Fetch, Office, Work, waiting_for_ever_at


async def test_the_job_of_a_dead_worker_is_run_by_another(office: Office) -> None:
    office.script["a"] = waiting_for_ever_at(1)
    (job,) = await office.send(Work(label="a"))
    async with office.paused_worker() as dead:
        await office.until_begun("a")
        await office.expire(dead)
        async with office.worker() as other:
            row = await office.until(job, "done")
    assert (row.attempts, row.worker_id) == (2, other.worker_id)
    assert await office.effects() == ["a"]


async def test_a_worker_that_runs_already_notices_that_another_died(office: Office) -> None:
    office.script["a"] = waiting_for_ever_at(1)
    async with office.paused_worker(concurrency=1) as dead:
        (job,) = await office.send(Work(label="a"))
        await office.until_begun("a")
        async with office.worker():
            await office.look_around()
            await office.expire(dead)
            office.pass_time(6)
            await office.until(job, "done")


async def test_the_job_of_a_living_worker_is_its_own(office: Office) -> None:
    gate = asyncio.Event()
    office.script["a"] = waiting_for(gate)
    (job,) = await office.send(Work(label="a"))
    async with office.worker(grace_seconds=5) as first:
        await office.until_begun("a")
        async with office.worker():
            office.pass_time(6)
            await office.look_around()
            row = await office.row(job)
            assert (row.state, row.worker_id) == ("running", first.worker_id)
            gate.set()
            await office.until(job, "done")
    assert office.labels().count("a") == 1


async def test_a_job_that_kills_its_workers_comes_to_an_end(office: Office) -> None:
    """It is tried as often as one that fails by itself, and what follows it is sent."""
    office.script["poison"] = waiting_for(asyncio.Event())
    (job,) = await office.send(Work(label="poison"), then=Ended(label="then"))
    async with AsyncExitStack() as graves:
        for attempt in (1, 2, 3):
            dying = await graves.enter_async_context(office.paused_worker())
            await office.until(job, "running", attempts=attempt)
            await office.until_begun("poison")
            await office.expire(dying)
        async with office.worker():
            row = await office.until(job, "failed")
            await office.until_begun("then")
    assert (row.error_code, row.attempts) == ("gave_up", 4)
    assert office.labels().count("poison") == 3


async def test_deaths_and_failures_are_counted_together(office: Office) -> None:
    async def die_first(context: Context) -> None:
        assert context.delivery is not None
        if context.delivery.attempt == 1:
            await asyncio.Event().wait()
        raise RuntimeError("no")

    office.script["a"] = die_first
    (job,) = await office.send(Work(label="a"))
    async with office.paused_worker() as dying:
        await office.until_begun("a")
        await office.expire(dying)
        async with office.worker():
            await office.until(job, "scheduled", attempts=2)
            office.pass_time(60)
            assert (await office.until(job, "failed")).attempts == 3


async def test_a_worker_whose_lease_has_run_out_takes_nothing(office: Office) -> None:
    """It counts as dead: whatever it took would be taken from it at once, and tried once less."""
    async with office.paused_worker() as late:
        await office.expire(late)
        (job,) = await office.send(Work(label="a"))
        async with office.worker() as other:
            row = await office.until(job, "done")
    assert (row.attempts, row.worker_id) == (1, other.worker_id)


async def test_an_operator_reads_that_the_worker_is_gone(office: Office) -> None:
    office.script["a"] = waiting_for_ever_at(1)
    await office.send(Work(label="a"))
    async with office.paused_worker() as dead:
        await office.until_begun("a")
        await office.expire(dead)
        await office.set_queue("default", paused=True)
        async with office.worker():
            await office.until_all("waiting")
            (row,) = await office.rows()
    assert (row.error_code, row.worker_id) == ("worker_gone", None)
    assert [state.alive for state in await list_workers(office.database)].count(True) == 0


async def test_two_jobs_with_a_key_can_both_be_rescued(office: Office) -> None:
    """The key was free while the first one ran; of the two that wait again, one has it."""
    office.script["a"] = office.script["b"] = waiting_for_ever_at(1)
    async with office.paused_worker() as dead:
        await office.send(Work(label="a"), unique="key")
        await office.until_begun("a")
        await office.send(Work(label="b"), unique="key")
        await office.until_begun("b")
        await office.expire(dead)
        async with office.worker():
            await office.until_all("done")
    assert await office.effects() == ["a", "b"]


async def test_a_rescued_job_gives_up_its_key_to_one_that_waits(office: Office) -> None:
    office.script["a"] = waiting_for_ever_at(1)
    async with office.paused_worker(concurrency=1) as dead:
        await office.send(Work(label="a"), unique="key")
        await office.until_begun("a")
        await office.send(Work(label="b"), unique="key")
        await office.expire(dead)
        async with office.worker():
            await office.until_all("done")
    assert await office.effects() == ["a", "b"]


async def test_a_job_that_its_living_worker_knows_nothing_of_is_run(office: Office) -> None:
    """A claim whose answer was lost on the way must not hold a job for as long as the process lives."""
    await office.set_queue("default", paused=True)
    (job,) = await office.send(Work(label="a"))
    async with office.worker() as lease:
        (other,) = await office.send(Ended(label="b"))
        await office.until(other, "done")
        taken = {"state": "running", "worker_id": lease.worker_id, "attempts": 1, "started_at": office.clock.now()}
        await office.database.write(update(jobs).where(jobs.c.id == job).values(taken))
        await office.set_queue("default")
        office.pass_time(6)
        await office.until(job, "done")


async def test_a_worker_that_comes_back_works_on(office: Office) -> None:
    lease = WorkerLease(office.database, office.clock)
    await lease.renew()
    await office.expire(lease)
    assert await lease.alive() == 0
    await lease.renew()
    assert await lease.alive() == 1


async def test_an_errand_of_a_dead_worker_is_run_again(office: Office) -> None:
    office.script["a"] = waiting_for_ever_at(1)
    (job,) = await office.send(Fetch(label="a"))
    async with office.paused_worker() as dead:
        await office.until_begun("a")
        await office.expire(dead)
        async with office.worker():
            await office.until(job, "done")


async def test_a_job_that_ended_is_not_rescued(office: Office) -> None:
    (job,) = await office.send(Work(label="a"))
    async with office.paused_worker() as dead:
        await office.until(job, "done")
        await office.expire(dead)
        async with office.worker():
            await office.look_around()
            assert (await office.row(job)).state == "done"
    assert office.labels().count("a") == 1
