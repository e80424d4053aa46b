"""Schedules in the database: each turn is one job, whoever notices it, and whatever the clock does."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from colonnade.application.jobs import Schedule, Schedules
from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.jobs.schedules import ScheduleRunner
from colonnade.infrastructure.jobs.tables import job_schedules

from ..waiting import eventually
from .office import Letter, Office, Work


def schedule(cron: str = "0 * * * *", *, name: str = "tests.hourly", timezone: str = "UTC") -> Schedule:
    """Return a schedule whose message has its name for a label."""
    return Schedule(name, cron, timezone, lambda: Letter(label=name))


def runner(office: Office, *schedules: Schedule, poll_seconds: float = 60.0) -> ScheduleRunner:
    """Return a process that runs schedules."""
    return ScheduleRunner(office.database, schedules, office.clock, office.wakeups, poll_seconds=poll_seconds)


async def begin(office: Office, *schedules: Schedule) -> ScheduleRunner:
    """Return a process that runs schedules and has told the database of them."""
    begun = runner(office, *schedules)
    await begun.register()
    return begun


async def next_at(office: Office, name: str = "tests.hourly") -> datetime:
    """Return when a schedule has its next turn."""
    rows = await office.database.fetch(select(job_schedules.c.next_at).where(job_schedules.c.name == name))
    moment: datetime = rows[0][0]
    return moment


async def test_a_turn_becomes_a_job(office: Office) -> None:
    process = await begin(office, schedule())
    assert await next_at(office) == datetime(2026, 1, 5, 10, tzinfo=UTC)
    office.clock.advance(minutes=59)
    assert await process.send_due() == 0
    office.clock.advance(minutes=1)
    assert await process.send_due() == 1
    (job,) = await office.rows()
    assert (job.name, job.queue, job.state) == ("tests.letter", "mail", "waiting")
    assert job.context["causation_id"] == "schedule tests.hourly"
    assert await next_at(office) == datetime(2026, 1, 5, 11, tzinfo=UTC)
    async with office.worker():
        await office.until(job.id, "done")


async def test_each_turn_is_one_job_across_two_processes(office: Office) -> None:
    processes = [await begin(office, schedule()) for _ in range(2)]
    async with office.worker():
        for turn in range(1, 6):
            office.clock.advance(hours=1)
            made = await asyncio.gather(*(process.send_due() for process in processes))
            assert sorted(made) == [0, 1]
            await office.until_all("done")
            assert office.labels() == ["tests.hourly"] * turn


async def test_turns_that_nobody_was_there_for_are_made_up_for_once(office: Office) -> None:
    await begin(office, schedule())
    office.clock.advance(days=3, minutes=30)
    process = await begin(office, schedule())
    assert await process.send_due() == 1
    assert await process.send_due() == 0
    assert await next_at(office) == datetime(2026, 1, 8, 10, tzinfo=UTC)


async def test_a_turn_is_left_out_while_the_job_of_the_last_one_waits(office: Office) -> None:
    process = await begin(office, schedule())
    for _ in range(3):
        office.clock.advance(hours=1)
        await process.send_due()
    assert len(await office.rows()) == 1


async def test_a_turn_is_not_left_out_while_the_last_one_runs(office: Office) -> None:
    process, gate = await begin(office, schedule()), asyncio.Event()

    async def wait(context: object) -> None:
        await gate.wait()

    office.script["tests.hourly"] = wait
    async with office.worker(grace_seconds=5):
        for turn in (1, 2):
            office.pass_time(3_600)
            assert await process.send_due() == 1

            async def are_begun(times: int = turn) -> bool:
                return len(office.begun) == times

            await eventually(are_begun)
        gate.set()


async def test_times_are_those_of_the_zone(office: Office) -> None:
    await begin(office, schedule("0 9 * * *", name="berlin", timezone="Europe/Berlin"))
    assert await next_at(office, "berlin") == datetime(2026, 1, 6, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "sent"),
    [
        ("2026-03-29", ["01:00", "24:30", "48:30"]),
        ("2026-10-25", ["00:30", "25:30", "49:30"]),
    ],
)
async def test_a_daily_job_is_sent_once_a_day_when_summer_comes_or_goes(
    office: Office, day: str, sent: list[str]
) -> None:
    """Minute by minute through both changes of Berlin's clocks; the times are hours of UTC since the first midnight."""
    start = datetime.fromisoformat(f"{day}T00:00+00:00")
    office.clock.move_to(start - timedelta(hours=12))
    process = await begin(office, schedule("30 2 * * *", timezone="Europe/Berlin"))
    found = []
    async with office.worker():
        for quarters in range(-8, 4 * 51):
            office.clock.move_to(start + timedelta(minutes=15 * quarters))
            if await process.send_due():
                minutes = int((office.clock.now() - start).total_seconds()) // 60
                found.append(f"{minutes // 60:02d}:{minutes % 60:02d}")
                await office.until_all("done")
    assert found == sent
    assert len(office.labels()) == len(sent)


async def test_a_restart_keeps_the_turn_that_is_due(office: Office) -> None:
    await begin(office, schedule())
    office.clock.advance(hours=1, minutes=5)
    assert await (await begin(office, schedule())).send_due() == 1


@pytest.mark.parametrize("changed", [schedule("30 * * * *"), schedule(timezone="Asia/Kolkata")])
async def test_a_schedule_that_changed_begins_anew(office: Office, changed: Schedule) -> None:
    await begin(office, schedule())
    office.clock.advance(hours=1, minutes=5)
    process = await begin(office, changed)
    assert await process.send_due() == 0
    assert await next_at(office) == datetime(2026, 1, 5, 10, 30, tzinfo=UTC)


