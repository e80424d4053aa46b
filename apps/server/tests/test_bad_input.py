"""Bad input is a problem document that names what is wrong; it is never a fault of the server."""

import random
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest

from colonnade.api.contract import Row

from .house import PROBLEM, House, Person, problem
from .requests import ROWS, body_of, name_of, path_of

JSON = {"content-type": "application/json"}
WITH_BODY = [row for row in ROWS if body_of(row)]


class Desk:
    """Somebody with a workspace and something of every kind in it, who also looks after the service."""

    def __init__(self, house: House, ada: Person, known: dict[str, str]) -> None:
        self.house = house
        self.ada = ada
        self.known = known
        self.tasks = f"/workspaces/{known['workspace_id']}/tasks"

    def path(self, row: Row) -> str:
        """Return a row's path to what is there."""
        return path_of(row, **self.known)


@pytest.fixture
async def desk(each_house: House) -> Desk:
    """A desk on each engine in turn."""
    ada = await each_house.operator()
    workspace = await each_house.workspace(ada)
    project = await each_house.project(ada, workspace)
    task = await ada.post(f"{project}/tasks", {"title": "Ship it"})
    hook = {"url": "https://hooks.example.com/ada", "event_types": ["*"]}
    webhook = await ada.post(f"{workspace}/webhooks", hook)
    delivery = await ada.post(f"{workspace}/webhooks/{webhook['id']}/ping")
    export = await ada.post(f"{workspace}/export")
    known = {
        "workspace_id": workspace.rsplit("/", 1)[1],
        "project_id": project.rsplit("/", 1)[1],
        "task_id": task["id"],
        "key": task["key"],
        "user_id": ada.id,
        "webhook_id": webhook["id"],
        "delivery_id": delivery["id"],
        "process_id": export["process_id"],
        "queue": "default",
    }
    return Desk(each_house, ada, known)


