"""Whoever waits for work hears of it at once, here and in other processes; if nobody can say, they look themselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from colonnade.core import DomainEvent
from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.database.wakeups import WAKEUP_CHANNEL, Wakeup, Wakeups

DEADLINE_SECONDS = 10


class Rung(DomainEvent, type="wakeups.rung"):
    """A bell rang."""


class Knocked(DomainEvent, type="wakeups.knocked"):
    """Somebody knocked."""


async def woken(wakeup: Wakeup) -> bool:
    """Tell whether there is news already, without waiting for any."""
    return await wakeup.wait(0)


class Elsewhere:
    """Another process on the same database."""

    def __init__(self, url: str) -> None:
        self.database = Database(DatabaseSettings(url))
        self.wakeups = Wakeups(self.database)
        self.news = StreamNotifications(self.database, (), self.wakeups)


@asynccontextmanager
async def elsewhere(database: Database) -> AsyncIterator[Elsewhere]:
    """Start another process that listens."""
    process = Elsewhere(database.engine.url.render_as_string(hide_password=False))
    await process.news.start()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await process.news.listening()
    try:
        yield process
    finally:
        await process.news.close()
        await process.wakeups.close()
        await process.database.dispose()


@pytest.fixture
async def wakeups(database: Database) -> AsyncIterator[Wakeups]:
    """Wake-ups, on each engine in turn."""
    wakeups = Wakeups(database)
    yield wakeups
    await wakeups.close()


async def test_whoever_waits_for_a_topic_is_woken_at_once(wakeups: Wakeups) -> None:
    """And nobody else."""
    bell, door, both = (
        wakeups.listen({Rung.event_type}),
        wakeups.listen({Knocked.event_type}),
        wakeups.listen({Rung.event_type, Knocked.event_type}),
    )
    wakeups.committed([Rung(), Rung()])
    assert [await woken(wakeup) for wakeup in (bell, door, both)] == [True, False, True]
    wakeups.tell({Knocked.event_type})
    assert [await woken(wakeup) for wakeup in (bell, door, both)] == [False, True, True]


async def test_news_wakes_somebody_who_sleeps(wakeups: Wakeups) -> None:
    """Long before they would have woken by themselves."""
    bell = wakeups.listen({Rung.event_type})
    sleeping = asyncio.create_task(bell.wait(3600))
    await asyncio.sleep(0)
    wakeups.committed([Rung()])
    async with asyncio.timeout(DEADLINE_SECONDS):
        assert await sleeping


async def test_news_that_nobody_waited_for_is_heard_by_the_next_who_waits(wakeups: Wakeups) -> None:
    """Once, however often it was told: it says that there is work, not how much."""
    bell = wakeups.listen({Rung.event_type})
    for _ in range(3):
        wakeups.tell({Rung.event_type})
    assert await bell.wait(3600)
    assert not await woken(bell)


async def test_without_news_they_wake_by_themselves(wakeups: Wakeups) -> None:
    """That is what finds the work that nobody told of."""
    assert not await wakeups.listen({Rung.event_type}).wait(0.001)


async def test_who_is_forgotten_is_not_woken(wakeups: Wakeups) -> None:
    """And forgetting twice is forgetting once."""
    bell = wakeups.listen({Rung.event_type})
    wakeups.forget(bell)
    wakeups.forget(bell)
    wakeups.tell({Rung.event_type})
    wakeups.wake_all()
    assert not await woken(bell)


async def test_one_who_waits_when_time_is_up_loses_no_news(wakeups: Wakeups) -> None:
    """What comes at the last moment is there for the next wait."""
    bell = wakeups.listen({Rung.event_type})
    assert not await bell.wait(0)
    bell.wake()
    assert await bell.wait(0)


@pytest.mark.integration
async def test_other_processes_hear_of_it(postgres: Database) -> None:
    """By a notification; those who wait for something else sleep on."""
    here = Wakeups(postgres)
    async with elsewhere(postgres) as other:
        bell, door = other.wakeups.listen({Rung.event_type}), other.wakeups.listen({Knocked.event_type})
        await _quiet(other, bell, door)
        here.committed([Rung()])
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await bell.wait(3600)
        assert not await woken(door)
    await here.close()


@pytest.mark.integration
async def test_what_is_told_at_once_is_sent_at_once(postgres: Database) -> None:
    """Many commits make few notifications, and none of their topics is lost."""
    here = Wakeups(postgres)
    topics = [f"wakeups.topic_{number}" for number in range(50)]
    async with elsewhere(postgres) as other:
        waiting = [other.wakeups.listen({topic}) for topic in topics]
        payloads = _payloads(other)
        await _quiet(other, *waiting)
        for topic in topics:
            here.tell({topic})
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert all(await asyncio.gather(*(wakeup.wait(3600) for wakeup in waiting)))
        assert len(payloads) <= 2
    await here.close()


@pytest.mark.integration
@pytest.mark.parametrize("letter", ["a", "ä"], ids=["in letters", "in bytes"])
async def test_what_is_too_long_for_a_notification_wakes_everybody(postgres: Database, letter: str) -> None:
    """Better once too often than never."""
    here = Wakeups(postgres)
    async with elsewhere(postgres) as other:
        bell = other.wakeups.listen({Rung.event_type})
        await _quiet(other, bell)
        here.tell({f"{number}{letter * 190}" for number in range(41 if letter == "ä" else 60)})
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await bell.wait(3600)
    await here.close()


@pytest.mark.integration
async def test_whoever_cannot_tell_others_goes_on() -> None:
    """The commit has happened; others look by themselves, and the next time it is tried again."""
    database = Database(DatabaseSettings("postgresql://postgres@127.0.0.1:1/postgres"))
    lonely = Wakeups(database)
    bell = lonely.listen({Rung.event_type})
    for _ in range(2):
        lonely.tell({Rung.event_type})
        await lonely.close()
        assert await woken(bell)
    await database.dispose()


@pytest.mark.integration
async def test_a_lost_connection_is_replaced_and_everybody_looks_once(postgres: Database) -> None:
    """What was told meanwhile was not heard: so all are woken, and from then on told again."""
    here = Wakeups(postgres)
    async with elsewhere(postgres) as other:
        bell = other.wakeups.listen({Rung.event_type})
        await _quiet(other, bell)
        await _end_listeners(postgres)
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await bell.wait(3600)
            await other.news.listening()
        await _quiet(other, bell)
        here.committed([Rung()])
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await bell.wait(3600)
    await here.close()


async def test_on_sqlite_there_is_nobody_else(tmp_path: Path) -> None:
    """One process writes: nothing is listened to and nothing is sent, the file is not even opened."""
    database = Database(DatabaseSettings(f"sqlite:///{tmp_path}/nowhere/file.db"))
    wakeups = Wakeups(database)
    news, bell = StreamNotifications(database, (), wakeups), wakeups.listen({Rung.event_type})
    await news.start()
    wakeups.tell({Rung.event_type})
    assert await woken(bell)
    await news.close()
    await wakeups.close()
    await database.dispose()


def _payloads(process: Elsewhere) -> list[str]:
    """Return a list to which the payload of every notification is added."""
    heard, payloads = process.wakeups.heard, list[str]()

    def listen(payload: str) -> None:
        payloads.append(payload)
        heard(payload)

    process.wakeups.heard = listen  # type: ignore[method-assign]  # to count what arrives
    return payloads


async def _quiet(process: Elsewhere, *wakeups: Wakeup) -> None:
    """Hear out what was told before, such as that everybody should look."""
    await process.database.ping()
    for wakeup in wakeups:
        await woken(wakeup)


async def _end_listeners(database: Database) -> None:
    """End every connection that listens for wake-ups."""
    statement = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND query ILIKE :listening AND pid <> pg_backend_pid()"
    )
    ended = await database.fetch(text(statement), {"listening": f"LISTEN%{WAKEUP_CHANNEL}%"})
    assert ended
