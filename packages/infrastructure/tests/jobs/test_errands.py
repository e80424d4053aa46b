"""Errands as jobs: no unit of work, so that they are done at least once and their answer is kept at the end."""

from datetime import datetime

import pytest

from colonnade.application.messaging import Context
from colonnade.core import Unavailable

from ..scripts import failing
from .office import Ended, Fetch, Look, Office


async def test_an_errand_is_run_and_its_answer_kept(office: Office) -> None:
    (job,) = await office.send(Fetch(label="a"))
    async with office.worker():
        row = await office.until(job, "done")
    assert (row.result, row.attempts) == ("a", 1)
    assert row.keep_until > row.finished_at


async def test_an_errand_is_tried_again_and_followed(office: Office) -> None:
    office.script["a"] = failing(Unavailable("down"), RuntimeError("no"))
    (job,) = await office.send(Fetch(label="a"), then=Ended(label="then"))
    async with office.worker():
        for attempt in (1, 2):
            await office.until(job, "scheduled", attempts=attempt)
            office.pass_time(60)
        await office.until(job, "done")
        await office.until_begun("then")
    assert office.labels() == ["a", "a", "a", "then"]


async def test_a_query_may_be_a_job(office: Office) -> None:
    async def answer(context: Context) -> dict[str, datetime]:
        return {"now": office.clock.now()}

    office.script["a"] = answer
    (job,) = await office.send(Look(label="a"))
    async with office.worker():
        assert (await office.until(job, "done")).result == {"now": "2026-01-05T09:00:00Z"}


@pytest.mark.parametrize(
    "answer", ["nul \x00 byte", "half \ud800 a pair", object()], ids=["nul", "surrogate", "object"]
)
async def test_an_errand_is_not_run_again_because_its_answer_cannot_be_kept(office: Office, answer: object) -> None:
    async def give(context: Context) -> object:
        return answer

    office.script["a"] = give
    (job,) = await office.send(Fetch(label="a"), then=Ended(label="then"))
    async with office.worker():
        await office.until(job, "done")
        await office.until_begun("then")
    assert office.labels() == ["a", "then"]
