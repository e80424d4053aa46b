"""What belongs to another workspace is not there: the answer is the same as for what never was."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from colonnade.api.contract import Row
from colonnade.application.messaging import OpenTo
from colonnade.application.operations import OperationsPermission

from .house import House, Person, good, problem
from .requests import ROWS, body_of, name_of, path_of

INSIDE = [row for row in ROWS if not isinstance(row.message.access, OpenTo | OperationsPermission)]

NOWHERE = {"key": "WEB-99", "name": "nobodys-role"}
"""Names that lead nowhere."""

NO_THING = {("roles.define", "name"), ("access.explain", "message")}
"""Names of what is to be made, and of what belongs to no workspace."""

ANSWERS = {("access.explain", "user_id"): 200, ("projects.share", "user_id"): 422, ("projects.unshare", "user_id"): 204}
"""What is answered instead of 404, about somebody elsewhere as about nobody: why not, no member, nothing to do."""


class Neighbours:
    """Two workspaces that know nothing of each other; each has a project and two tasks."""

    def __init__(self, house: House, ada: Person, ben: Person, mine: dict[str, str], theirs: dict[str, str]) -> None:
        self.house = house
        self.ada = ada
        self.ben = ben
        self.mine = mine
        self.theirs = theirs


@pytest.fixture
async def neighbours(each_house: House) -> Neighbours:
    """Ada's workspace and Ben's, on each engine in turn."""
    ada, ben = await each_house.person(), await each_house.person()
    return Neighbours(
        each_house, ada, ben, await _furnished(each_house, ada, "WEB"), await _furnished(each_house, ben, "BEN")
    )


async def _furnished(house: House, owner: Person, key: str) -> dict[str, str]:
    workspace = await house.workspace(owner)
    project = await house.project(owner, workspace, key)
    task = await owner.post(f"{project}/tasks", {"title": "Theirs alone"})
    hook = {"url": "https://hooks.example.com/theirs", "event_types": ["*"]}
    webhook = await owner.post(f"{workspace}/webhooks", hook)
    delivery = await owner.post(f"{workspace}/webhooks/{webhook['id']}/ping")
    export = await owner.post(f"{workspace}/export")
    role = await owner.send("PUT", f"{workspace}/roles/{key.lower()}-reviewer", {"grants": ["task.read"]})
    return {
        "name": good(role)["name"],
        "workspace_id": workspace.rsplit("/", 1)[1],
        "project_id": project.rsplit("/", 1)[1],
        "task_id": task["id"],
        "user_id": owner.id,
        "key": task["key"],
        "webhook_id": webhook["id"],
        "delivery_id": delivery["id"],
        "process_id": export["process_id"],
    }


def told(answer: httpx2.Response) -> dict[str, Any]:
    """Return what an answer says, without what differs between any two requests."""
    document = answer.json() if answer.content else {}
    return {name: value for name, value in document.items() if name != "instance"} | {"status": answer.status_code}


@pytest.mark.parametrize("row", INSIDE, ids=name_of)
async def test_another_workspace_is_not_there(neighbours: Neighbours, row: Row) -> None:
    """In the path as a whole: 404, and not a word more than for one that never was."""
    theirs = await neighbours.ada.send(row.method, path_of(row, **neighbours.theirs), body_of(row))
    nowhere = {**neighbours.theirs, "workspace_id": str(uuid4())}
    never = await neighbours.ada.send(row.method, path_of(row, **nowhere), body_of(row))
    problem(theirs, 404)
    assert told(theirs) == told(never)


@pytest.mark.parametrize("row", [row for row in INSIDE if len(row.path_fields) > 1], ids=name_of)
async def test_what_is_in_another_workspace_is_not_in_mine(neighbours: Neighbours, row: Row) -> None:
    """Each identifier of the path in turn, beside a workspace of one's own."""
    before = len(await neighbours.house.changes())
    for name in row.path_fields:
        if name != "workspace_id" and (name_of(row), name) not in NO_THING:
            unknown = NOWHERE.get(name) or str(uuid4())
            theirs = path_of(row, **{**neighbours.mine, name: neighbours.theirs[name]})
            never = path_of(row, **{**neighbours.mine, name: unknown})
            answer = await neighbours.ada.send(row.method, theirs, body_of(row))
            assert answer.status_code == ANSWERS.get((name_of(row), name), 404), answer.text
            assert told(answer) == told(await neighbours.ada.send(row.method, never, body_of(row)))
    assert len(await neighbours.house.changes()) == before


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/projects/{project_id}/tasks", {"title": "a"}, "assignee_id"),
        ("PATCH", "/tasks/{task_id}", {}, "assignee_id"),
        ("POST", "/tasks/{task_id}/assign", {}, "assignee_id"),
        ("POST", "/tasks/{task_id}/rank", {}, "before"),
        ("POST", "/tasks/{task_id}/rank", {}, "after"),
    ],
)
async def test_a_body_that_names_what_is_elsewhere_learns_nothing(
    neighbours: Neighbours, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    """The answer is the same as for what never was."""
    where = f"/workspaces/{neighbours.mine['workspace_id']}{path.format(**neighbours.mine)}"
    theirs = neighbours.theirs["user_id" if field == "assignee_id" else "task_id"]
    answer = await neighbours.ada.send(method, where, {**body, field: theirs})
    assert answer.status_code in {404, 422}
    assert told(answer) == told(await neighbours.ada.send(method, where, {**body, field: str(uuid4())}))


async def test_an_import_gives_work_to_members_only(neighbours: Neighbours) -> None:
    """Likewise for each record."""
    where = "/workspaces/{workspace_id}/projects/{project_id}/tasks/import".format(**neighbours.mine)
    record = {"origin": {"source": "a:1"}, "title": "Old", "created_at": "2020-01-01T00:00:00Z"}
    answers = [
        await neighbours.ada.send("POST", where, {"tasks": [{**record, "assignee_id": somebody}]})
        for somebody in (neighbours.ben.id, str(uuid4()))
    ]
    assert problem(answers[0], 422)["field"] == "assignee_id"
    assert told(answers[0]) == told(answers[1])


async def test_a_query_finds_nothing_elsewhere(neighbours: Neighbours) -> None:
    """Another workspace's project, people and cursors are as good as none."""
    mine = f"/workspaces/{neighbours.mine['workspace_id']}/tasks"
    for somewhere in (neighbours.theirs["project_id"], str(uuid4())):
        assert await neighbours.ada.get(f"{mine}?project_id={somewhere}") == {"items": [], "next": None}
        assert await neighbours.ada.get(f"{mine}/count?project_id={somewhere}") == {"count": 0}
    sentences = set()
    for address in (neighbours.ben.email, "nobody@example.com"):
        refusal = problem(await neighbours.ada.send("GET", f"{mine}?filter=assignee:{address}"), 422)
        sentences.add(refusal["detail"].replace(address, "somebody"))
    assert len(sentences) == 1


async def test_a_cursor_is_good_in_its_workspace_only(neighbours: Neighbours) -> None:
    """It names a place in somebody else's list."""
    theirs = "/workspaces/{workspace_id}/projects/{project_id}/tasks".format(**neighbours.theirs)
    await neighbours.ben.post(theirs, {"title": "Second"})
    page = await neighbours.ben.get(f"/workspaces/{neighbours.theirs['workspace_id']}/tasks?limit=1")
    mine = f"/workspaces/{neighbours.mine['workspace_id']}/tasks?limit=1&cursor={page['next']}"
    assert problem(await neighbours.ada.send("GET", mine), 422)["field"] == "cursor"
