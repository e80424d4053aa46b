"""Steps that copy a table keep what refers to it."""

from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.schema import Schema
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.migrations import HISTORY


async def test_memberships_survive_a_copy_of_the_table_of_users(tmp_path: Path) -> None:
    """SQLite alters a table by dropping it, which deletes by cascade while foreign keys are watched."""
    database = Database(DatabaseSettings(f"sqlite:///{tmp_path}/old.db"))
    schema, user, workspace = Schema(database, HISTORY, metadata), uuid4().hex, uuid4().hex
    await schema.upgrade("0005")
    await database.write(
        text(
            "INSERT INTO users (id, version, email, name, password_hash, created_at) VALUES (:id, 1, 'a', 'A', '', 0)"
        ),
        {"id": user},
    )
    await database.write(
        text("INSERT INTO workspaces (id, version, name, slug, created_at) VALUES (:id, 1, 'a', 'a', 0)"),
        {"id": workspace},
    )
    await database.write(
        text("INSERT INTO memberships (workspace_id, user_id, role) VALUES (:workspace, :user, 'owner')"),
        {"workspace": workspace, "user": user},
    )
    await schema.upgrade()
    assert (await database.fetch(text("SELECT count(*) FROM memberships")))[0][0] == 1
    assert (await database.fetch(text("PRAGMA foreign_keys")))[0][0] == 1
    await database.dispose()
