"""The policy at the machine: as tables, and why somebody may or may not do a thing."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import NamedTuple

import pytest

from colonnade.api.work import CONTRACT
from colonnade.application.messaging import OpenTo
from colonnade.application.operations import OperationsPermission
from colonnade.domain.workspaces import GRANTS, Role
from colonnade.infrastructure.database import Database
from colonnade.server.policy_tables import matrix
from colonnade.server.schema import schema_of

from .commands import Console, run
from .house import House, open_house, settings_for


class Installation(NamedTuple):
    """A server at rest, with people who have used it."""

    console: Console
    ada: str
    ben: str
    slug: str


def in_house(data_dir: Path, work: Callable[[House], Coroutine[None, None, None]]) -> None:
    """Let something happen in the server of an installation, which then stops."""

    async def happen() -> None:
        settings = settings_for(data_dir, f"sqlite:///{data_dir / 'colonnade.db'}", secret=None)
        async with open_house(settings) as house:
            await schema_of(await house.server.container.get(Database)).upgrade()
            await work(house)

    asyncio.run(happen())


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Ada's workspace, in which Ben is a member and has opened one of two tasks."""
    known: dict[str, str] = {}

    async def work(house: House) -> None:
        ada, ben = await house.person("Ada"), await house.person("Ben")
        path = await house.workspace(ada, member=ben)
        project = await house.project(ada, path)
        await ada.post(f"{project}/tasks", {"title": "Hers"})
        await ben.post(f"{project}/tasks", {"title": "His"})
        known.update(ada=ada.email, ben=ben.email, slug=(await ada.get(path))["slug"])

    in_house(tmp_path, work)
    return Installation(Console(tmp_path), **known)


def explained(at: Installation, user: str, message: str, *words: str) -> dict[str, object]:
    """Ask why, as JSON."""
    found: dict[str, object] = at.console.json(
        "access", "explain", "--user", user, "--message", message, "--workspace", at.slug, *words
    )
    return found


def test_the_matrix_is_what_the_policy_says() -> None:
    """Every message of the contract is in it, with what the grants of each role say of its rule."""
    rows = {row.message: row for row in matrix(CONTRACT.messages())}
    assert set(rows) == {kind.wire_name for kind in CONTRACT.messages()}
    for kind in CONTRACT.messages():
        for role in Role:
            outcome = getattr(rows[kind.wire_name], role.value)
            if isinstance(kind.access, OpenTo):
                assert outcome == "always"
            elif isinstance(kind.access, OperationsPermission):
                assert outcome == "operators"
            else:
                granted = GRANTS[role].get(kind.access)  # type: ignore[call-overload]  # of any enumeration
                assert outcome == ("refused" if granted is None else granted.value)


def test_matrix_and_roles_need_no_database(tmp_path: Path) -> None:
    """They are printed as a table and as JSON, and nothing is made."""
    console = Console(tmp_path)
    rows = {row["message"]: row for row in console.table("access", "matrix")}
    assert rows["tasks.delete"]["member"] == "involved"
    assert (rows["roles.define"]["step up"], rows["roles.list"]["step up"]) == ("yes", "-")
    assert {row["message"] for row in console.json("access", "matrix")} == set(rows)
    assert [role["name"] for role in console.json("access", "roles")] == ["owner", "admin", "member", "guest"]
    assert "task.edit:assignee" in console.says("access", "roles")
    assert list(tmp_path.iterdir()) == []


def test_why_somebody_may_is_explained_step_by_step(installation: Installation) -> None:
    """A member deletes tasks that they opened: it depends on the task."""
    hers = explained(installation, installation.ben, "tasks.delete", "--task", "WEB-1")
    assert (hers["allowed"], hers["code"]) == (False, "forbidden")
    his = explained(installation, installation.ben, "tasks.delete", "--task", "web-2", "--project", "web")
    assert his["allowed"] is True
    text = installation.console.says(
        "access", "explain", "--user", installation.ada, "--message", "tasks.delete", "--workspace", installation.slug
    )
    assert text.startswith("Allowed: tasks.delete\n")
    assert "owner" in text


def test_the_answer_stands_alone(installation: Installation) -> None:
    """Also where what is of no interest is logged: nothing that a library finds in a database comes before it."""
    words = ("--user", installation.ada, "--message", "tasks.delete", "--workspace", installation.slug)
    folder = installation.console.data_dir
    variables = {"COLONNADE_DATA_DIR": str(folder), "COLONNADE_LOGS__LEVEL": "INFO"}
    assert run("access", "explain", *words, cwd=folder, **variables).stderr == ""


def test_a_workspace_goes_by_its_slug_or_its_id(installation: Installation) -> None:
    """Its roles are listed with those that every workspace has."""
    roles = installation.console.json("access", "roles", "--workspace", installation.slug)
    assert [role["name"] for role in roles] == ["owner", "admin", "member", "guest"]
    sentence = installation.console.refusal("access", "roles", "--workspace", "no-such-workspace")
    assert "no-such-workspace" in sentence


def test_a_message_that_needs_no_workspace_is_explained_without(installation: Installation) -> None:
    """Operators are appointed for the whole service."""
    words = ("access", "explain", "--user", installation.ada, "--message")
    assert "everybody who is signed in" in installation.console.says(*words, "sessions.list")
    assert installation.console.says(*words, "operations.list_jobs").startswith("Refused (forbidden)")
    assert "workspace" in installation.console.refusal(*words, "tasks.delete")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--user", "nobody@example.com", "--message", "tasks.delete"), 1),
        (("--user", "nobody", "--message", "tasks.delete"), 1),
        (("--user", "{ada}", "--message", "tasks.fly"), 1),
        (("--user", "{ada}", "--message", "tasks.delete", "--task", "WEB-1"), 2),
        (("--user", "{ada}", "--message", "tasks.delete", "--workspace", "{slug}", "--task", "what?"), 1),
        (("--user", "{ada}", "--message", "tasks.delete", "--workspace", "{slug}", "--task", "WEB-9"), 1),
        (("--user", "{ada}", "--message", "tasks.delete", "--workspace", "{slug}", "--project", "NOPE"), 1),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(installation: Installation, words: tuple[str, ...], code: int) -> None:
    """Without a traceback."""
    said = (word.format(ada=installation.ada, slug=installation.slug) for word in words)
    installation.console.refusal("access", "explain", *said, code=code)


def test_without_a_schema_one_is_told_to_migrate(tmp_path: Path) -> None:
    """As every command that asks the database says."""
    words = ("access", "explain", "--user", "ada@example.com", "--message", "tasks.delete", "--workspace", "w")
    assert "colonnade-server migrate" in Console(tmp_path).refusal(*words)
