"""The history of the schema goes forward and back, says what it would do, and agrees with the code."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.schema import BASE, Schema
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.migrations import HISTORY
from colonnade.infrastructure.work import TABLES
from colonnade.testing.fixtures import ENGINES


@pytest.fixture(params=ENGINES)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with nothing in it, on each engine in turn."""
    if request.param == "sqlite":
        opened = Database(DatabaseSettings(f"sqlite:///{tmp_path}/empty.db"))
        yield opened
        await opened.dispose()
        return
    async with request.getfixturevalue("postgres_template").copy() as url:
        opened = Database(DatabaseSettings(url))
        await Schema(opened, HISTORY, metadata).downgrade(BASE)
        await opened.write(text("DROP TABLE alembic_version"))
        yield opened
        await opened.dispose()


async def tables(database: Database) -> set[str]:
    """Return the names of the tables that are there."""
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names())) - {"alembic_version"}


async def test_up_down_up_leaves_no_drift(empty: Database) -> None:
    """Each direction undoes the other, and the newest schema is exactly what the code declares."""
    schema = Schema(empty, HISTORY, metadata)
    assert TABLES
    assert await schema.current() is None
    await schema.upgrade()
    first = await tables(empty)
    assert await schema.current() == schema.head()
    assert await schema.drift() == []
    await schema.downgrade(BASE)
    assert await tables(empty) == set()
    assert await schema.current() is None
    await schema.upgrade()
    assert await tables(empty) == first == set(metadata.tables)
    assert await schema.drift() == []


async def test_each_step_can_be_taken_alone(empty: Database) -> None:
    """Every revision goes one step back and forward again."""
    schema = Schema(empty, HISTORY, metadata)
    await schema.upgrade("+1")
    while await schema.current() != schema.head():
        await schema.upgrade("+1")
    while await schema.current() is not None:
        await schema.downgrade("-1")
        await schema.upgrade("+1")
        await schema.downgrade("-1")
    assert await tables(empty) == set()


async def test_a_preview_is_sql_and_changes_nothing(empty: Database) -> None:
    """What would be executed is shown in the engine's own words; the database stays as it is."""
    schema = Schema(empty, HISTORY, metadata)
    forward = await schema.preview()
    assert "CREATE TABLE tasks" in forward
    assert ("JSONB" in forward) is empty.is_postgresql
    assert await tables(empty) == set()
    await schema.upgrade()
    assert "CREATE TABLE" not in await schema.preview()
    assert "DROP TABLE tasks" in await schema.preview(BASE, back=True)
    one_step_back = await schema.preview("-1", back=True)
    assert f"Running downgrade {schema.head()} -> " in one_step_back
    assert "DROP TABLE tasks" not in one_step_back
    assert await tables(empty) == set(metadata.tables)


async def test_a_preview_can_be_executed_as_it_stands(empty: Database) -> None:
    """The script that a preview prints makes the schema that an upgrade makes."""
    schema = Schema(empty, HISTORY, metadata)
    script = await schema.preview()
    async with empty.engine.connect() as connection:
        lines = "\n".join(line for line in script.splitlines() if not line.startswith("--"))
        for words in map(str.strip, lines.split(";")):
            if words and words not in {"BEGIN", "COMMIT"}:
                await connection.execute(text(words.replace(":", r"\:")))
        await connection.commit()
    assert await schema.current() == schema.head()
    assert await schema.drift() == []


async def test_drift_is_noticed(empty: Database) -> None:
    """A table that somebody changed by hand is not what the code declares."""
    schema = Schema(empty, HISTORY, metadata)
    await schema.upgrade()
    await empty.write(text("ALTER TABLE users ADD COLUMN shoe_size INTEGER"))
    assert "shoe_size" in str(await schema.drift())


async def test_a_step_that_fails_leaves_nothing_behind(empty: Database, tmp_path: Path) -> None:
    """A migration is done or not done: half of one would have to be mended by hand."""
    history = tmp_path / "history"
    (history / "versions").mkdir(parents=True)
    (history / "env.py").write_text((HISTORY / "env.py").read_text())
    (history / "versions" / "one.py").write_text(BROKEN_STEP)
    schema = Schema(empty, history, metadata)
    with pytest.raises(RuntimeError, match="half way"):
        await schema.upgrade()
    assert await tables(empty) == set()


BROKEN_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "1", None


def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    raise RuntimeError("half way")
"""
