"""A worker keeps its lease while it runs, and at its end stops everything and gives everything up."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.tables import workers
from colonnade.infrastructure.workers.worker import running_worker
from colonnade.testing import FrozenClock

DEADLINE_SECONDS = 10
TICK_SECONDS = 0.005


class Diary:
    """A runner that writes down what happens to it."""

    def __init__(self, *, run: Exception | None = None, stop: Exception | None = None) -> None:
        self.entries = list[str]()
        self.running = asyncio.Event()
        self._run, self._stop = run, stop

    async def run(self) -> None:
        """Run until cancelled, or fail."""
        self.entries.append("run")
        self.running.set()
        if self._run is not None:
            raise self._run
        try:
            await asyncio.Event().wait()
        finally:
            self.entries.append("cancelled")

    async def stop(self) -> None:
        """Stop, or fail."""
        self.entries.append("stop")
        if self._stop is not None:
            raise self._stop


async def begun(*diaries: Diary) -> None:
    """Wait until runners run."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        for diary in diaries:
            await diary.running.wait()


async def leased_until(database: Database, lease: WorkerLease) -> float:
    """Return until when a lease is good, in seconds since 1970."""
    rows = await database.fetch(select(workers.c.leased_until).where(workers.c.id == lease.worker_id))
    return float(rows[0][0])


async def test_runners_run_and_are_stopped_at_the_end(database: Database, clock: FrozenClock) -> None:
    """First they are cancelled, all of them, then told to give up what they hold; then the lease is ended."""
    lease, diaries = WorkerLease(database, clock), [Diary(), Diary()]
    async with running_worker(lease, diaries):
        await begun(*diaries)
        assert await lease.alive() == 1
    assert [diary.entries for diary in diaries] == [["run", "cancelled", "stop"]] * 2
    assert await lease.alive() == 0


async def test_the_lease_is_there_before_anything_runs(database: Database, clock: FrozenClock) -> None:
    """What is claimed without one would be taken away at once."""
    lease, alive = WorkerLease(database, clock), list[int]()

    class Counting(Diary):
        async def run(self) -> None:
            alive.append(await lease.alive())
            await super().run()

    counting = Counting()
    async with running_worker(lease, [counting]):
        await begun(counting)
    assert alive == [1]


async def test_the_lease_is_renewed_while_it_runs(database: Database, clock: FrozenClock) -> None:
    """Several times in the time that it is good for."""
    lease = WorkerLease(database, clock, lease_seconds=0.2)
    async with running_worker(lease, []):
        first = await leased_until(database, lease)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await leased_until(database, lease) < first + 3 * lease.lease_seconds:
                await asyncio.sleep(TICK_SECONDS)
                assert await lease.alive() == 1


async def test_a_failure_inside_stops_it_as_well(database: Database, clock: FrozenClock) -> None:
    """And is the caller's to handle."""
    lease, diary = WorkerLease(database, clock), Diary()

    async def fail() -> None:
        async with running_worker(lease, [diary]):
            await begun(diary)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert diary.entries[-1] == "stop"
    assert await lease.alive() == 0


async def test_a_runner_that_cannot_stop_keeps_nobody_from_stopping(
    database: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The others give up what they hold, the lease ends, its heart beats no more, and the fault is told."""
    lease, broken, other = WorkerLease(database, clock), Diary(stop=ValueError("stuck")), Diary()
    async with running_worker(lease, [broken, other]):
        await begun(broken, other)
    assert other.entries[-1] == "stop"
    assert await lease.alive() == 0
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "worker-lease"]
    assert "stuck" in caplog.text


async def test_a_runner_that_ends_by_itself_is_told_of(
    database: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, and loudly: nothing of what it did is done any more. The others go on."""
    lease, broken, other = WorkerLease(database, clock), Diary(run=ValueError("by itself")), Diary()
    async with running_worker(lease, [broken, other]):
        await begun(broken, other)
        await asyncio.sleep(0)
        assert "by itself" in caplog.text
        assert any(record.levelno >= logging.ERROR for record in caplog.records)
        assert other.entries == ["run"]


async def test_a_cancellation_that_got_lost_is_repeated(database: Database, clock: FrozenClock) -> None:
    """Libraries swallow one now and then; a worker that could not be stopped would have to be killed."""

    class Deaf(Diary):
        async def run(self) -> None:
            self.running.set()
            for _ in range(2):
                with suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()

    lease, deaf = WorkerLease(database, clock), Deaf()
    async with asyncio.timeout(DEADLINE_SECONDS), running_worker(lease, [deaf]):
        await begun(deaf)
    assert deaf.entries == ["stop"]


async def test_a_database_that_is_down_ends_nothing(
    clock: FrozenClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The lease cannot be taken or given up; what needs no database runs, and everybody is told why."""
    database, diary = Database(DatabaseSettings(f"sqlite:///{tmp_path}/nowhere/file.db")), Diary()
    renewals, lease = asyncio.Event(), WorkerLease(database, clock, lease_seconds=0.02)
    renew = lease.renew

    async def counted() -> None:
        if caplog.text.count("could not be renewed") == 3:
            renewals.set()
        await renew()

    lease.renew = counted  # type: ignore[method-assign]  # to see when it has tried several times
    with caplog.at_level(logging.INFO):
        async with running_worker(lease, [diary]):
            await begun(diary)
            async with asyncio.timeout(DEADLINE_SECONDS):
                await renewals.wait()
    assert diary.entries == ["run", "cancelled", "stop"]
    assert "runs out by itself" in caplog.text
    await database.dispose()