async def test_a_process_of_yesterday_leaves_a_changed_schedule_to_those_that_know_it(office: Office) -> None:
    """While versions are exchanged, the old one would plan the next turn by the old times."""
    old = await begin(office, schedule())
    new = await begin(office, schedule("30 * * * *"))
    office.clock.advance(minutes=30)
    assert await old.send_due() == 0
    assert await new.send_due() == 1
    assert await next_at(office) == datetime(2026, 1, 5, 10, 30, tzinfo=UTC)


async def test_a_schedule_that_is_gone_is_left_alone(office: Office) -> None:
    await begin(office, schedule(), schedule(name="tests.gone"))
    process = await begin(office, schedule())
    office.clock.advance(hours=1)
    assert await process.send_due() == 1
    assert [row.message["label"] for row in await office.rows()] == ["tests.hourly"]


@pytest.mark.parametrize(
    ("cron", "timezone"), [("61 * * * *", "UTC"), ("0 9 * * *", "Mars/Phobos"), ("0 9 * * *", "Europe")]
)
def test_what_is_no_schedule_is_refused_before_anything_runs(office: Office, cron: str, timezone: str) -> None:
    with pytest.raises(Invalid, match=r"tests\.wrong") as refused:
        runner(office, schedule(), schedule(cron, name="tests.wrong", timezone=timezone))
    assert cron in refused.value.message
    assert timezone in refused.value.message


def test_two_schedules_with_one_name_are_refused(office: Office) -> None:
    with pytest.raises(Invalid, match=r"tests\.hourly"):
        runner(office, schedule(), schedule("30 * * * *"))


async def test_a_schedule_whose_message_cannot_be_made_does_not_hold_the_others(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> Letter:
        raise KeyError("no template")

    process = await begin(office, Schedule("tests.broken", "0 * * * *", "UTC", fail), schedule())
    office.clock.advance(hours=1)
    with caplog.at_level(logging.ERROR):
        assert await process.send_due() == 1
    assert "tests.broken" in caplog.text


async def test_the_worker_goes_on_whatever_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away, or an error that nobody expected, ends nothing."""
    errors: list[Exception] = [Unavailable("away"), RuntimeError("unexpected")]
    process = runner(office, schedule(), poll_seconds=0.001)
    send_due = process.send_due

    async def fail_at_first() -> int:
        if errors:
            raise errors.pop(0)
        return await send_due()

    monkeypatch.setattr(process, "send_due", fail_at_first)
    await process.register()
    office.clock.advance(hours=1)
    task = asyncio.create_task(process.run())

    async def is_sent() -> bool:
        return len(await office.rows()) == 1

    await eventually(is_sent)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_worker_sends_what_is_due(office: Office) -> None:
    process = runner(office, schedule(), poll_seconds=0.001)
    task = asyncio.create_task(process.run())

    async def is_registered() -> bool:
        return bool(await office.database.fetch(select(job_schedules)))

    await eventually(is_registered)
    async with office.worker():
        office.clock.advance(hours=1)
        await office.until_begun("tests.hourly")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await process.stop()


async def turns_sent(office: Office, process: ScheduleRunner, *moves: timedelta | datetime) -> list[str]:
    """Move the clock, by so much or to a moment, and tell at which moments a job was sent."""
    found = []
    async with office.worker():
        for move in moves:
            moment = office.clock.move_to(move if isinstance(move, datetime) else office.clock.now() + move)
            if await process.send_due():
                found.append(f"{moment:%d %H:%M}")
                await office.until_all("done")
    return found


async def test_a_clock_that_steps_back_doubles_no_turn(office: Office) -> None:
    process = await begin(office, schedule())
    step = timedelta(seconds=2)
    moves = (timedelta(hours=1), -step, step, -step, step, timedelta(minutes=59), timedelta(minutes=1))
    assert await turns_sent(office, process, *moves) == ["05 10:00", "05 11:00"]


async def test_a_clock_that_was_wrong_for_a_while_loses_no_turn(office: Office) -> None:
    """After a year ahead and back again, the next hour has its turn, and the one that was sent has none again."""
    process = await begin(office, schedule())
    today = office.clock.now()
    moves: list[Any] = [
        today + timedelta(days=365),
        *(today + timedelta(minutes=minutes) for minutes in range(10, 200, 10)),
    ]
    assert await turns_sent(office, process, *moves) == ["05 09:00", "05 11:00", "05 12:00"]


async def test_a_clock_that_was_behind_makes_up_once(office: Office) -> None:
    office.clock.advance(days=-30)
    process = await begin(office, schedule())
    moves = (timedelta(minutes=30), timedelta(days=30), timedelta(minutes=10), timedelta(minutes=20))
    assert await turns_sent(office, process, *moves) == ["05 09:30", "05 10:00"]


async def test_schedules_are_taken_as_they_were_declared(office: Office) -> None:
    schedules = Schedules()
    make: Callable[[], Work] = lambda: Work(label="declared")  # noqa: E731 - as a module would give it
    schedules.cron("tests.declared", "*/5 * * * *", make)
    process = await begin(office, *schedules)
    office.clock.advance(minutes=5)
    assert await process.send_due() == 1
    assert await office.states() == {"declared": "waiting"}


async def test_a_turn_made_up_for_in_an_hour_that_is_there_twice_is_sent_once(office: Office) -> None:
    office.clock.move_to(datetime(2026, 10, 25, tzinfo=UTC))
    process = await begin(office, schedule("30 2 * * *", timezone="Europe/Berlin"))
    moves = (timedelta(minutes=70), *[timedelta(minutes=5)] * 20)
    assert await turns_sent(office, process, *moves) == ["25 01:10"]
    assert await next_at(office) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
