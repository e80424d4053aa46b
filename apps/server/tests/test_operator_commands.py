"""What an operator does at the machine: look, in tables and in JSON, and act, which is remembered."""

import asyncio
import getpass
import json
import shutil
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from colonnade.application.messaging import Context
from colonnade.application.operations import ListDeadLetters
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.tasks.rows import TaskRow
from colonnade.server.schema import schema_of

from .commands import Console
from .going_on import caught_up
from .house import PASSWORD, House, open_house, settings_for
from .waiting import eventually

ME = f"{getpass.getuser()}@{socket.gethostname()}"


def in_house(data_dir: Path, work: Callable[[House], Coroutine[None, None, None]], *, works: bool = False) -> None:
    """Let something happen in the server of an installation, which then stops."""

    async def happen() -> None:
        settings = settings_for(data_dir, f"sqlite:///{data_dir / 'colonnade.db'}", secret=None)
        async with open_house(settings) as house:
            await schema_of(await house.server.container.get(Database)).upgrade()
            if not works:
                await work(house)
                return
            async with house.at_work():
                await work(house)

    asyncio.run(happen())


async def furnish(house: House) -> None:
    """Leave a job that waits, a process that runs, and an event that a subscription cannot handle."""
    ada, ben = await house.person("Ada Lovelace"), await house.person("Ben Babbage")
    workspace = await house.workspace(ada, member=ben)
    task = await ada.post(f"{await house.project(ada, workspace)}/tasks", {"title": "Ship it"})
    await ada.post(f"{workspace}/tasks/{task['id']}/assign", {"assignee_id": ben.id})
    tasks = table_of(TaskRow)
    renaming = update(tasks).where(tasks.c.id == UUID(task["id"])).values(id=uuid4())
    await (await house.server.container.get(Database)).write(renaming)
    await ada.post(f"{workspace}/export")
    grace = {"email": "grace@example.com", "name": "Grace Hopper", "password": PASSWORD}
    await house.stranger().post("/identity/users", grace)


