"""`kill -9` in the middle of writes: every acknowledged task and its event is there after the restart."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from colonnade.infrastructure.database import Database, DatabaseSettings

from .processes import ServerProcess, serving

CLIENTS = 6
KILLS = 2
TASKS_BEFORE_A_KILL = 25
DEADLINE_SECONDS = 60
PASSWORD = "analytical engine"

Json = dict[str, Any]


class Client:
    """Somebody who makes tasks until the server is gone, and knows which of them were acknowledged."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.acknowledged: dict[str, Json] = {}
        self.unanswered: list[str] = []
        self._made = 0

    async def work(self, url: str, path: str, headers: dict[str, str], enough: asyncio.Event) -> None:
        """Make one task after the other, each under a key of its own."""
        acknowledged_now = 0
        async with httpx2.AsyncClient(base_url=url, headers=headers) as http:
            while True:
                title = f"{self.name} {self._made}"
                self._made += 1
                try:
                    answer = await http.post(path, json={"title": title}, headers={"idempotency-key": title})
                except httpx2.TransportError:
                    self.unanswered.append(title)
                    return
                assert answer.status_code == 201, answer.text
                task = answer.json()
                self.acknowledged[task["id"]] = task
                acknowledged_now += 1
                if acknowledged_now >= TASKS_BEFORE_A_KILL:
                    enough.set()


async def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path, variables: dict[str, str]) -> None:
    """Nor does it leave anything half done: rows, numbers and events belong together, and work goes on."""
    clients = [Client(f"client {number}") for number in range(CLIENTS)]
    credentials = {"email": "ada@example.com", "password": PASSWORD}
    with serving(tmp_path, variables) as server:
        headers, workspace, project = await _move_in(server, credentials)
    async with asyncio.timeout(DEADLINE_SECONDS):
        for _ in range(KILLS):
            with serving(tmp_path, variables) as server:
                await _work_until_killed(server, clients, f"{project}/tasks", headers)
    known = {identity: task for client in clients for identity, task in client.acknowledged.items()}
    assert len(known) >= KILLS * TASKS_BEFORE_A_KILL
    with serving(tmp_path, variables) as server:
        async with httpx2.AsyncClient(base_url=server.url, headers=headers) as http:
            rows = await _all_tasks(http, workspace)
            assert {identity: rows.get(identity) for identity in known} == known
            await _repeat_what_was_unanswered(http, f"{project}/tasks", clients, rows)
            rows = await _all_tasks(http, workspace)
            assert sorted(task["number"] for task in rows.values()) == list(range(1, len(rows) + 1))
            titles = [task["title"] for task in rows.values()]
            assert len(set(titles)) == len(titles)
        await _compare_with_events(tmp_path, variables, rows)


async def _move_in(server: ServerProcess, credentials: Json) -> tuple[dict[str, str], str, str]:
    async with httpx2.AsyncClient(base_url=f"{server.url}/api/v1") as http:
        assert (await http.post("/identity/users", json={**credentials, "name": "Ada"})).status_code == 202
        tokens = (await http.post("/identity/sessions", json=credentials)).json()
        http.headers["authorization"] = f"Bearer {tokens['access_token']}"
        workspace = (await http.post("/workspaces", json={"name": "Engines"})).json()
        path = f"/api/v1/workspaces/{workspace['id']}"
        project = (
            await http.post(f"/workspaces/{workspace['id']}/projects", json={"key": "WEB", "name": "Web"})
        ).json()
        return {"authorization": http.headers["authorization"]}, path, f"{path}/projects/{project['id']}"


async def _work_until_killed(server: ServerProcess, clients: list[Client], path: str, headers: dict[str, str]) -> None:
    enough = asyncio.Event()
    working = [asyncio.create_task(client.work(server.url, path, headers, enough)) for client in clients]
    await enough.wait()
    server.kill()
    await asyncio.gather(*working)


async def _all_tasks(http: httpx2.AsyncClient, workspace: str) -> dict[str, Json]:
    rows: dict[str, Json] = {}
    url = f"{workspace}/tasks?limit=200&sort=created"
    while url:
        page = await http.get(url)
        rows |= {task["id"]: task for task in page.json()["items"]}
        url = page.links["next"]["url"] if "next" in page.links else ""
    return rows


async def _repeat_what_was_unanswered(
    http: httpx2.AsyncClient, path: str, clients: list[Client], rows: dict[str, Json]
) -> None:
    """Whoever heard nothing asks again under the same key: what was done is not done twice."""
    by_title = {task["title"]: task for task in rows.values()}
    for title in (title for client in clients for title in client.unanswered):
        answer = await http.post(path, json={"title": title}, headers={"idempotency-key": title})
        if title in by_title:
            assert (answer.status_code, answer.json()) == (201, by_title[title])
        else:
            assert answer.status_code in {201, 409}, answer.text


async def _compare_with_events(folder: Path, variables: dict[str, str], rows: dict[str, Json]) -> None:
    url = variables.get("COLONNADE_DATABASE__URL", f"sqlite:///{folder / 'data' / 'colonnade.db'}")
    database = Database(DatabaseSettings(url))
    try:
        found = await database.fetch(
            text("SELECT stream, stream_version, type FROM event_log WHERE stream LIKE 'task-%'")
        )
        log = [(str(row.stream), int(row.stream_version), str(row.type)) for row in found]
        left = await database.fetch(text("SELECT count(*) FROM tasks"))
    finally:
        await database.dispose()
    assert sorted(log) == sorted((f"task-{identity}", 1, "tasks.task_created") for identity in rows)
    assert left[0][0] == len(rows)
