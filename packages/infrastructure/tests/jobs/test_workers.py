"""Many workers, hundreds of jobs: each is run, by one of them, once."""

from collections import Counter
from datetime import timedelta

from .office import Fetch, Letter, Office, Urgent, Work


async def test_two_workers_never_run_the_same_job(office: Office) -> None:
    kinds = (Work, Urgent, Letter, Fetch)
    for first in range(0, 240, 60):
        await office.send(*(kinds[number % 4](label=f"{number}") for number in range(first, first + 60)))
    async with office.worker(concurrency=10), office.worker(concurrency=10):
        await office.until_all("done")
    assert Counter(office.labels()) == Counter(f"{number}" for number in range(240))
    assert sorted(await office.effects(), key=int) == [f"{number}" for number in range(240) if number % 4 != 3]
    assert len({begun.worker_id for begun in office.begun}) == 2


async def test_jobs_that_are_sent_while_workers_run_are_run_once(office: Office) -> None:
    async with office.worker(), office.worker(), office.worker():
        for number in range(0, 100, 5):
            await office.send(*(Work(label=f"{number + more}") for more in range(5)))
        await office.until_all("done")
    assert Counter(office.labels()) == Counter(f"{number}" for number in range(100))
    assert len(await office.effects()) == 100


async def test_jobs_that_become_due_together_are_run_once(office: Office) -> None:
    at = office.clock.now() + timedelta(seconds=30)
    await office.send(*(Work(label=f"{number}") for number in range(100)), at=at)
    async with office.worker(), office.worker():
        await office.look_around()
        office.pass_time(30)
        await office.until_all("done")
    assert Counter(office.labels()) == Counter([*(f"{number}" for number in range(100)), "last"])


async def test_a_clock_that_jumps_neither_loses_nor_doubles_jobs(office: Office) -> None:
    now = office.clock.now()
    await office.send(*(Work(label=f"in {days} days") for days in (1,)), at=now + timedelta(days=1))
    await office.send(Work(label="in a minute"), at=now + timedelta(minutes=1))
    async with office.worker(), office.worker():
        for jump in (2, -3, 5, -30, 1, 40, -10):
            office.pass_time(jump * 86_400)
            await office.send(Work(label=f"sent after {jump}"))
            await office.look_around()
        await office.until_all("done")
    counted = Counter(office.labels())
    assert counted.pop("last") == 7
    assert set(counted.values()) == {1}
    assert len(counted) == 9


async def test_work_goes_on_while_the_clock_is_behind(office: Office) -> None:
    """After the clock was put back by a day, what becomes due by it is run without waiting for the day to pass."""
    async with office.worker():
        await office.look_around()
        office.pass_time(-86_400)
        (job,) = await office.send(Work(label="a"), at=office.clock.now() + timedelta(seconds=10))
        await office.look_around()
        office.pass_time(10)
        await office.until(job, "done")
