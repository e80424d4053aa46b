"""The lease of a process: by the clock of the database, until it is silent for too long or gives it up."""

import os
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from colonnade.core import Unavailable, new_id
from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.moments import seconds_now
from colonnade.infrastructure.workers import WorkerLease, list_workers
from colonnade.infrastructure.workers.registry import WorkerId
from colonnade.infrastructure.workers.tables import live_workers, workers
from colonnade.testing import FrozenClock

EXPIRED = -1.0


async def live(database: Database) -> set[Any]:
    """Return the workers whose partitions and jobs are theirs."""
    return {row[0] for row in await database.fetch(select(workers.c.id).where(workers.c.id.in_(live_workers())))}


async def test_a_worker_is_there_while_it_says_so(database: Database, clock: FrozenClock) -> None:
    """Whatever its own clock shows: leases are measured by the database's."""
    one, two = WorkerLease(database, clock), WorkerLease(database, clock)
    assert one.worker_id != two.worker_id
    await one.renew()
    clock.advance(days=10_000)
    await two.renew()
    await one.renew()
    assert await one.alive() == await two.alive() == 2
    assert await live(database) == {one.worker_id, two.worker_id}


async def test_a_silent_worker_is_not_there_and_may_come_back(database: Database, clock: FrozenClock) -> None:
    """Its row stays; the next renewal makes it alive again."""
    silent, other = WorkerLease(database, clock, lease_seconds=EXPIRED), WorkerLease(database, clock)
    await silent.renew()
    await other.renew()
    assert await live(database) == {other.worker_id}
    assert await other.alive() == 1
    silent.lease_seconds = 60
    await silent.renew()
    assert await live(database) == {silent.worker_id, other.worker_id}


async def test_who_gives_up_is_gone_at_once(database: Database, clock: FrozenClock) -> None:
    """The others need not wait until the lease has run out."""
    lease = WorkerLease(database, clock, lease_seconds=3600)
    await lease.renew()
    await lease.end()
    assert await live(database) == set()
    await lease.end()


async def test_operators_see_who_was_there(database: Database, clock: FrozenClock) -> None:
    """The oldest first, dead or alive, with host and process."""
    first, second = WorkerLease(database, clock), WorkerLease(database, clock)
    await first.renew()
    clock.advance(minutes=1)
    await second.renew()
    await first.end()
    states = await list_workers(database)
    assert [(state.id, state.alive) for state in states] == [(first.worker_id, False), (second.worker_id, True)]
    assert {state.process for state in states} == {os.getpid()}
    assert all(state.host for state in states)
    assert states[1].started_at == clock.now()


async def test_workers_of_the_day_before_yesterday_are_forgotten(database: Database, clock: FrozenClock) -> None:
    """Those of the last day are kept, for operators to see."""
    ages = {new_id(WorkerId): days for days in (0.5, 2.0)}
    for worker_id, days in ages.items():
        row = {"id": worker_id, "host": "h", "process": 1, "started_at": clock.now()}
        await database.write(insert(workers).values(**row, leased_until=seconds_now() - days * 86_400))
    await WorkerLease(database, clock).end()
    kept = {state.id for state in await list_workers(database)}
    assert kept == {worker_id for worker_id, days in ages.items() if days < 1}


async def test_a_worker_that_was_forgotten_may_come_back_too(database: Database, clock: FrozenClock) -> None:
    """A laptop that slept for a week goes on under its old identity."""
    lease = WorkerLease(database, clock)
    await lease.renew()
    await database.write(text("DELETE FROM workers"))
    await lease.renew()
    assert await live(database) == {lease.worker_id}


async def test_the_databases_clock_goes_on(database: Database) -> None:
    """In seconds since 1970, with fractions."""
    first = (await database.fetch(select(seconds_now())))[0][0]
    later = (await database.fetch(select(func.max(seconds_now()))))[0][0]
    assert 1_700_000_000 < first <= later < first + 60


async def test_a_database_that_is_down_is_unavailable(clock: FrozenClock, tmp_path: Any) -> None:
    """Whoever renews has to know."""
    database = Database(DatabaseSettings(f"sqlite:///{tmp_path}/nowhere/file.db"))
    with pytest.raises(Unavailable):
        await WorkerLease(database, clock).renew()
    await database.dispose()
