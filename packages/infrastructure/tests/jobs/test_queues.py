"""Queues: paused, limited across all workers, and no reason for the others to wait."""

import asyncio

import pytest

from colonnade.application.messaging import Context

from ..scripts import Script
from .office import Idle, Letter, Office, Urgent, UrgentLetter, Work


class Crowd:
    """Counts how many run at a time."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def script(self) -> Script:
        """Return a script that is there for a while."""

        async def stay(context: Context) -> None:
            self.now += 1
            self.most = max(self.most, self.now)
            for _ in range(20):
                await asyncio.sleep(0)
            self.now -= 1

        return stay


async def test_a_paused_queue_waits_and_the_others_go_on(office: Office) -> None:
    await office.set_queue("mail", paused=True)
    (letter,) = await office.send(Letter(label="letter"))
    async with office.worker():
        await office.look_around()
        assert (await office.row(letter)).state == "waiting"
        await office.set_queue("mail")
        await office.until(letter, "done")


async def test_a_queue_can_be_paused_while_workers_run(office: Office) -> None:
    async with office.worker():
        (first,) = await office.send(Letter(label="first"))
        await office.until(first, "done")
        await office.set_queue("mail", paused=True)
        (second,) = await office.send(Letter(label="second"))
        await office.look_around()
        assert (await office.row(second)).state == "waiting"


async def test_what_runs_is_not_stopped_by_a_pause(office: Office) -> None:
    async def pause(context: Context) -> None:
        await office.set_queue("mail", paused=True)

    office.script["letter"] = pause
    (letter,) = await office.send(Letter(label="letter"))
    async with office.worker():
        await office.until(letter, "done")


@pytest.mark.parametrize("limit", [1, 3])
@pytest.mark.parametrize("workers", [1, 2])
async def test_only_so_many_of_a_queue_run_at_a_time(office: Office, limit: int, workers: int) -> None:
    """In all processes together; and each end lets the next one begin, without waiting for a poll."""
    crowd = Crowd()
    await office.set_queue("mail", running_limit=limit)
    for number in range(12):
        office.script[f"{number}"] = crowd.script()
        await office.send(Letter(label=f"{number}"))
    async with office.worker(concurrency=8), office.worker(concurrency=8 if workers == 2 else 1):
        await office.until_all("done")
    assert crowd.most <= limit
    assert len(await office.effects()) == 12


async def test_a_limit_is_used_to_the_full(office: Office) -> None:
    gate = asyncio.Event()

    async def wait(context: Context) -> None:
        await gate.wait()

    await office.set_queue("mail", running_limit=3)
    for number in range(5):
        office.script[f"{number}"] = wait
    await office.send(*(Letter(label=f"{number}") for number in range(5)))
    async with office.worker(concurrency=8, grace_seconds=5):
        await office.until_begun("0", "1", "2")
        await office.look_around()
        assert [state for state in (await office.states()).values() if state == "running"] == ["running"] * 3
        gate.set()
        await office.until_all("done")


async def test_a_limit_of_nothing_is_a_pause(office: Office) -> None:
    await office.set_queue("mail", running_limit=0)
    (letter,) = await office.send(Letter(label="letter"))
    async with office.worker():
        await office.look_around()
        assert (await office.row(letter)).state == "waiting"


async def test_a_paused_queue_with_a_limit_waits(office: Office) -> None:
    await office.set_queue("mail", paused=True, running_limit=5)
    (letter,) = await office.send(Letter(label="letter"))
    async with office.worker():
        await office.look_around()
        assert (await office.row(letter)).state == "waiting"


async def test_a_limit_can_be_lifted(office: Office) -> None:
    gate = asyncio.Event()

    async def wait(context: Context) -> None:
        await gate.wait()

    office.script["a"] = office.script["b"] = wait
    await office.set_queue("mail", running_limit=1)
    await office.send(Letter(label="a"), Letter(label="b"))
    async with office.worker(grace_seconds=5):
        await office.until_begun("a")
        await office.look_around()
        assert "b" not in office.labels()
        await office.set_queue("mail")
        await office.until_begun("b")
        gate.set()


async def test_a_limited_queue_is_not_kept_waiting_by_a_backlog(office: Office) -> None:
    """Its jobs have their turn by priority and age, as those of any queue."""
    await office.set_queue("mail", running_limit=2)
    await office.send(*(Work(label=f"work {number:02d}") for number in range(12)))
    await office.send(Letter(label="letter"), UrgentLetter(label="urgent letter"))
    office.clock.advance(seconds=1)
    await office.send(*(Work(label=f"work {number:02d}") for number in range(12, 20)))
    async with office.worker(concurrency=1):
        await office.until_all("done")
    labels = office.labels()
    assert labels[0] == "urgent letter"
    assert labels.index("letter") == 13


async def test_a_limited_queue_does_not_push_to_the_front(office: Office) -> None:
    await office.set_queue("mail", running_limit=5)
    await office.send(Letter(label="letter"), Idle(label="idle"), Urgent(label="urgent"))
    async with office.worker(concurrency=1):
        await office.until_all("done")
    assert office.labels() == ["urgent", "letter", "idle"]


async def test_a_full_queue_does_not_block_the_others(office: Office) -> None:
    gate = asyncio.Event()

    async def wait(context: Context) -> None:
        await gate.wait()

    await office.set_queue("mail", running_limit=1)
    office.script["letter 0"] = wait
    await office.send(*(UrgentLetter(label=f"letter {number}") for number in range(5)))
    async with office.worker(concurrency=2, grace_seconds=5):
        await office.until_begun("letter 0")
        await office.look_around()
        gate.set()
        await office.until_all("done")
