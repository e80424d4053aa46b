"""The made-up world is the same for the same seed, and everything in it belongs together."""

from datetime import date
from pathlib import Path

import pytest

from colonnade.application.identity.ports import PasswordHasher
from colonnade.core import RecordedEvent
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import EventProtector
from colonnade.infrastructure.protection import PersonKeys
from colonnade.security.encryption import BlindIndex
from colonnade.server.seeding import DEMO_EMAIL, DEMO_PASSWORD, Size
from colonnade.server.seeding.seeder import Protected, Seeder
from colonnade.testing.databases import SqliteTemplate

from .house import House, identity_for, open_house, settings_for

SIZE = Size(people=8, workspaces=3, tasks=120)
DAY = date(2026, 3, 2)


async def world(house: House, seed: int) -> list[RecordedEvent]:
    """Seed the database of a server and return its log."""
    get = house.server.container.get
    protection = Protected(await get(PersonKeys), await get(BlindIndex), await get(EventProtector))
    heard = list[int]()
    seeder = Seeder(await get(Database), await get(PasswordHasher), protection, seed=seed, as_of=DAY)
    await seeder.seed(SIZE, heard.append)
    assert sum(heard) == SIZE.tasks
    return await house.events()


async def test_the_same_seed_makes_the_same_world(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    """Every fact of every event, identifiers included; another seed makes another one."""
    worlds = []
    for number, seed in enumerate((1, 1, 2)):
        async with sqlite_template.copy() as url, open_house(settings_for(tmp_path / str(number), url)) as house:
            worlds.append(await world(house, seed))
    first, second, third = worlds
    assert [(event.stream, event.event) for event in first] == [(event.stream, event.event) for event in second]
    assert [event.event for event in first] != [event.event for event in third]


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_demo_user_finds_a_world_that_hangs_together(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    """They sign in though addresses are confirmed here, own a workspace, and see tasks of people who belong there."""
    async with open_house(settings_for(tmp_path, sqlite_url, identity=identity_for(confirm_email=True))) as house:
        await world(house, seed)
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
