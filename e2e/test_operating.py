"""The journey of an operator: what could not be handled is found, replayed or dropped; a read model is rebuilt."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from colonnade.core import SystemClock, new_id
from colonnade.core.events import EventId
from colonnade.domain.tasks import TaskAssigned
from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.event_log import NewEvent, append, event_log

from .installation import Installation, Json, eventually, running

ACTIVITY = "collaboration.activity"
ASSIGNMENTS = "notifications.assigned"
ENOUGH = 20
"""Tasks that are made while a read model is rebuilt, at least."""


class Office:
    """An installation with Ada, Bob and a project, and a way to write into the log as no release of ours would."""

    def __init__(self, installation: Installation, database: Database) -> None:
        self.installation = installation
        self.ada, self.bob = installation.person("ada"), installation.person("bob")
        installation.type("operators", "appoint", self.ada.email)
        self._database = database
        self._workspace = self.ada.post("/workspaces", name="Engines")["id"]
        self._path = f"/workspaces/{self._workspace}"
        self.ada.post(f"{self._path}/members", email=self.bob.email)
        self._project = self.ada.post(f"{self._path}/projects", key="WEB", name="Web")["id"]

    def task(self, title: str) -> str:
        """Make a task of nobody's."""
        return str(self.ada.post(f"{self._path}/projects/{self._project}/tasks", title=title)["id"])

    def assign(self, task: str) -> None:
        """Give a task to Bob."""
        self.ada.post(f"{self._path}/tasks/{task}/assign", assignee_id=self.bob.id)

    def activity(self, task: str) -> list[str]:
        """Return the kinds of what was done to a task, the newest first."""
        return [item["type"] for item in self.ada.items(f"{self._path}/tasks/{task}/activity")]

    def told_of(self) -> list[str]:
        """Return the tasks that Bob was told of, the latest first."""
        return [notification["facts"]["task_id"] for notification in self.bob.told_of("assigned")]

    async def write(self, *tasks: UUID | str, version: int = 1) -> list[UUID]:
        """Append assignments to a stream of their own, in one transaction."""
        stream = f"task-{uuid4()}"
        events = [
            NewEvent(
                event_id=new_id(EventId),
                stream=stream,
                stream_version=number,
                type=TaskAssigned.event_type,
                schema_version=version,
                data=self._assigned(task).model_dump_json().encode(),
                metadata="{}",
                recorded_at=SystemClock().now(),
            )
            for number, task in enumerate(tasks, 1)
        ]
        await self._database.transact(lambda connection: append(connection, events))
        return [event.event_id for event in events]

    async def mend(self, event_id: UUID, task: str) -> None:
        """Let an event tell of another task, in the version that is known."""
        mended = {"data": self._assigned(task).model_dump(mode="json"), "schema_version": TaskAssigned.schema_version}
        await self._database.write(update(event_log).where(event_log.c.event_id == event_id).values(mended))

    def set_aside(self, *, state: str = "dead", subscription: str = ASSIGNMENTS) -> list[Json]:
        """Return what a subscription has set aside."""
        return self.ada.items(f"/operations/dead-letters?subscription={subscription}&state={state}")

    def subscription(self, name: str) -> list[Json]:
        """Return the editions of a subscription."""
        return [one for one in self.ada.items("/operations/subscriptions") if one["name"] == name]

    def _assigned(self, task: UUID | str) -> TaskAssigned:
        return TaskAssigned.model_validate(
            {"workspace_id": self._workspace, "task_id": str(task), "assignee_id": self.bob.id}
        )


@pytest.fixture
async def office(variables: dict[str, str], tmp_path: Path) -> AsyncIterator[Office]:
    """An office, on each engine in turn."""
    url = variables.get("COLONNADE_DATABASE__URL", f"sqlite:///{tmp_path / 'data' / 'colonnade.db'}")
    with running(tmp_path, variables) as installation:
        database = Database(DatabaseSettings(url))
        yield Office(installation, database)
        await database.dispose()