def texts_in(value: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return where the texts of a body are."""
    if isinstance(value, str):
        return [place]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, part in parts for found in texts_in(part, (*place, name))]


def with_text(value: Any, place: tuple[str | int, ...], text: object) -> Any:
    """Return a body with another text in one place."""
    if not place:
        return text
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = with_text(copy[place[0]], place[1:], text)
    return copy


WHOLE_IMPORT = {
    "tasks": [
        {
            "origin": {
                "source": "a:1", "url": "https://example.com", "author": "octo", "assignees": ["ben"],
                "milestone": "1.0",
                "created_at": "2020-01-01T00:00:00Z",
            },
            "title": "Old", "description": "text", "labels": ["bug"], "created_at": "2020-01-01T00:00:00Z",
            "due_on": "2026-12-24",
            "completed_at": "2020-01-02T00:00:00Z",
        }
    ]
}  # fmt: skip
WHOLE_PROJECT = {
    "key": "OPS", "name": "Operations",
    "workflow": {
        "statuses": [{"slug": "todo", "name": "To do", "category": "todo"},
            {"slug": "done", "name": "Done", "category": "done"}],
        "transitions": {"todo": ["done"]},
    },
}  # fmt: skip
WHOLE = {
    "tasks.import": WHOLE_IMPORT,
    "projects.create": WHOLE_PROJECT,
    "tasks.edit": {"title": "a", "description": "b", "labels": ["c"], "due_on": "2026-12-24", "priority": "high"},
    "tasks.label": {"add": ["a"], "remove": ["b"]},
    "tasks.create": {"title": "a", "description": "b", "labels": ["c"], "due_on": "2026-12-24", "priority": "high"},
}

ANY_OBJECT = {"credential"}
"""What a browser says of a passkey: an object whose parts are checked with the passkey."""


@pytest.mark.parametrize("text", ["nul\x00l", "\x1b[31mred", "\x7f", "\u202e"], ids=ascii)
async def test_a_control_character_is_refused_or_kept_wherever_it_stands(desk: Desk, text: str) -> None:
    """In every text of every body: no store chokes on it, it is taken or a 4xx."""
    for row in WITH_BODY:
        body = WHOLE.get(row.message.wire_name) or body_of(row)
        for place in texts_in(body):
            answer = await desk.ada.send(row.method, desk.path(row), with_text(body, place, text))
            assert answer.status_code < 500, f"{place}: {answer.text}"
            assert answer.is_success or answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize("row", WITH_BODY, ids=name_of)
async def test_a_wrong_type_names_its_field(desk: Desk, row: Row) -> None:
    """By the name that the sender wrote, and no part of how the server tells types apart."""
    body = WHOLE.get(row.message.wire_name) or body_of(row) or {}
    for name in body:
        wrong = "a" if name in ANY_OBJECT else {"a": [1]}
        faults = problem(await desk.ada.send(row.method, desk.path(row), {**body, name: wrong}), 422)["errors"]
        parts = ("a", "statuses", "transitions", "start", "end")
        assert {fault["field"] for fault in faults} <= {name, *(f"{name}.{part}" for part in parts)}, name


@pytest.mark.parametrize("field", ["assignee_id", "due_on", "priority", "labels", "title", "description"])
async def test_a_wrong_value_in_a_patch_names_its_field_once(desk: Desk, field: str) -> None:
    """Fields that may be left out or be null are no different."""
    for value in ("nonsense", 7.5, ["a", 7]):
        answer = await desk.ada.send("PATCH", f"{desk.tasks}/{desk.known['task_id']}", {field: value})
        if not answer.is_success:
            assert {fault["field"] for fault in problem(answer, 422)["errors"]} <= {field, f"{field}.1"}


async def test_an_unknown_field_is_refused(desk: Desk) -> None:
    """By every message."""
    for row in WITH_BODY:
        answer = await desk.ada.send(row.method, desk.path(row), {**(body_of(row) or {}), "unheard_of": 1})
        assert [fault["field"] for fault in problem(answer, 422)["errors"]] == ["unheard_of"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"a": "\xff"}', b"[1]", b"null", b'{"a": NaN}', b"[" * 100_000])
async def test_a_body_that_is_no_object_is_refused(desk: Desk, body: bytes) -> None:
    """By every operation that takes one."""
    headers = {**JSON, "authorization": f"Bearer {desk.ada.tokens['access_token']}"}
    for row in WITH_BODY:
        answer = await desk.house.http.request(row.method, f"/api/v1{desk.path(row)}", content=body, headers=headers)
        assert problem(answer, 400)["code"] == "malformed_body"


async def test_eleven_megabytes_are_too_much(desk: Desk) -> None:
    """Whether the length is said beforehand or not."""

    async def chunks() -> Any:
        for _ in range(11):
            yield b"a" * 1_048_576

    headers = {**JSON, "authorization": f"Bearer {desk.ada.tokens['access_token']}"}
    for content in (b'"' + b"a" * 11 * 1_048_576 + b'"', chunks()):
        answer = await desk.house.http.post("/api/v1/workspaces", content=content, headers=headers)
        assert problem(answer, 413)["limit_bytes"] == 10_485_760


@pytest.mark.parametrize(
    "name", ["名" * 200, "ß" * 200, "ﬃ" * 200, "é" * 200, "e\u0301" * 200, "👩‍👩‍👧‍👦" * 28, "ا" * 200, "A\u0300" * 200]
)
async def test_two_hundred_characters_of_any_script_are_a_name(desk: Desk, name: str) -> None:
    """It comes back in normal form, is found again, and counts as characters."""
    normal = unicodedata.normalize("NFC", name)
    project = await desk.ada.post(f"/workspaces/{desk.known['workspace_id']}/projects", {"key": "UNI", "name": name})
    assert project["name"] == normal
    task = await desk.ada.post(
        f"/workspaces/{desk.known['workspace_id']}/projects/{project['id']}/tasks", {"title": name}
    )
    assert task["title"] == normal
    found = await desk.ada.get(f"{desk.tasks}?filter={quote(name[:20])}")
    assert [item["id"] for item in found["items"]] == [task["id"]]
    workspace = await desk.ada.send("POST", "/workspaces", {"name": normal[:100]})
    assert workspace.status_code in {201, 422}
    too_long = await desk.ada.send("POST", "/workspaces", {"name": "名" * 101, "slug": "too-long"})
    assert [fault["field"] for fault in problem(too_long, 422)["errors"]] == ["name"]


@pytest.mark.parametrize("name", ["名前", "Привет", "🚀", "---", "ﬃ", "Ünïcödé"])
async def test_a_workspace_of_any_name_gets_a_slug_or_is_told_to_choose_one(desk: Desk, name: str) -> None:
    """A name that gives no slug is no fault."""
    answer = await desk.ada.send("POST", "/workspaces", {"name": name})
    if not answer.is_success:
        document = problem(answer, 422)
        assert "slug" in document.get("field", "") + document["detail"]


async def test_a_cursor_of_another_query_is_refused_by_name(desk: Desk) -> None:
    """Of another filter, sort or project, of another kind, and one that was never a cursor."""
    for _ in range(2):
        await desk.ada.post(
            f"/workspaces/{desk.known['workspace_id']}/projects/{desk.known['project_id']}/tasks", {"title": "a"}
        )
    cursor = (await desk.ada.get(f"{desk.tasks}?limit=1"))["next"]
    assert len((await desk.ada.get(f"{desk.tasks}?limit=1&cursor={cursor}"))["items"]) == 1
    for query in (
        f"limit=1&sort=created&cursor={cursor}",
        f"limit=1&filter=is:open&cursor={cursor}",
        f"limit=1&project_id={desk.known['project_id']}&cursor={cursor}",
        f"cursor={cursor[:-2]}AA",
        "cursor=nonsense",
        "cursor=",
        "cursor=%00",
        "cursor=%F0%9F%9A%80",
    ):
        assert problem(await desk.ada.send("GET", f"{desk.tasks}?{query}"), 422)["field"] == "cursor"


FILTERS = [
    "created:9999-12-31", "created>9999-12-31", "created<0001-01-01", "created>=0001-01-01", "due:9999-12-31",
    "due<0001-01-01",
    "updated<=9999-12-31", "completed:9999-12-31", "due<9999w", "due>-9999w", "created<-9999w", "created>9999w",
    "due:0000-00-00",
    "due:٣d", "status:", ":", '"', "\\", "a" * 1000, "%", "_", "'; DROP TABLE tasks; --", "assignee:me,none",
    "label:a,b,", "label:,",
    "priority<high", "key:WEB-1", "\U0010ffff", "-", "--a", "-status:todo", 'label:"a b"', "author:ﬃ@example.com",
]  # fmt: skip


async def test_any_filter_is_answered_or_refused_by_name(desk: Desk) -> None:
    """Days at both ends of the calendar, half-written terms, and what would be code elsewhere."""
    for text in FILTERS:
        for path in (desk.tasks, f"{desk.tasks}/count"):
            answer = await desk.ada.send("GET", f"{path}?filter={quote(text)}")
            assert answer.is_success or problem(answer, 422)["field"] == "filter"


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        0,
        1e300,
        -1e300,
        "2020",
    ],
)
async def test_any_moment_is_imported_or_refused_by_name(desk: Desk, moment: object) -> None:
    """Also where it leaves the calendar in UTC."""
    path = "/workspaces/{workspace_id}/projects/{project_id}/tasks/import".format(**desk.known)
    for field in ("created_at", "completed_at"):
        record = {
            "origin": {"source": f"a:{moment}"},
            "title": "Old",
            "created_at": "2020-01-01T00:00:00Z",
            field: moment,
        }
        answer = await desk.ada.send("POST", path, {"tasks": [record]})
        if not answer.is_success:
            assert problem(answer, 422)["errors"][0]["field"] == f"tasks.0.{field}"


async def test_a_stale_version_is_refused(desk: Desk) -> None:
    """For every change that may name one."""
    for row in ROWS:
        if row.if_match:
            answer = await desk.ada.send(row.method, desk.path(row), body_of(row), if_match='"99"')
            assert problem(answer, 412)["code"] == "stale_version"


async def test_whatever_is_sent_there_is_no_fault(desk: Desk) -> None:
    """Four hundred requests of chance, always the same ones: every refusal is a problem document and none is a 5xx."""
    chance = random.Random(7)
    values = [
        None,
        True,
        0,
        -1,
        2**63,
        1.5,
        "",
        "a",
        "\x00",
        "名" * 400,
        [],
        [1],
        {},
        {"a": 1},
        "2026-02-30",
        desk.known["task_id"],
    ]
    for _ in range(400):
        row = chance.choice(ROWS)
        body = {name: chance.choice(values) for name in (body_of(row) or {})} | {
            chance.choice(["title", "x"]): chance.choice(values)
        }
        ids = [*desk.known.values(), "x", "%00", "0" * 32, "WEB-0"]
        known = {name: desk.known.get(name, "x") for name in row.path_fields}
        path = path_of(row, **{name: chance.choice([value, chance.choice(ids)]) for name, value in known.items()})
        if row.method == "GET":
            path += "?" + "&".join(
                f"{chance.choice(['limit', 'cursor', 'filter', 'sort', 'key'])}={quote(str(v))}"
                for v in chance.sample(values, 2)
            )
        answer = await desk.ada.send(
            row.method,
            path,
            None if row.method in {"GET", "DELETE"} else body,
            if_match=chance.choice(['"1"', "*", "x"]),
        )
        assert answer.status_code < 500, f"{row.method} {path} {body}: {answer.text}"
        if not answer.is_success:
            assert answer.headers["content-type"] == PROBLEM
        if row.message.wire_name == "identity.sign_out":
            desk.ada.tokens = await desk.ada.sign_in()


@pytest.mark.parametrize("path", ["/api/docs", "/api/openapi.json", "/health/live", "/health/ready", "/metrics", "/"])
async def test_a_wrong_method_is_a_problem_everywhere(house: House, path: str) -> None:
    """Pages beside the contract are no exception."""
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        answer = await house.http.request(method, path)
        problem(answer, 405)
        assert "GET" in answer.headers["allow"]
