"""On SQLite, what somebody else writes at the same machine is heard of."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.database.sqlite_edition import SqliteEdition
from colonnade.testing.databases import SqliteTemplate

WRITE = text("INSERT INTO used_marks (mark, until) VALUES (:mark, '2026-03-02 12:00:00.000000')")


class Remembering:
    """A cache that says when it was emptied."""

    def __init__(self) -> None:
        self.emptied = asyncio.Event()

    def stream_changed(self, stream: str) -> None:
        """Hear of one stream."""

    def trust(self, *, on: bool) -> None:
        """Be emptied."""
        self.emptied.set()


@pytest.fixture
async def two(sqlite_template: SqliteTemplate) -> AsyncIterator[tuple[Database, Database]]:
    """A database as two processes have it open."""
    async with sqlite_template.copy() as url:
        databases = Database(DatabaseSettings(url)), Database(DatabaseSettings(url))
        yield databases
        for database in databases:
            await database.dispose()


async def test_what_another_process_writes_empties_the_caches(two: tuple[Database, Database]) -> None:
    """Again and again; somebody who only reads changes nothing."""
    mine, other = two
    cache = Remembering()
    news = StreamNotifications(mine, [cache])
    await news.start()
    for mark in ("one", "two"):
        await other.fetch(text("SELECT count(*) FROM used_marks"))
        cache.emptied.clear()
        await other.write(WRITE, {"mark": mark})
        async with asyncio.timeout(5):
            await cache.emptied.wait()
    await news.close()


async def test_the_number_stays_until_somebody_writes(two: tuple[Database, Database]) -> None:
    mine, other = two
    edition = SqliteEdition(str(mine.engine.url.database))
    before = edition.number()
    await other.fetch(text("SELECT count(*) FROM used_marks"))
    assert edition.number() == before
    await other.write(WRITE, {"mark": "one"})
    assert edition.number() != before
    edition.close()


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    edition = SqliteEdition(str(tmp_path / "nothing.db"))
    assert edition.number() is None
    assert list(tmp_path.iterdir()) == []
