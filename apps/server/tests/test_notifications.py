"""Notifications over HTTP: what I was told, what I want to hear of, and where I can be reached."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from .going_on import caught_up, told
from .house import House, Json, Person, problem


@dataclass
class Desk:
    """Ada gives Ben work."""

    house: House
    ada: Person
    ben: Person
    workspace: str
    project: str

    async def assign(self, times: int = 1) -> None:
        """Give Ben tasks, and wait for what follows."""
        for n in range(times):
            await self.ada.post(f"{self.project}/tasks", {"title": f"Task {n}", "assignee_id": self.ben.id})
        await caught_up(self.house)

    async def news(self, query: str = "") -> list[Json]:
        """Return what Ben was told."""
        items: list[Json] = (await self.ben.get(f"/notifications{query}"))["items"]
        return items

    async def unread(self) -> int:
        """Return how much of it he has not read."""
        return int((await self.ben.get("/notifications/unread"))["count"])


@pytest.fixture
async def desk(working_house: House) -> Desk:
    """A desk where Ben was told that he is in the workspace."""
    ada, ben = await working_house.person("Ada"), await working_house.person("Ben")
    await caught_up(working_house)
    workspace = await working_house.workspace(ada, member=ben)
    await told(ben, "added_to_workspace")
    return Desk(working_house, ada, ben, workspace, await working_house.project(ada, workspace))


async def test_everybody_is_told_what_is_theirs(desk: Desk) -> None:
    """Not what they did themselves, and not what others are told."""
    await desk.assign()
    await desk.ben.post(f"{desk.project}/tasks", {"title": "Mine", "assignee_id": desk.ben.id})
    await caught_up(desk.house)
    assert [item["kind"] for item in await desk.news()] == ["assigned", "added_to_workspace"]
    assert (await desk.ada.get("/notifications"))["items"] == []


async def test_whoever_opened_a_task_hears_of_its_way(desk: Desk) -> None:
    """In the words of the workflow."""
    await desk.assign()
    task = (await desk.news())[0]["facts"]["task_id"]
    await desk.ben.post(f"{desk.workspace}/tasks/{task}/move", {"status": "in_progress"})
    facts = (await told(desk.ada, "status_changed"))["facts"]
    assert (facts["old"], facts["new"], facts["by"]) == ("To do", "In progress", "Ben")


async def test_what_was_read_is_behind_one(desk: Desk) -> None:
    """One by one or all at once; somebody else's are not touched, and the second time changes nothing."""
    await desk.assign(2)
    first, second, _ = await desk.news()
    assert await desk.unread() == 3
    for _ in range(2):
        assert (await desk.ada.send("POST", "/notifications/read", {"ids": [first["id"]]})).status_code == 204
    assert await desk.unread() == 3
    for _ in range(2):
        assert (await desk.ben.send("POST", "/notifications/read", {"ids": [first["id"]]})).status_code == 204
    assert await desk.unread() == 2
    assert first["id"] not in [item["id"] for item in await desk.news("?unread=true")]
    assert (await desk.ben.send("POST", "/notifications/archive", {"ids": [second["id"]]})).status_code == 204
    assert next(item["id"] for item in await desk.news()) == first["id"]
    assert await desk.unread() == 1
    assert (await desk.ben.send("POST", "/notifications/read", {"everything": True})).status_code == 204
    assert await desk.unread() == 0
    for body in ({}, {"ids": [first["id"]], "everything": True}):
        problem(await desk.ben.send("POST", "/notifications/read", body), 422)


async def test_a_list_is_read_to_its_end_by_cursors(desk: Desk) -> None:
    """Everything once, the newest first; a cursor is its owner's alone."""
    await desk.assign(4)
    seen, query = list[str](), "?limit=2"
    while query:
        page = await desk.ben.get(f"/notifications{query}")
        seen += [item["id"] for item in page["items"]]
        if page["next"]:
            problem(await desk.ada.send("GET", f"/notifications?limit=2&cursor={page['next']}"), 422)
        query = f"?limit=2&cursor={page['next']}" if page["next"] else ""
    assert seen == [item["id"] for item in await desk.news("?limit=200")]
    assert len(seen) == len(set(seen)) == 5