async def test_what_could_not_be_handled_is_replayed_or_dropped(office: Office) -> None:
    """It holds up nothing but its own stream; what was done about it is kept."""
    task, other = office.task("Oil the engine"), office.task("Paint it")
    (broken, _) = await office.write(uuid4(), task)
    eventually(office.set_aside)
    office.assign(other)
    eventually(lambda: office.told_of() == [other])
    (dead,) = office.installation.read("dead-letters", "list")
    assert (dead["event_id"], dead["subscription"], dead["error_code"]) == (str(broken), ASSIGNMENTS, "not_found")
    shown = office.installation.read("dead-letters", "show", dead["id"])
    assert (shown["behind"], shown["data"]["assignee_id"]) == (1, office.bob.id)

    await office.mend(broken, task)
    assert office.installation.type("dead-letters", "replay", dead["id"]) == f"{dead['id']} is tried again.\n"
    eventually(lambda: office.told_of() == [task, task, other])

    await office.write(uuid4(), other)
    eventually(office.set_aside)
    (dead,) = office.set_aside()
    assert office.installation.type("dead-letters", "drop", "--yes", dead["id"]) == f"{dead['id']} is dropped.\n"
    eventually(lambda: office.told_of() == [other, task, task, other])
    assert office.installation.type("dead-letters", "list", "--state", "all") == "There are none.\n"
    (subscription,) = (one for one in office.installation.read("subscriptions", "list") if one["name"] == ASSIGNMENTS)
    assert (subscription["behind"], subscription["dead"]) == (0, 0)
    acts = [act["act"] for act in office.installation.read("acts")]
    assert acts[:2] == ["operations.drop_dead_letter", "operations.replay_dead_letter"]


async def test_an_event_of_an_unknown_version_waits_for_the_release_that_knows_it(office: Office) -> None:
    """It is tried again by itself, and all others go on."""
    task, other = office.task("Oil the engine"), office.task("Paint it")
    (future,) = await office.write(uuid4(), version=99)
    for name in (ASSIGNMENTS, ACTIVITY):
        eventually(partial(office.set_aside, state="retrying", subscription=name))
        (waiting,) = office.set_aside(state="retrying", subscription=name)
        assert (waiting["event_id"], waiting["error_code"]) == (str(future), "unknown_event")
    office.assign(other)
    eventually(lambda: office.told_of() == [other])
    await office.mend(future, task)
    eventually(lambda: office.told_of() == [task, other])
    eventually(lambda: "tasks.task_assigned" in office.activity(task))


async def test_a_read_model_is_rebuilt_while_everything_goes_on(office: Office) -> None:
    """Readers always see a whole edition; what happens meanwhile is in the new one, once."""
    old = office.task("There before")
    office.assign(old)
    before = ["tasks.task_assigned", "tasks.task_created"]
    eventually(lambda: office.activity(old) == before)
    with _busy(office) as made:
        eventually(lambda: made)
        said = office.installation.type("subscriptions", "rebuild", ACTIVITY)
        assert said.startswith(f"Edition 2 of {ACTIVITY} grows")

        def is_read() -> bool:
            assert office.activity(old) == before
            return [(one["generation"], one["state"]) for one in office.subscription(ACTIVITY)] == [(2, "active")]

        eventually(is_read)
        eventually(lambda: len(made) >= ENOUGH)
    eventually(lambda: all(office.activity(task) for task in made))
    assert [office.activity(task) for task in made] == [["tasks.task_created"]] * len(made)
    assert office.activity(old) == before


@contextmanager
def _busy(office: Office) -> Iterator[list[str]]:
    """Make one task after the other, beside what the test does; give the list of them."""
    made, enough = list[str](), threading.Event()

    def work() -> None:
        while not enough.wait(0.02):
            made.append(office.task(f"Part {len(made)}"))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield made
    finally:
        enough.set()
        thread.join()
