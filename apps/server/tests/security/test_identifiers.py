"""Every identifier that a message takes, tried with somebody else's thing: the answer is that for what never was."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple, get_args
from uuid import UUID, uuid4

import pytest

from colonnade.api.contract import Binding, Row
from colonnade.application.operations import OperationsPermission
from colonnade.testing.databases import SqliteTemplate

from ..house import House, Person, open_house
from ..requests import ROWS, body_of
from ..waiting import found
from .people import enrolled, open_settings, token_of, told

UNTRIED: dict[str, str] = {
    "passkey_id": "making a passkey takes an authenticator: tests/test_passkeys.py tries those of others",
    "link_id": "linking takes an identity provider: tests/test_federation.py tries those of others",
    "person": "a search of the audit by anybody's id, which finds only what is in one's own workspace",
}
"""Fields whose things cannot be made here, and why not."""


def is_identifier(annotation: Any) -> bool:  # a type of any form
    """Tell whether a field holds one or more identifiers."""
    is_one = annotation is UUID or getattr(annotation, "__supertype__", None) is UUID
    return is_one or any(is_identifier(part) for part in get_args(annotation))


CASES = [
    pytest.param(row, name, id=f"{row.message.wire_name}-{name}")
    for row in ROWS
    if not isinstance(row.message.access, OperationsPermission)
    for name, field in row.message.model_fields.items()
    if is_identifier(field.annotation) and name not in UNTRIED
]


class Neighbours(NamedTuple):
    """Two people who know nothing of each other, with one thing of every kind each, by the names of fields."""

    house: House
    ada: Person
    mine: dict[str, str]
    theirs: dict[str, str]


@pytest.fixture(scope="module")
async def neighbours(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Neighbours]:
    """One pair for all cases, as every case is refused."""
    async with sqlite_template.copy() as url:
        settings = open_settings(tmp_path_factory.mktemp("neighbours"), url)
        async with open_house(settings) as house:
            ada, ben = await enrolled(house), await enrolled(house, "Ben Babbage")
            async with house.at_work():
                mine, theirs = await _things(house, ada), await _things(house, ben)
            yield Neighbours(house, ada, mine, theirs)


async def _things(house: House, owner: Person) -> dict[str, str]:
    friend = await enrolled(house, "Friend")
    elsewhere = await house.workspace(friend, member=owner)
    workspace = await house.workspace(owner, member=friend)
    project = await house.project(owner, workspace)
    tasks = [await owner.post(f"{project}/tasks", {"title": "Theirs alone"}) for _ in range(3)]
    hook = {"url": "https://hooks.example.com/theirs", "event_types": ["*"]}
    webhook = await owner.post(f"{workspace}/webhooks", hook)
    delivery = await owner.post(f"{workspace}/webhooks/{webhook['id']}/ping")
    export = await owner.post(f"{workspace}/export")
    await token_of(owner, "task.read")
    tokens = await owner.get("/identity/tokens")
    await owner.sign_in()
    sessions = (await owner.get("/identity/sessions"))["items"]

    async def told_of() -> Any:
        return (await owner.get("/notifications"))["items"]

    notification = (await found(told_of, f"somebody hears that they were let into {elsewhere}"))[0]["id"]
    project_id = project.rsplit("/", 1)[1]
    return {
        "workspace_id": workspace.rsplit("/", 1)[1],
        **dict.fromkeys(("project_id", "project_ids", "subject_project_id"), project_id),
        **dict.fromkeys(("task_id", "subject_task_id"), tasks[0]["id"]),
        "before": tasks[1]["id"],
        "after": tasks[2]["id"],
        "key": tasks[0]["key"],
        **dict.fromkeys(("user_id", "assignee_id", "lead_id", "heir_id"), friend.id),
        "webhook_id": webhook["id"],
        "delivery_id": delivery["id"],
        "process_id": export["process_id"],
        "session_id": sessions[-1]["id"],
        "token_id": tokens["items"][0]["id"],
        **dict.fromkeys(("notification_id", "ids"), notification),
        "name": "absent",
        "user_code": "BCDF-GHJK",
        "message": "tasks.get",
    }


@pytest.mark.parametrize(("row", "name"), CASES)
async def test_an_identifier_of_somebody_else_is_like_none(neighbours: Neighbours, row: Row, name: str) -> None:
    """Status, headers and every word but the identifier itself; and nothing of theirs has changed."""
    before = [event for event in await neighbours.house.events() if not event.event.event_type.startswith("audit.")]
    nothing = str(uuid4())
    answers = [await _asked(neighbours, row, name, value) for value in (neighbours.theirs[name], nothing)]
    after = [event for event in await neighbours.house.events() if not event.event.event_type.startswith("audit.")]
    theirs, none = told(answers[0], neighbours.theirs[name]), told(answers[1], nothing)
    if answers[0].is_success and row.method == "POST":
        theirs["document"] = none["document"] = "made, and each has an identifier of its own"
    assert theirs == none
    touched = [event.stream for event in after[len(before) :]]
    assert not any(thing in stream for thing in neighbours.theirs.values() for stream in touched)


async def _asked(neighbours: Neighbours, row: Row, name: str, value: str) -> Any:
    binding, given = Binding.of(row), {**neighbours.mine, name: value}
    path = row.path.format(**given)
    if row.method in {"GET", "DELETE"}:
        asked = f"?{name}={value}" if name in binding.query else ""
        return await neighbours.ada.send(row.method, path + asked)
    body = {field: given.get(field, content) for field, content in (body_of(row) or {}).items()}
    for field in body:
        if "tuple" in str(row.message.model_fields[field].annotation) and is_identifier(
            row.message.model_fields[field].annotation
        ):
            body[field] = [given[field]] if name == field else []
    if name in binding.body and name not in body:
        body[name] = value
    if row.message.wire_name == "tokens.create":
        body["permissions"] = ["task.read"]
    if row.message.wire_name == "tasks.rank":
        body = {name: value} if name in {"before", "after"} else {"before": given["before"]}
    return await neighbours.ada.send(row.method, path, body)


def test_every_identifier_is_tried_or_said_why_not() -> None:
    """A new kind of identifier is known above, or its name and a reason stand there."""
    known = {
        *("workspace_id", "project_id", "project_ids", "subject_project_id", "task_id", "subject_task_id", "before"),
        *("after", "user_id", "assignee_id", "lead_id", "heir_id", "webhook_id", "delivery_id", "process_id"),
        *("session_id", "token_id", "notification_id", "ids"),
    }
    assert {case.values[1] for case in CASES} <= known
    assert all(len(reason.split()) > 3 for reason in UNTRIED.values())


async def test_what_is_ones_own_is_not_touched_by_somebody_else(house: House) -> None:
    """A session, a token and a notification of Ada's live on whatever Mallory sends."""
    ada, mallory = await enrolled(house), await enrolled(house, "Mallory")
    script = await token_of(ada, "project.read")
    session = (await ada.get("/identity/sessions"))["items"][0]["id"]
    token = (await ada.get("/identity/tokens"))["items"][0]["id"]
    for path in (f"/identity/sessions/{session}", f"/identity/tokens/{token}"):
        assert (await mallory.send("DELETE", path)).status_code == 404
    assert (await ada.get("/identity/me"))["id"] == ada.id
    assert (await script.get("/identity/me"))["id"] == ada.id
