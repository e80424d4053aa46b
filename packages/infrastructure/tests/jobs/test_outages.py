"""The database goes away under a worker that lives on: no job is lost, and none is held for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import event

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Context
from colonnade.core import Unavailable

from ..waiting import eventually
from .office import Ended, Fetch, Office, Work

Check = Callable[[], Awaitable[bool]]


@asynccontextmanager
async def outage(office: Office, *beginnings: str) -> AsyncIterator[list[str]]:
    """Refuse statements on jobs that begin like this, and tell which ones were refused."""
    refused: list[str] = []

    def refuse(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(beginnings) and " jobs" in statement:
            refused.append(statement)
            raise Unavailable("the database does not answer")

    event.listen(office.database.writer, "before_cursor_execute", refuse)
    try:
        yield refused
    finally:
        event.remove(office.database.writer, "before_cursor_execute", refuse)


@pytest.mark.parametrize("kind", [Work, Fetch])
async def test_a_failure_that_cannot_be_written_down_does_not_hold_the_job(
    office: Office, kind: type[Work] | type[Fetch]
) -> None:
    gate = asyncio.Event()

    async def fail_at_first(context: Context) -> None:
        assert context.delivery is not None
        if context.delivery.attempt == 1:
            await gate.wait()
            raise RuntimeError("once")

    office.script["a"] = fail_at_first
    (job,) = await office.send(kind(label="a"))
    async with office.worker():
        await office.until_begun("a")
        async with outage(office, "UPDATE") as refused:
            gate.set()
            await eventually(anything(refused))
        await eventually(done_in_time(office, job))


async def test_an_end_that_cannot_be_written_down_does_not_hold_the_job(office: Office) -> None:
    """The effect was not written down either, so that it happens once."""
    gate = asyncio.Event()

    async def wait(context: Context) -> None:
        await gate.wait()

    office.script["a"] = wait
    (job,) = await office.send(Work(label="a"), then=Ended(label="then"))
    async with office.worker():
        await office.until_begun("a")
        async with outage(office, "UPDATE") as refused:
            gate.set()
            await eventually(anything(refused))
        await eventually(done_in_time(office, job))
        await office.until_begun("then")
        await office.until_all("done")
    assert await office.effects() == ["a", "then"]


async def test_a_worker_goes_on_when_the_database_is_back(office: Office) -> None:
    async with office.worker():
        await office.look_around()
        async with outage(office, "UPDATE", "SELECT", "DELETE") as refused:
            office.pass_time(60)
            await eventually(anything(refused))
        (job,) = await office.send(Work(label="a"))
        await office.until(job, "done")


def done_in_time(office: Office, job: JobId) -> Check:
    """Return a check that a job is done, while time passes."""

    async def is_done() -> bool:
        office.pass_time(60)
        return bool((await office.row(job)).state == "done")

    return is_done


def anything(refused: list[str]) -> Check:
    """Return a check that something was refused."""

    async def is_refused() -> bool:
        return bool(refused)

    return is_refused
