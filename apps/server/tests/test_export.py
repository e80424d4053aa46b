"""Workspace export: everything of a workspace in one archive, behind a link that is good for a while."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from colonnade.application.workspaces.export import LINK_DAYS, ExportPage, ExportSource
from colonnade.core import Clock, SystemClock
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.identity.people import UserTexts
from colonnade.infrastructure.storage import ObjectStorage
from colonnade.infrastructure.workspaces.export_source import SqlExportSource
from colonnade.server.settings import WorkerSection
from colonnade.testing import FrozenClock

from .going_on import process_at, steps_of, told
from .house import House, Json, Person, open_house, problem, settings_for

PAGE = 2
"""So small that every section takes several."""


@dataclass
class Pages:
    """Reads a workspace in small pages, notes which, and can be held up before one."""

    source: SqlExportSource | None = None
    asked: list[str | None] = field(default_factory=list)
    held_at: int | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def page(self, workspace_id: WorkspaceId, after: str | None) -> ExportPage:
        """Return the next piece."""
        self.asked.append(after)
        if len(self.asked) == self.held_at:
            self.reached.set()
            await asyncio.Event().wait()
        assert self.source is not None
        return await self.source.page(workspace_id, after)


@dataclass
class Office:
    """A workspace with some of everything, and what exports it."""

    house: House
    pages: Pages
    clock: FrozenClock
    ada: Person
    workspace: str
    tasks: list[Json]

    async def export(self) -> str:
        """Begin to export it, and return the process's id."""
        return str((await self.ada.post(f"{self.workspace}/export"))["process_id"])

    async def exported(self) -> str:
        """Export it, and return the link as Ada is told it."""
        process_id = await self.export()
        await process_at(self.ada, self.workspace, process_id, "running", step="keep")
        return str((await told(self.ada, "process_finished"))["facts"]["url"])

    async def fetch(self, link: str) -> dict[str, list[Json]]:
        """Return the sections of an archive."""
        answer = await self.house.http.get(urlsplit(link).path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["cache-control"] == "private, no-store"
        assert int(answer.headers["content-length"]) == len(answer.content)
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            lines = {name: archive.read(name).decode().splitlines() for name in archive.namelist()}
        return {name: [json.loads(line) for line in each] for name, each in lines.items()}

    async def kept(self) -> list[str]:
        """Return what is in storage."""
        storage = await self.house.server.container.get(ObjectStorage)
        return [info.key async for info in storage.list("exports")]


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An office on each engine in turn, where nobody works yet."""
    pages, clock = Pages(), FrozenClock(SystemClock().now())
    settings = settings_for(tmp_path, database_url, worker=WorkerSection(poll_seconds=0.05, grace_seconds=0))
    async with open_house(settings, {ExportSource: pages, Clock: clock}) as house:
        get = house.server.container.get
        pages.source = SqlExportSource(await get(Database), await get(UserTexts), page=PAGE)
        ada = await house.person("Ada Lovelace")
        others = {role: await house.person(role.title()) for role in ("admin", "member", "guest")}
        workspace = await house.workspace(ada, **others)
        projects = [await house.project(ada, workspace, key) for key in ("WEB", "OPS", "LAB")]
        tasks = [
            await ada.post(f"{project}/tasks", {"title": f"Ünïcode {n}", "labels": ["bug"], "due_on": "2026-12-24"})
            for project in projects
            for n in range(3)
        ]
        assert (await ada.send("DELETE", f"{workspace}/tasks/{tasks[0]['id']}")).status_code == 204
        stranger = await house.person()
        await stranger.post(f"{await house.project(stranger, await house.workspace(stranger))}/tasks", {"title": "No"})
        yield Office(house, pages, clock, ada, workspace, tasks)


def is_whole(office: Office, archive: dict[str, list[Json]]) -> None:
    """Check that an archive holds everything of the workspace once, and nothing else."""
    assert sorted(archive) == ["members.jsonl", "projects.jsonl", "tasks.jsonl", "workspace.jsonl"]
    assert [each["id"] for each in archive["workspace.jsonl"]] == [office.workspace.rsplit("/", 1)[1]]
    assert sorted(each["role"] for each in archive["members.jsonl"]) == ["admin", "guest", "member", "owner"]
    assert sorted(each["key"] for each in archive["projects.jsonl"]) == ["LAB", "OPS", "WEB"]
    assert sorted(each["id"] for each in archive["tasks.jsonl"]) == sorted(task["id"] for task in office.tasks)
    found = {each["id"]: each for each in archive["tasks.jsonl"]}
    for task in office.tasks[1:]:
        assert {name: found[task["id"]][name] for name in ("key", "title", "labels", "due_on")} == {
            name: task[name] for name in ("key", "title", "labels", "due_on")
        }
    assert found[office.tasks[0]["id"]]["deleted_at"]
    assert "password" not in str(archive)


async def test_an_archive_of_several_pages_holds_everything(office: Office) -> None:
    """Whoever wanted it is told the link, which needs no signing in."""
    async with office.house.at_work():
        is_whole(office, await office.fetch(await office.exported()))
    assert len(office.pages.asked) == len(set(office.pages.asked)) > 2 + 2 + 5


async def test_a_worker_that_ends_between_pages_is_taken_over_from(office: Office) -> None:
    """What was collected stays collected; the page that was under way is read again, by another server."""
    office.pages.held_at = 5
    process_id = await office.export()
    async with office.house.at_work():
        await asyncio.wait_for(office.pages.reached.wait(), 20)
    assert (await office.ada.get(f"{office.workspace}/processes/{process_id}"))["step"] == "collect"
    collected = list(office.pages.asked)
    overrides: dict[Any, object] = {ExportSource: office.pages, Clock: office.clock}
    async with open_house(office.house.settings, overrides, works=True):
        await process_at(office.ada, office.workspace, process_id, "running", step="keep")
    assert office.pages.asked[: len(collected)] == collected
    assert office.pages.asked[len(collected)] == collected[-1]
    assert len(set(office.pages.asked)) == len(office.pages.asked) - 1
    is_whole(office, await office.fetch((await told(office.ada, "process_finished"))["facts"]["url"]))


async def test_the_link_ends_and_the_archive_goes(office: Office) -> None:
    """After a week nothing of it is left, and the process is at its end."""
    async with office.house.at_work():
        link = await office.exported()
        assert await office.kept()
        office.clock.advance(days=LINK_DAYS)
        answer = await office.house.http.get(urlsplit(link).path)
        assert problem(answer, 404)["code"] == "links.refused"
        office.ada.tokens = await office.ada.sign_in()
        listed = (await office.ada.get(f"{office.workspace}/processes"))["items"]
        process = await process_at(office.ada, office.workspace, listed[0]["id"])
    assert process["status"] == "completed"
    assert steps_of(process)[-2:] == ["delete: done", "completed"]
    assert await office.kept() == []


FORGERIES: tuple[Callable[[str], str], ...] = (
    lambda token: token[:-2],
    lambda token: f"A{token[1:]}",
    lambda token: token[::-1],
    lambda token: "x",
    lambda token: "%00é",
)


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_forged_link_leads_nowhere(office: Office, forge: Callable[[str], str]) -> None:
    """Whatever is wrong with it, the answer is the same, and it says nothing."""
    async with office.house.at_work():
        path = urlsplit(await office.exported()).path
    head, token = path.rsplit("/", 1)
    answer = await office.house.http.get(f"{head}/{forge(token)}")
    assert problem(answer, 404)["detail"] == "this link is not good, or not any more"


async def test_an_export_that_is_cancelled_leaves_nothing(office: Office) -> None:
    """What was collected until then is deleted."""
    operator = await office.house.operator()
    async with office.house.at_work():
        link = await office.exported()
        process_id = (await office.ada.get(f"{office.workspace}/processes"))["items"][0]["id"]
        cancelled = await operator.send("POST", f"/operations/processes/{process_id}/cancel")
        assert cancelled.status_code == 204
        process = await process_at(office.ada, office.workspace, process_id)
    assert process["status"] == "undone"
    assert await office.kept() == []
    problem(await office.house.http.get(urlsplit(link).path), 404)


async def test_only_owners_learn_the_link(office: Office) -> None:
    """It is the key to everything: neither admins, who may see processes, nor operators, nor a token get it."""
    operator = await office.house.operator()
    admin = await office.house.person()
    await office.ada.post(f"{office.workspace}/members", {"email": admin.email, "role": "admin"})
    async with office.house.at_work():
        token = (await office.exported()).rsplit("/", 1)[1]
    listed = (await office.ada.get(f"{office.workspace}/processes"))["items"]
    where = f"{office.workspace}/processes/{listed[0]['id']}"
    assert (await office.ada.get(where))["facts"]["link"].endswith(token)
    assert token not in str(await admin.get(where))
    made = await office.ada.post("/identity/tokens", {"name": "script", "permissions": ["member.manage"]})
    script = Person(office.house.http, office.ada.email, tokens={"access_token": made["token"]})
    assert token not in str(await script.get(where))
    seen = [await operator.get(f"/operations/processes/{listed[0]['id']}")]
    jobs = (await operator.get("/operations/jobs?limit=200"))["items"]
    seen += [await operator.get(f"/operations/jobs/{job['id']}") for job in jobs]
    assert len(seen) > len(office.pages.asked)
    assert token not in str(seen)
