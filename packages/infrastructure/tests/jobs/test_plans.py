"""What a look costs does not grow with what waits or has ended: every statement goes by an index."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.schema import CreateTable

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.testing import FrozenClock
from colonnade.testing.databases import SqliteTemplate

from ..scripts import failing
from .office import Office, Work, effects, waiting_for_ever_at


@pytest.fixture
async def sqlite_office(sqlite_template: SqliteTemplate, clock: FrozenClock) -> AsyncIterator[Office]:
    """An office on SQLite, which tells how it would execute a statement without having any rows."""
    async with sqlite_template.copy() as url:
        database = Database(DatabaseSettings(url))
        await database.write(CreateTable(effects))
        yield Office(database, clock)
        await database.dispose()


async def test_no_statement_reads_the_whole_table(sqlite_office: Office) -> None:
    office = sqlite_office
    seen: dict[str, Any] = {}

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if re.search(r"\bjobs\b", statement) and not statement.startswith(("INSERT", "EXPLAIN")):
            seen[statement] = parameters

    event.listen(office.database.writer, "before_cursor_execute", note)
    office.script["dies"] = waiting_for_ever_at(1)
    office.script["fails"] = failing(RuntimeError("once"))
    async with office.paused_worker() as dead:
        await office.send(Work(label="dies"), unique="dies")
        await office.until_begun("dies")
        await office.expire(dead)
        await office.send(Work(label="later"), at=office.clock.now() + timedelta(seconds=5))
        await office.send(Work(label="never"), at=office.clock.now() + timedelta(days=1), unique="never")
        await office.cancel("never")
    (fails,) = await office.send(Work(label="fails"), unique="fails")
    async with office.worker():
        await office.until(fails, "scheduled")
        office.pass_time(20)
        await office.until(fails, "done")
        await office.until_begun("later")
    event.remove(office.database.writer, "before_cursor_execute", note)
    scans = {}
    for statement, parameters in seen.items():
        asked_by_the_test = "GROUP BY jobs.state" in statement or "ORDER BY jobs.id" in statement
        async with office.database.engine.connect() as connection:
            rows = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
        plan = [row.detail for row in rows]
        if not asked_by_the_test and any(re.match(r"SCAN (jobs|twin)(?! USING)", step) for step in plan):
            scans[statement] = plan
    assert scans == {}
    assert len(seen) > 5