async def set_aside(house: House) -> None:
    """Wait until the event is a dead letter."""

    async def dead() -> bool:
        return bool((await house.server.bus.send(ListDeadLetters(), Context(console="tests"))).items)

    await eventually(dead, "the event is dead")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server that has been at work and is not now."""
    data_dir = tmp_path_factory.mktemp("installation")
    in_house(data_dir, caught_up, works=True)
    in_house(data_dir, furnish)
    return data_dir


@pytest.fixture
def console(installation: Path, tmp_path: Path) -> Console:
    """An operator at the machine of a copy of it."""
    shutil.copytree(installation, tmp_path / "data")
    return Console(tmp_path / "data")


@pytest.fixture
def new(tmp_path: Path) -> Console:
    """An operator at the machine of a server that has never been at work."""
    console = Console(tmp_path)
    console.says("migrate")
    return console


def acts(console: Console) -> list[tuple[str, str]]:
    """Return what was done at this machine, the newest first."""
    rows = console.json("acts")
    assert {row["by"] for row in rows} <= {ME}
    return [(row["act"], row["subject"]) for row in rows]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("jobs list", "There are no such jobs."),
        ("schedules", "There are none yet."),
        ("workers", "No worker was here."),
        ("subscriptions list", "No worker has registered any yet."),
        ("dead-letters list", "There are none."),
        ("processes list", "There are no such processes."),
        ("operators list", "Nobody is an operator yet."),
        ("acts", "Nothing yet."),
    ],
)
def test_where_there_is_nothing_a_sentence_says_so(new: Console, command: str, says: str) -> None:
    """For scripts it is an empty list."""
    assert new.says(*command.split()).strip() == says
    assert new.json(*command.split()) == []


@pytest.mark.parametrize(
    "command",
    ["jobs list", "queues list", "schedules", "workers", "subscriptions list", "processes list"],
)
def test_what_there_is_is_shown_as_a_table_and_as_json(console: Console, command: str) -> None:
    """Both show the same things; JSON shows everything of them."""
    rows, found = console.table(*command.split()), console.json(*command.split())
    assert len(rows) == len(found) > 0
    for row, each in zip(rows, found, strict=True):
        assert {head.replace(" ", "_") for head in row} <= set(each)
        name = "id" if "id" in each else "name"
        assert row[name] == each[name]


def test_a_job_is_found_shown_cancelled_and_run_again(console: Console) -> None:
    """And whoever did it is remembered."""
    (job,) = console.json("jobs", "list", "--state", "waiting", "--queue", "default")
    assert job["name"] == "workspaces.collect_export_page"
    assert console.json("jobs", "list", "--name", "tasks.hand_over") == []
    assert console.json("jobs", "show", job["id"])["message"]["part"] == 0
    lines = console.says("jobs", "show", job["id"]).splitlines()
    assert any(line.split() == ["state", "waiting"] for line in lines)
    assert "only a job that failed or was cancelled" in console.refusal("jobs", "retry", job["id"])
    assert job["id"] in console.says("jobs", "cancel", job["id"])
    assert "only a job that waits" in console.refusal("jobs", "cancel", job["id"])
    assert acts(console) == [("operations.cancel_job", job["id"])]


def test_a_queue_is_paused_resumed_and_limited(console: Console) -> None:
    """What is said of it can be seen."""
    assert "queues resume default" in console.says("queues", "pause", "default")
    assert console.table("queues", "list")[0]["paused"] == "yes"
    console.says("queues", "resume", "default")
    console.says("queues", "limit", "default", "3")
    (queue,) = console.json("queues", "list")
    assert (queue["paused"], queue["running_limit"], queue["waiting"]) == (False, 3, 1)
    assert "no limit" in console.says("queues", "limit", "default", "0")
    assert console.json("queues", "list")[0]["running_limit"] is None
    assert [act for act, _ in acts(console)] == [
        "operations.limit_queue", "operations.limit_queue", "operations.resume_queue", "operations.pause_queue",
    ]  # fmt: skip


def test_a_process_is_shown_with_its_history_and_cancelled(console: Console) -> None:
    """A sentence for each thing that happened."""
    (process,) = console.json("processes", "list", "--status", "running", "--name", "workspaces.export")
    text = console.says("processes", "show", process["id"])
    assert "collect: sent workspaces.collect_export_page" in text
    history = console.json("processes", "show", process["id"])["history"]
    assert [entry["what"].split(",")[0] for entry in history[:1]] == ["began"]
    assert "there is nothing to try again" in console.refusal("processes", "retry", process["id"])
    assert process["id"] in console.says("processes", "cancel", process["id"])
    assert console.json("processes", "list", "--status", "running") == []
    (process,) = console.json("processes", "list", "--status", "cancelling")
    in_house(console.data_dir, caught_up, works=True)
    assert console.json("processes", "list", "--status", "undone")[0]["error"] == "cancelled"
    assert "cannot be cancelled" in console.refusal("processes", "cancel", process["id"])
    assert acts(console) == [("operations.cancel_process", process["id"])]


def test_a_projection_is_rebuilt(console: Console) -> None:
    """By name; what is no projection cannot be."""
    assert "Edition 2 of collaboration.activity grows" in console.says(
        "subscriptions", "rebuild", "collaboration.activity"
    )
    editions = [row for row in console.table("subscriptions", "list") if row["name"] == "collaboration.activity"]
    assert sorted(row["generation"] for row in editions) == ["1", "2"]
    assert console.refusal("subscriptions", "rebuild", "unheard.of").startswith("Error: there is no subscription")
    assert console.refusal("subscriptions", "rebuild", "publishing.relay").startswith("Error: ")
    assert acts(console) == [("operations.rebuild_projection", "collaboration.activity")]


@pytest.mark.parametrize(
    "since", [("--since", "2020-01-01"), ("--since", "2020-01-01T10:00:00"), ("--since-position", "1")]
)
def test_a_projection_is_rebuilt_from_a_moment_or_a_position(console: Console, since: tuple[str, str]) -> None:
    """Told as people write it."""
    assert "grows" in console.says("subscriptions", "rebuild", "collaboration.activity", *since)


def test_a_dead_letter_is_shown_and_replayed_or_dropped(console: Console) -> None:
    """It is dead again if nothing has become better; to drop it asks first."""

    in_house(console.data_dir, set_aside, works=True)
    (letter,) = console.json("dead-letters", "list")
    assert letter["subscription"] == "notifications.assigned"
    assert console.table("dead-letters", "list", "--state", "all")[0]["id"] == letter["id"]
    assert console.json("dead-letters", "list", "--subscription", "publishing.relay") == []
    shown = console.json("dead-letters", "show", letter["id"])
    assert (shown["event_type"], shown["error_code"], shown["behind"]) == ("tasks.task_assigned", "not_found", 0)
    assert "is tried again" in console.says("dead-letters", "replay", letter["id"])
    assert "not a dead letter" in console.refusal("dead-letters", "replay", letter["id"])
    in_house(console.data_dir, set_aside, works=True)
    assert "Go on?" in console("dead-letters", "drop", letter["id"]).output
    assert len(console.json("dead-letters", "list")) == 1
    assert "is dropped" in console.says("dead-letters", "drop", "--yes", letter["id"])
    assert console.json("dead-letters", "list", "--state", "all") == []
    assert [act for act, _ in acts(console)] == ["operations.drop_dead_letter", "operations.replay_dead_letter"]


def test_an_operator_is_appointed_listed_and_dismissed(console: Console) -> None:
    """By their address, whoever looks after the machine."""
    email = "grace@example.com"
    assert console.says("operators", "appoint", email).strip() == "Grace Hopper is an operator."
    assert [(row["name"], row["email"]) for row in console.table("operators", "list")] == [("Grace Hopper", email)]
    (grace,) = (row["user_id"] for row in console.json("operators", "list"))
    assert console.says("operators", "dismiss", email).strip() == "Grace Hopper is no operator any more."
    assert console.json("operators", "list") == []
    assert "nobody with this address has an account" in console.refusal("operators", "appoint", "nobody@example.com")
    assert "must be an e-mail address" in console.refusal("operators", "appoint", "nonsense", code=2)
    assert acts(console) == [("identity.dismiss_operator", grace), ("identity.appoint_operator", grace)]
    newest = console.json("acts", "--limit", "1")
    assert [row["act"] for row in newest] == ["identity.dismiss_operator"]


def test_somebody_is_signed_out_by_their_address(console: Console) -> None:
    """And whoever did it is remembered."""
    assert "sessions 0, tokens 0" in console.says("people", "sign-out", "--tokens", "grace@example.com")
    ended = json.loads(console.says("people", "sign-out", "grace@example.com", "--json"))
    assert (ended["sessions"], ended["programs"]) == (0, 0)
    assert acts(console) == [("identity.sign_out_person", ended["user_id"])] * 2
    assert "nobody with this address has an account" in console.refusal("people", "sign-out", "nobody@example.com")
    assert "must be an e-mail address" in console.refusal("people", "sign-out", "nonsense", code=2)


async def test_whoever_is_signed_out_at_the_machine_is_out_at_the_server(tmp_path: Path) -> None:
    """Which runs beside the command and remembers who has signed in."""
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'colonnade.db'}", secret=None)
    async with open_house(settings) as house:
        await schema_of(await house.server.container.get(Database)).upgrade()
        ada, ben = await house.person("Ada"), await house.person("Ben")
        for person in (ada, ben):
            await person.get("/identity/me")
        ended = await asyncio.to_thread(Console(tmp_path).json, "people", "sign-out", ada.email)
        assert ended["sessions"] == 1

        async def is_out() -> bool:
            return (await ada.send("GET", "/identity/me")).status_code == 401

        await eventually(is_out, "the server hears of it")
        assert (await ben.get("/identity/me"))["name"] == "Ben"


@pytest.mark.parametrize(
    "command",
    ["jobs show", "jobs cancel", "jobs retry", "processes show", "processes cancel", "processes retry",
     "dead-letters show", "dead-letters replay", "dead-letters drop --yes"],
)  # fmt: skip
def test_what_is_not_there_is_a_sentence_and_exit_code_1(new: Console, command: str) -> None:
    """What is no id at all is told before anything is looked for, with exit code 2."""
    assert new.refusal(*command.split(), str(uuid4())).startswith("Error: there is no such ")
    assert "is not a valid UUID" in new.refusal(*command.split(), "7", code=2)
    assert new.json("acts") == []


@pytest.mark.parametrize("command", ["jobs list", "acts", "operators list", "workers"])
def test_a_database_without_a_schema_is_a_sentence(tmp_path: Path, command: str) -> None:
    """Which says what to do about it."""
    assert "migrate" in Console(tmp_path).refusal(*command.split())


@pytest.mark.parametrize(
    "kind",
    ["assigned", "status_changed", "added_to_workspace", "due_soon", "overdue", "process_finished", "webhook_disabled",
     "digest"],
)  # fmt: skip
def test_every_mail_can_be_looked_at(tmp_path: Path, kind: str) -> None:
    """Without a database; as text with its subject, and as HTML."""
    console = Console(tmp_path)
    text = console.says("mail", "preview", kind)
    assert text.startswith("Subject: ")
    assert "/unsubscribe/" in text
    page = console.says("mail", "preview", kind, "--html")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert not list(tmp_path.iterdir())


def test_the_document_of_events_is_printed_or_written(tmp_path: Path) -> None:
    """Both ways are the same; the broker is named without its password."""
    console = Console(tmp_path)
    printed = console.says("asyncapi")
    console.says("asyncapi", "--output", "events.json")
    assert (tmp_path / "events.json").read_text("utf-8") == printed
    assert "tasks.task_assigned" in printed
