"""An event that a broker brings twice has its effect once: the memory of it is part of the effect's transaction."""

import asyncio

from colonnade.infrastructure.database import ConstraintErrors, Database, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.publishing import SqlInbox, forget_before
from colonnade.testing import FrozenClock

EVENT = "/library 01890a5d-ac96-7000-8000-000000000001"


class Reader:
    """Reads events for a service, each in a unit of work of its own."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock

    def unit_of_work(self) -> SqlUnitOfWork:
        """Open a unit of work."""
        return SqlUnitOfWork(self.database, clock=self.clock, constraints=ConstraintErrors(metadata, {}))

    async def reads(self, consumer: str = "billing", event_id: str = EVENT, *, commits: bool = True) -> bool:
        """Handle an event, and tell whether it was the first time."""
        work = self.unit_of_work()
        try:
            first = await SqlInbox(work, self.database, self.clock).first_time(consumer, event_id)
            if commits:
                await work.commit()
        finally:
            await work.rollback()
        return first


async def test_only_the_first_time_is_the_first(database: Database, clock: FrozenClock) -> None:
    reader = Reader(database, clock)
    assert [await reader.reads() for _ in range(3)] == [True, False, False]


async def test_each_consumer_and_each_event_has_a_first_time_of_its_own(database: Database, clock: FrozenClock) -> None:
    reader = Reader(database, clock)
    assert await reader.reads("billing", EVENT)
    assert await reader.reads("mailing", EVENT)
    assert await reader.reads("billing", f"{EVENT}2")
    assert not await reader.reads("mailing", EVENT)


async def test_within_one_unit_of_work_the_second_time_is_no_first_one(database: Database, clock: FrozenClock) -> None:
    work = Reader(database, clock).unit_of_work()
    inbox = SqlInbox(work, database, clock)
    assert [await inbox.first_time("billing", EVENT) for _ in range(2)] == [True, False]
    await work.rollback()


async def test_an_effect_that_was_rolled_back_has_not_happened(database: Database, clock: FrozenClock) -> None:
    """The broker brings the event again, and it is the first time again."""
    reader = Reader(database, clock)
    assert await reader.reads(commits=False)
    assert await reader.reads()


async def test_of_many_who_ask_at_once_one_is_the_first(database: Database, clock: FrozenClock) -> None:
    """The others wait until its transaction has ended."""
    reader = Reader(database, clock)
    answers = await asyncio.gather(*(reader.reads() for _ in range(5)))
    assert sorted(answers) == [False, False, False, False, True]


async def test_whoever_waited_for_one_that_gave_up_is_the_first(database: Database, clock: FrozenClock) -> None:
    reader = Reader(database, clock)
    answers = await asyncio.gather(*(reader.reads(commits=number == 2) for number in range(3)))
    assert answers[2]
    assert not await reader.reads()


async def test_what_is_too_old_to_come_again_is_forgotten(database: Database, clock: FrozenClock) -> None:
    """And nothing else."""
    reader = Reader(database, clock)
    await reader.reads("billing", "old")
    clock.advance(days=1)
    await reader.reads("billing", "new")
    await forget_before(database, clock.now())
    assert not await reader.reads("billing", "new")
    assert await reader.reads("billing", "old")
