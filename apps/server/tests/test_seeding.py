"""The made-up world is the same for the same seed, and everything in it belongs together."""

from datetime import date
from pathlib import Path

import pytest

from colonnade.core import RecordedEvent
from colonnade.infrastructure.database import Database, DatabaseSettings, EventLog
from colonnade.infrastructure.work import EVENT_TYPES
from colonnade.security.passwords import Argon2Passwords
from colonnade.server.seeding import DEMO_EMAIL, DEMO_PASSWORD, Size
from colonnade.server.seeding.seeder import Seeder
from colonnade.testing.databases import SqliteTemplate

from .house import open_house, settings_for

SIZE = Size(people=8, workspaces=3, tasks=120)
DAY = date(2026, 3, 2)


async def world(url: str, seed: int) -> list[RecordedEvent]:
    """Seed a database and return its log."""
    database, hasher = Database(DatabaseSettings(url)), Argon2Passwords(memory_kibibytes=8, iterations=1)
    heard = list[int]()
    try:
        await Seeder(database, hasher, seed=seed, as_of=DAY).seed(SIZE, heard.append)
        assert sum(heard) == SIZE.tasks
        return [event for _, event in await EventLog(database, EVENT_TYPES).read(limit=100_000)]
    finally:
        hasher.close()
        await database.dispose()


async def test_the_same_seed_makes_the_same_world(sqlite_template: SqliteTemplate) -> None:
    """Every fact of every event, identifiers included; another seed makes another one."""
    async with sqlite_template.copy() as one, sqlite_template.copy() as two, sqlite_template.copy() as three:
        first, second, third = await world(one, 1), await world(two, 1), await world(three, 2)
    assert [(event.stream, event.event) for event in first] == [(event.stream, event.event) for event in second]
    assert [event.event for event in first] != [event.event for event in third]


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_demo_user_finds_a_world_that_hangs_together(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    """They sign in, own a workspace, and see projects with tasks of people who belong there."""
    await world(sqlite_url, seed)
    async with open_house(settings_for(tmp_path, sqlite_url)) as house:
        ada = house.stranger()
        ada.tokens = await ada.post("/identity/sessions", {"email": DEMO_EMAIL, "password": DEMO_PASSWORD})
        workspaces = (await ada.get("/workspaces"))["items"]
        assert "owner" in {workspace["role"] for workspace in workspaces}
        seen = 0
        for workspace in workspaces:
            path = f"/workspaces/{workspace['id']}"
            members = {member["user_id"] for member in (await ada.get(f"{path}/members"))["items"]}
            tasks = (await ada.get(f"{path}/tasks?limit=200&sort=created"))["items"]
            seen += len(tasks)
            assert {task["assignee_id"] for task in tasks} <= members | {None}
            assert {task["created_by"] for task in tasks} <= members
            assert all(task["completed_at"] is None or task["completed_at"] >= task["created_at"] for task in tasks)
        assert seen > 20
