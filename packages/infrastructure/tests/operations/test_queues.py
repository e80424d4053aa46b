"""Looking after what runs jobs: queues that are paused or limited, schedules with their turns, worker processes."""

import asyncio
from datetime import timedelta

from colonnade.application.jobs import Schedules
from colonnade.application.operations import (
    LimitQueue,
    ListQueues,
    ListSchedules,
    ListWorkers,
    PauseQueue,
    QueueView,
    ResumeQueue,
)
from colonnade.infrastructure.jobs.schedules import ScheduleRunner

from ..processes.trips import Broken, Do
from ..processes.works import Works
from ..scripts import failing, waiting_for
from ..waiting import eventually


class TestQueues:
    async def test_are_listed_with_what_is_in_them(self, works: Works) -> None:
        goes_on = asyncio.Event()
        works.script["b"] = waiting_for(goes_on)
        service = await works.service()
        works.script["a"] = failing(Broken("no paper"))
        failed = await service.send_later(Do(label="a"))
        async with service.working():
            await works.until_job(failed, "failed")
            running = await service.send_later(Do(label="b"))
            await works.until_job(running, "running")
            await service.send(PauseQueue(queue="default"))
            await service.send(LimitQueue(queue="mail", running_limit=2))
            await service.send_later(Do(label="c"))
            await service.send_later(Do(label="d"), at=works.clock.now() + timedelta(days=1))
            page = await service.send(ListQueues())
            goes_on.set()
        counts = {"scheduled": 1, "waiting": 1, "running": 1, "failed": 1}
        nothing = dict.fromkeys(counts, 0)
        assert page.items == (
            QueueView(name="default", paused=True, running_limit=None, **counts),
            QueueView(name="mail", paused=False, running_limit=2, **nothing),
        )

    async def test_of_a_new_service_there_is_one(self, works: Works) -> None:
        service = await works.service()
        assert [queue.name for queue in (await service.send(ListQueues())).items] == ["default"]

    async def test_that_are_paused_begin_nothing_until_they_go_on(self, works: Works) -> None:
        service = await works.service()
        async with service.working():
            await service.send(PauseQueue(queue="default"), console="ada")
            job = await service.send_later(Do(label="a"))
            await works.rest()
            assert (await works.job(job)).state == "waiting"
            await service.send(ResumeQueue(queue="default"), console="ada")
            await works.until_job(job, "done")

    async def test_that_are_paused_let_finish_what_runs(self, works: Works) -> None:
        goes_on = asyncio.Event()
        works.script["a"] = waiting_for(goes_on)
        service = await works.service()
        async with service.working():
            job = await service.send_later(Do(label="a"))
            await works.until_job(job, "running")
            await service.send(PauseQueue(queue="default"))
            goes_on.set()
            await works.until_job(job, "done")

    async def test_that_are_limited_run_so_many_jobs_at_a_time(self, works: Works) -> None:
        goes_on = asyncio.Event()
        labels = [str(number) for number in range(4)]
        works.script.update((label, waiting_for(goes_on)) for label in labels)
        service = await works.service()
        await service.send(LimitQueue(queue="default", running_limit=2))
        async with service.working():
            for label in labels:
                await service.send_later(Do(label=label))

            async def states() -> list[str]:
                return [row.state for row in await works.jobs()]

            async def two_run() -> bool:
                return (await states()).count("running") == 2

            await eventually(two_run)
            await works.rest()
            assert (await states()).count("waiting") == 2
            await service.send(LimitQueue(queue="default", running_limit=None))

            async def all_run() -> bool:
                return await states() == ["running"] * 4

            await eventually(all_run)
            goes_on.set()

            async def all_done() -> bool:
                return await states() == ["done"] * 4

            await eventually(all_done)

    async def test_keep_their_limit_when_they_are_paused_and_the_other_way_round(self, works: Works) -> None:
        service = await works.service()
        await service.send(PauseQueue(queue="mail"))
        await service.send(LimitQueue(queue="mail", running_limit=2))
        view = (await service.send(ListQueues())).items[-1]
        assert (view.paused, view.running_limit) == (True, 2)
        await service.send(ResumeQueue(queue="mail"))
        view = (await service.send(ListQueues())).items[-1]
        assert (view.paused, view.running_limit) == (False, 2)


async def test_schedules_are_listed_with_their_turns(works: Works) -> None:
    service = await works.service()
    schedules = Schedules()
    schedules.cron("works.nightly", "0 3 * * *", lambda: Do(label="night"), timezone="Europe/Oslo")
    schedules.cron("works.hourly", "0 * * * *", lambda: Do(label="hour"))
    runner = ScheduleRunner(works.database, schedules, works.clock, service.resolver.wakeups)
    await runner.register()
    works.clock.advance(hours=1)
    await runner.send_due()
    hourly, nightly = (await service.send(ListSchedules())).items
    assert (hourly.name, hourly.cron, hourly.timezone) == ("works.hourly", "0 * * * *", "UTC")
    assert (hourly.last_at, hourly.next_at) == (works.clock.now(), works.clock.now() + timedelta(hours=1))
    assert (nightly.name, nightly.timezone, nightly.last_at) == ("works.nightly", "Europe/Oslo", None)
    assert nightly.next_at.isoformat() == "2026-01-06T02:00:00+00:00"


async def test_workers_are_listed_dead_or_alive(works: Works) -> None:
    service = await works.service()
    async with service.fading():
        pass
    works.clock.advance(minutes=1)
    async with service.working():
        dead, alive = (await service.send(ListWorkers())).items
    assert (dead.alive, alive.alive) == (False, True)
    assert alive.started_at - dead.started_at == timedelta(minutes=1)
    assert dead.host == alive.host
