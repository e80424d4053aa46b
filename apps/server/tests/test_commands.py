"""What an operator runs once: migrate, seed, openapi, routes."""

import json
import sqlite3
from pathlib import Path

import pytest

from colonnade.api.work import CONTRACT

from .commands import run


def tables(data_dir: Path) -> set[str]:
    """Return the tables of the embedded database."""
    with sqlite3.connect(data_dir / "colonnade.db") as database:
        found = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    database.close()
    return found


def test_the_schema_goes_forward_and_back(tmp_path: Path) -> None:
    """A dry run prints the SQL and executes none; the status tells by its exit code where the database stands."""
    data_dir = tmp_path / "data"

    def migrate(*arguments: str) -> tuple[int, str]:
        result = run("migrate", *arguments, cwd=tmp_path, COLONNADE_DATA_DIR=str(data_dir))
        return result.exit_code, result.stdout

    code, sql = migrate("--dry-run")
    assert code == 0
    assert "CREATE TABLE tasks" in sql
    assert "tasks" not in tables(data_dir)
    code, status = migrate("status", "--json")
    assert (code, json.loads(status)["current"]) == (1, None)

    assert migrate()[0] == 0
    assert "tasks" in tables(data_dir)
    code, status = migrate("status", "--json")
    assert (code, json.loads(status)["up_to_date"]) == (0, True)

    code, sql = migrate("down", "base", "--dry-run", "--yes")
    assert (code, "DROP TABLE tasks" in sql) == (0, True)
    assert "tasks" in tables(data_dir)
    assert migrate("down", "base", "--yes")[0] == 0
    assert "tasks" not in tables(data_dir)


def test_the_document_is_printed_or_written(tmp_path: Path) -> None:
    """Both ways are the same."""
    printed = run("openapi", cwd=tmp_path).stdout
    assert json.loads(printed)["openapi"] == "3.1.0"
    run("openapi", "--output", "api.json", cwd=tmp_path)
    assert (tmp_path / "api.json").read_text("utf-8") == printed


def test_every_operation_is_listed_with_who_may_send_it(tmp_path: Path) -> None:
    """For people and for scripts."""
    rows = json.loads(run("routes", "--json", cwd=tmp_path).stdout)
    assert len(rows) == len(list(CONTRACT))
    by_name = {row["message"]: row for row in rows}
    assert by_name["identity.register"]["requires"] == "everybody"
    assert by_name["tasks.create"] == {
        "method": "POST", "path": "/api/v1/workspaces/{workspace_id}/projects/{project_id}/tasks",
        "message": "tasks.create",
        "requires": "task.create",
    }  # fmt: skip
    assert len(run("routes", cwd=tmp_path).stdout.splitlines()) == len(rows)


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    """Its exit code is 1."""
    result = run("migrate", "status", cwd=tmp_path, COLONNADE_DATABASE__URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert result.exit_code == 1
    assert "does not answer" in result.stderr


@pytest.mark.parametrize(
    "arguments", [("serve", "--port", "99999"), ("migrate", "up", "nowhere"), ("seed", "--tasks", "many")]
)
def test_a_wrong_argument_is_a_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """The exit code says that it failed."""
    result = run(*arguments, cwd=tmp_path)
    assert result.exit_code != 0


def test_seeding_tells_what_it_made_and_does_it_once(tmp_path: Path) -> None:
    """A database with people in it is not filled again; the second run says so in a sentence."""
    size = ("--people", "6", "--workspaces", "2", "--tasks", "20")
    first = run("seed", *size, "--json", cwd=tmp_path)
    assert json.loads(first.stdout) == {"people": 6, "workspaces": 2, "tasks": 20, "seed": 1}
    second = run("seed", *size, cwd=tmp_path)
    assert second.exit_code == 1
    assert "Error: the database is not empty" in second.stderr