async def test_the_way_of_a_notification_is_its_owners_to_see(desk: Desk) -> None:
    """To others it is not there."""
    await desk.assign()
    mine = (await desk.news())[0]["id"]
    ways = (await desk.ben.get(f"/notifications/{mine}/deliveries"))["items"]
    assert [(way["channel"], way["state"]) for way in ways] == [("mail", "sent")]
    theirs = problem(await desk.ada.send("GET", f"/notifications/{mine}/deliveries"), 404)
    never = problem(await desk.ada.send("GET", f"/notifications/{uuid4()}/deliveries"), 404)
    assert theirs["detail"] == never["detail"]


async def test_preferences_hold_where_they_are_chosen(desk: Desk) -> None:
    """In one workspace, or in all where nothing else was chosen; null takes a choice back."""
    here = f"/notifications/preferences?workspace_id={desk.workspace.rsplit('/', 1)[1]}"
    workspace_id = desk.workspace.rsplit("/", 1)[1]
    usual = await desk.ben.send("GET", "/notifications/preferences")
    assert usual.json()["timings"]["assigned"] == {"in_app": "at_once", "mail": "at_once", "sms": "off", "chat": "off"}
    await desk.ben.patch("/notifications/preferences", {"choices": {"assigned": {"mail": "off"}}})
    assert (await desk.ben.get(here))["timings"]["assigned"]["mail"] == "off"
    body = {"workspace_id": workspace_id, "choices": {"assigned": {"mail": "at_once", "in_app": "off"}}}
    chosen = await desk.ben.patch("/notifications/preferences", body)
    assert chosen["chosen"]["assigned"] == {"mail": "at_once", "in_app": "off"}
    await desk.assign()
    assert [item["kind"] for item in await desk.news()] == ["added_to_workspace"]
    assert len([mail for mail in desk.house.mails() if "WEB-1" in mail["subject"]]) == 1
    body["choices"] = {"assigned": {"mail": None, "in_app": None}}
    await desk.ben.patch("/notifications/preferences", body)
    assert (await desk.ben.get(here))["timings"]["assigned"]["mail"] == "off"
    seen = usual.headers["etag"]
    stale = await desk.ben.send("PATCH", "/notifications/preferences", {"choices": {}}, if_match=seen)
    assert problem(stale, 412)["code"] == "stale_version"


async def test_preferences_are_chosen_where_one_belongs(desk: Desk) -> None:
    """To others there is no such workspace, and unknown kinds and channels are named."""
    elsewhere = (await desk.house.workspace(desk.ada)).rsplit("/", 1)[1]
    answers = [
        await desk.ben.send("GET", f"/notifications/preferences?workspace_id={elsewhere}"),
        await desk.ben.send("PATCH", "/notifications/preferences", {"workspace_id": elsewhere, "choices": {}}),
    ]
    assert {problem(answer, 404)["field"] for answer in answers} == {"workspace_id"}
    for choices in ({"unheard_of": {"mail": "off"}}, {"assigned": {"pigeon": "off"}}, {"assigned": {"mail": "soon"}}):
        problem(await desk.ben.send("PATCH", "/notifications/preferences", {"choices": choices}), 422)


async def test_settings_say_where_and_when(desk: Desk) -> None:
    """What is left out stays, null clears, and what is wrong is named."""
    settings = await desk.ben.send("GET", "/notifications/settings")
    assert settings.json() == {
        "timezone": "UTC", "quiet_hours": None, "digest_hours": [8], "phone": None, "chat_url": None, "version": 0,
    }  # fmt: skip
    quiet = {"start": "22:00:00", "end": "07:00:00"}
    await desk.ben.patch("/notifications/settings", {"timezone": "Europe/Berlin", "quiet_hours": quiet})
    changed = await desk.ben.patch("/notifications/settings", {"phone": "+4915112345678"})
    assert (changed["timezone"], changed["quiet_hours"], changed["phone"]) == (
        "Europe/Berlin",
        quiet,
        "+4915112345678",
    )
    assert (await desk.ben.patch("/notifications/settings", {"quiet_hours": None}))["quiet_hours"] is None
    stale = await desk.ben.send("PATCH", "/notifications/settings", {"phone": None}, if_match=settings.headers["etag"])
    assert problem(stale, 412)["code"] == "stale_version"
    for body, field in (
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"phone": "110"}, "phone"),
        ({"digest_hours": [8, 24]}, "digest_hours.1"),
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}}, "quiet_hours"),
        ({"chat_url": "gopher://x"}, "chat_url"),
    ):
        refused = problem(await desk.ben.send("PATCH", "/notifications/settings", body), 422)["errors"]
        assert {fault["field"] for fault in refused} == {field}
    assert (await desk.ada.get("/notifications/settings"))["timezone"] == "UTC"
