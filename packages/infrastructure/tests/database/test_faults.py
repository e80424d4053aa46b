"""When the database is locked, gone or full, callers hear so, and it recovers by itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from colonnade.core import Unavailable
from colonnade.domain.workspaces import WorkspaceName
from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.testing import FrozenClock
from colonnade.testing.databases import PostgresTemplate, SqliteTemplate
from colonnade.testing.factories import EntityFactory


@pytest.fixture
async def impatient(sqlite_template: SqliteTemplate) -> AsyncIterator[Database]:
    """A SQLite database that waits for a lock no longer than a moment."""
    async with sqlite_template.copy() as url:
        opened = Database(DatabaseSettings(url, busy_timeout_seconds=0.05))
        yield opened
        await opened.dispose()


async def test_a_locked_database_is_unavailable_until_it_is_not(
    impatient: Database, clock: FrozenClock, make: EntityFactory, house: Any
) -> None:
    """Another process that holds the write lock makes writers give up soon; readers go on; then all is well."""
    here = await type(house)(impatient, clock, make).found()
    other = sqlite3.connect(make_url(impatient.engine.url).database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    work = here.unit_of_work()
    with pytest.raises(Unavailable) as refused:
        await here.workspaces(work).get(here.workspace.id)
    await work.rollback()
    assert refused.value.retryable
    with pytest.raises(Unavailable):
        await impatient.write(text("DELETE FROM idempotency_keys"))
    assert await here.events()
    other.execute("ROLLBACK")
    other.close()
    work = here.unit_of_work()
    (await here.workspaces(work).get(here.workspace.id)).rename(WorkspaceName("Renamed"))
    await work.commit()
    assert len(await here.log.stream(here.workspace.stream)) == 2
    await here.sealing.close()


async def test_a_mistake_in_a_statement_is_no_outage(database: Database) -> None:
    """A missing table is our own fault: calling it unavailable would send everybody into retries."""
    with pytest.raises(DBAPIError):
        await database.fetch(text("SELECT * FROM nowhere"))


async def test_an_error_does_not_say_which_values_were_sent(database: Database) -> None:
    """They may be secrets, or somebody's address."""
    with pytest.raises(DBAPIError) as refused:
        await database.fetch(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "Lovelace"})
    assert "Lovelace" not in f"{refused.value}"


async def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    """A file in a folder that is not there is an outage, with a message that says no more."""
    database = Database(DatabaseSettings(f"sqlite:///{tmp_path}/nowhere/file.db"))
    with pytest.raises(Unavailable):
        await database.ping()
    await database.dispose()


async def test_an_exhausted_pool_is_unavailable(sqlite_template: SqliteTemplate) -> None:
    """Who finds no free connection in time hears that the database does not answer."""
    async with sqlite_template.copy() as url:
        database = Database(DatabaseSettings(url, pool_size=1, pool_timeout_seconds=0.05))
        held = await database.run(database.begin)
        with pytest.raises(Unavailable):
            await database.ping()
        await database.run(held.close)
        await database.ping()
        await database.dispose()


@pytest.mark.integration
async def test_terminated_connections_recover(postgres_house: Any) -> None:
    """When the server ends every connection, those who were in the middle hear so, and the next ones get new ones."""
    house = postgres_house
    work = house.unit_of_work()
    workspace = await house.workspaces(work).get(house.workspace.id)
    workspace.rename(WorkspaceName("Lost"))
    assassin = Database(DatabaseSettings(house.database.engine.url.render_as_string(hide_password=False)))
    await assassin.fetch(
        text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    await assassin.dispose()
    with pytest.raises(Unavailable):
        await work.commit()
    await work.rollback()
    await until_it_answers(house.database)
    work = house.unit_of_work()
    (await house.workspaces(work).get(house.workspace.id)).rename(WorkspaceName("Kept"))
    await work.commit()
    renamed = [event.event for event in await house.log.stream(house.workspace.stream)][1:]
    assert [event.name for event in renamed] == ["Kept"]


@pytest.mark.integration
async def test_an_address_that_nobody_listens_at_is_unavailable() -> None:
    """A server that is down, or a name that nobody knows, is an outage."""
    for url in ("postgresql://postgres@127.0.0.1:1/postgres", "postgresql://postgres@/postgres?host=/nowhere"):
        database = Database(DatabaseSettings(url, connect_timeout_seconds=1))
        with pytest.raises(Unavailable):
            await database.ping()
        await database.dispose()


@pytest.mark.integration
async def test_a_full_server_is_unavailable(postgres_template: PostgresTemplate, postgres: Database) -> None:
    """A server that takes no more connections is an outage, and answers again once there is room."""
    role = f"limited_{postgres.engine.url.database}"[:60]
    await postgres.write(text(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 1"))
    url = postgres.engine.url.set(username=role).render_as_string(hide_password=False)
    first, second = Database(DatabaseSettings(url)), Database(DatabaseSettings(url))
    held = await first.run(first.begin)
    with pytest.raises(Unavailable):
        await second.ping()
    await first.run(held.close)
    await first.dispose()
    await until_it_answers(second)
    await second.dispose()
    await postgres.write(text(f"DROP ROLE {role}"))


@pytest.mark.integration
async def test_a_deadlock_is_a_lost_race(postgres_house: Any) -> None:
    """Of two transactions that wait for each other the server ends one, which may simply try again."""
    house = postgres_house
    one, two = await house.open_project(), await house.open_project()
    first, second = house.unit_of_work(), house.unit_of_work()
    await house.database.write(text("SELECT 1"))
    await house.projects(first).take_numbers(one.id)
    await house.projects(second).take_numbers(two.id)

    async def cross(work: Any, project: Any) -> Exception | None:
        try:
            await house.projects(work).take_numbers(project.id)
            await work.commit()
        except Exception as error:  # noqa: BLE001 - looked at below
            await work.rollback()
            return error
        return None

    async with asyncio.timeout(20):
        errors = await asyncio.gather(cross(first, two), cross(second, one))
    assert sorted(getattr(error, "code", "none") for error in errors) == ["none", "version_conflict"]


async def until_it_answers(database: Database) -> None:
    """Ask until there is an answer, within a deadline."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await database.ping()
            except Unavailable:
                await asyncio.sleep(0)
