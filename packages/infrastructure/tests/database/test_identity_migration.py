"""Whoever was there before identity and access were reworked is there afterwards, on both engines."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text, Uuid, insert, select, text, update

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.schema import BASE, Schema
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import JsonModel, UtcDateTime
from colonnade.infrastructure.migrations import HISTORY
from colonnade.testing.fixtures import ENGINES

BEFORE, AFTER = "0005", "0006"
LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
WORKFLOW = {"statuses": [{"slug": "todo", "name": "To do", "category": "todo"}], "transitions": {}}

old = MetaData()
users = Table(
    "users",
    old,
    *(Column(name, Uuid) for name in ("id",)),
    Column("version", Integer),
    *(Column(name, Text) for name in ("email", "name", "password_hash")),
    Column("created_at", UtcDateTime),
    Column("is_operator", Boolean),
)
sessions = Table(
    "sessions",
    old,
    *(Column(name, Uuid) for name in ("id", "user_id")),
    Column("version", Integer),
    Column("refresh_hash", Text),
    *(Column(name, UtcDateTime) for name in ("created_at", "expires_at")),
)
workspaces = Table(
    "workspaces",
    old,
    Column("id", Uuid),
    Column("version", Integer),
    *(Column(name, Text) for name in ("name", "slug")),
    Column("created_at", UtcDateTime),
)
memberships = Table(
    "memberships", old, *(Column(name, Uuid) for name in ("workspace_id", "user_id")), Column("role", Text)
)
projects = Table(
    "projects",
    old,
    *(Column(name, Uuid) for name in ("id", "workspace_id", "lead_id")),
    Column("version", Integer),
    *(Column(name, Text) for name in ("key", "name")),
    Column("workflow", JsonModel(dict[str, Any])),
    Column("created_at", UtcDateTime),
    Column("last_number", Integer),
)
OLD = {table.name: table for table in (users, sessions, workspaces, memberships, projects)}


class Archive:
    """A database at an old revision, with somebody in it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.schema = Schema(database, HISTORY, metadata)
        self.person, self.workspace, self.project, self.session = (uuid4() for _ in range(4))
        at = {"created_at": LONG_AGO, "version": 3}
        self.rows: dict[str, dict[str, Any]] = {
            "users": {
                "id": self.person,
                "email": "ada@example.com",
                "name": "Ada Ñuñez",
                "password_hash": "$argon2id$…",
                "is_operator": True,
                **at,
            },
            "sessions": {
                "id": self.session,
                "user_id": self.person,
                "refresh_hash": "ab" * 32,
                "expires_at": LONG_AGO + timedelta(days=30),
                **at,
            },
            "workspaces": {"id": self.workspace, "name": "Engines", "slug": "engines", **at},
            "memberships": {"workspace_id": self.workspace, "user_id": self.person, "role": "owner"},
            "projects": {
                "id": self.project,
                "workspace_id": self.workspace,
                "lead_id": self.person,
                "key": "WEB",
                "name": "Relaunch",
                "workflow": WORKFLOW,
                "last_number": 7,
                **at,
            },
        }

    async def fill(self) -> None:
        """Put the rows in."""
        await self.schema.upgrade(BEFORE)
        for name, row in self.rows.items():
            await self.database.write(insert(OLD[name]).values(row))

    async def kept(self, name: str) -> dict[str, Any]:
        """Return the row of a table, with the columns that were there before."""
        (row,) = await self.database.fetch(select(OLD[name]))
        return dict(row._mapping)

    async def column(self, table: str, column: str, kind: Any = None) -> Any:
        """Return a value of the one row of a table."""
        values = Table(table, MetaData(), Column(column, kind or Text))
        return (await self.database.fetch(select(values)))[0][0]


@pytest.fixture(params=ENGINES)
async def archive(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Archive]:
    """A database at the revision before, on each engine in turn."""
    if request.param == "sqlite":
        opened = Database(DatabaseSettings(f"sqlite:///{tmp_path}/old.db"))
        archive = Archive(opened)
        await archive.fill()
        yield archive
        await opened.dispose()
        return
    async with request.getfixturevalue("postgres_template").copy() as url:
        opened = Database(DatabaseSettings(url))
        archive = Archive(opened)
        await archive.schema.downgrade(BASE)
        await archive.fill()
        yield archive
        await opened.dispose()


async def test_people_workspaces_and_projects_are_kept(archive: Archive) -> None:
    """Each with everything that was known of it; what is new says what was true before."""
    await archive.schema.upgrade(AFTER)
    for name in ("users", "workspaces", "memberships", "projects"):
        assert await archive.kept(name) == archive.rows[name], name
    assert await archive.column("users", "email_confirmed_at", UtcDateTime) == LONG_AGO
    assert await archive.column("users", "erased_at", UtcDateTime) is None
    assert await archive.column("memberships", "own_role") is None
    assert await archive.column("workspaces", "own_roles", metadata.tables["workspaces"].c.own_roles.type) == {}
    assert await archive.column("projects", "members", metadata.tables["projects"].c.members.type) == ()
    assert await archive.column("projects", "private", Boolean) is False


async def test_everybody_signs_in_once_more(archive: Archive) -> None:
    """Sessions that cannot say where they were opened end."""
    assert await archive.kept("sessions") == archive.rows["sessions"]
    await archive.schema.upgrade(AFTER)
    assert await archive.database.fetch(select(sessions)) == []


async def test_up_down_up_keeps_them(archive: Archive) -> None:
    """Whoever goes back loses what is new, and nobody else."""
    await archive.schema.upgrade(AFTER)
    await archive.schema.downgrade(BEFORE)
    for name in ("users", "workspaces", "memberships", "projects"):
        assert await archive.kept(name) == archive.rows[name], name
    await archive.schema.upgrade()
    for name in ("workspaces", "memberships", "projects"):
        assert await archive.kept(name) == archive.rows[name], name
    assert (await archive.kept("users"))["id"] == archive.person
    assert await archive.schema.drift() == []


async def test_somebody_without_a_password_survives_the_way_back(archive: Archive) -> None:
    """As somebody whose password nobody knows, and without one again after the way forward."""
    await archive.schema.upgrade(AFTER)
    await archive.database.write(update(users).values(password_hash=None))
    await archive.schema.downgrade(BEFORE)
    assert (await archive.kept("users"))["password_hash"] == ""
    with pytest.raises(Exception, match=r"(?i)null"):
        await archive.database.write(update(users).values(password_hash=None))
    await archive.schema.upgrade(AFTER)
    assert (await archive.kept("users"))["password_hash"] is None


async def test_what_refers_to_people_still_does(archive: Archive) -> None:
    """Foreign keys hold as before: whoever is deleted takes their memberships along, and nobody else can be named."""
    await archive.schema.upgrade(AFTER)
    database = archive.database
    stranger = insert(memberships).values(workspace_id=archive.workspace, user_id=uuid4(), role="guest")
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await database.write(stranger)
    await database.write(text("DELETE FROM users"))
    assert await database.fetch(select(memberships)) == []
    assert (await archive.kept("workspaces"))["id"] == archive.workspace
    other = {**archive.rows["users"], "id": UUID(int=1)}
    await database.write(insert(users).values(other))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.write(insert(users).values({**other, "id": UUID(int=2)}))
