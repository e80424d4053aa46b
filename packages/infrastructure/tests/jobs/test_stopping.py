"""Stopping in good order: what runs may finish, what was not begun is given back, and nothing is held by the absent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from colonnade.application.messaging import Context
from colonnade.infrastructure.workers import list_workers

from ..scripts import waiting_for
from ..waiting import eventually
from .office import Fetch, Office, Work


@asynccontextmanager
async def stopping(office: Office, *labels: str, **options: float) -> AsyncIterator["asyncio.Task[None]"]:
    """Start a worker, and give the task of its stop once it has begun jobs of these labels."""
    stop = asyncio.Event()

    async def work() -> None:
        async with office.worker(**options):
            await stop.wait()

    task = asyncio.create_task(work())
    try:
        await office.until_begun(*labels)
        stop.set()
        yield task
    finally:
        stop.set()
        await task


async def test_a_job_that_runs_may_finish(office: Office) -> None:
    gate = asyncio.Event()
    office.script["a"] = waiting_for(gate)
    (job,) = await office.send(Work(label="a"))
    async with stopping(office, "a", grace_seconds=5):
        gate.set()
    assert (await office.row(job)).state == "done"
    assert await office.effects() == ["a"]


@pytest.mark.parametrize("kind", [Work, Fetch])
async def test_a_job_that_does_not_finish_is_given_back(office: Office, kind: type[Work] | type[Fetch]) -> None:
    office.script["a"] = waiting_for(asyncio.Event())
    (job,) = await office.send(kind(label="a"))
    async with stopping(office, "a"):
        pass
    row = await office.row(job)
    assert (row.state, row.worker_id, await office.effects()) == ("waiting", None, [])
    del office.script["a"]
    async with office.worker():
        await office.until(job, "done")


async def test_a_stop_is_no_failure(office: Office) -> None:
    """A job may see more restarts than it has attempts."""
    office.script["a"] = waiting_for(asyncio.Event())
    (job,) = await office.send(Work(label="a"))
    for _ in range(5):
        office.begun.clear()
        async with stopping(office, "a"):
            pass
    del office.script["a"]
    async with office.worker():
        await office.until(job, "done")


async def test_what_was_not_begun_is_given_back_at_once(office: Office) -> None:
    """Others need not wait for what still runs here."""
    gate = asyncio.Event()
    office.script["a"] = waiting_for(gate)
    await office.send(*(Work(label=label) for label in "abc"))
    async with stopping(office, "a", grace_seconds=5, concurrency=1):

        async def others_wait() -> bool:
            return await office.states() == {"a": "running", "b": "waiting", "c": "waiting"}

        await eventually(others_wait)
        async with office.worker():
            await office.until((await office.rows())[2].id, "done")
        gate.set()
    assert sorted(office.labels()) == ["a", "b", "c"]


async def test_a_worker_takes_no_more_than_it_can_begin(office: Office) -> None:
    """A job that waits is there for any worker that has a place free."""
    gate = asyncio.Event()
    for label in "abc":
        office.script[label] = waiting_for(gate)
    await office.send(*(Work(label=label) for label in "abcdef"))
    async with office.worker(concurrency=3, grace_seconds=5):
        await office.until_begun("a", "b", "c")
        async with office.worker(concurrency=3) as second:
            await office.until_begun("d", "e", "f")
        assert {begun.worker_id for begun in office.begun if begun.label in "def"} == {second.worker_id}
        gate.set()


async def test_the_lease_of_a_worker_that_stopped_has_ended(office: Office) -> None:
    async with office.worker():
        assert [state.alive for state in await list_workers(office.database)] == [True]
    assert [state.alive for state in await list_workers(office.database)] == [False]


async def test_a_stop_at_any_moment_holds_nothing(office: Office) -> None:
    """Not even what a look that was under way has taken."""
    await office.send(*(Work(label=f"{number}") for number in range(60)))
    for steps in range(20):
        async with office.worker():
            for _ in range(steps * 2):
                await asyncio.sleep(0)
        assert set((await office.states()).values()) <= {"waiting", "done"}
    async with office.worker():
        await office.until_all("done")
    assert len(await office.effects()) == 60


async def test_a_handler_that_cleans_up_when_cancelled_is_waited_for(office: Office) -> None:
    cleaned = asyncio.Event()

    async def clean_up(context: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.set()

    office.script["a"] = clean_up
    await office.send(Work(label="a"))
    async with stopping(office, "a"):
        pass
    assert cleaned.is_set()
