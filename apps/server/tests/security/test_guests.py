"""A guest reads what is shared with them, and learns nothing of the rest by any other way."""

from typing import NamedTuple
from uuid import uuid4

import pytest

from ..house import House, Json, Person, problem
from ..waiting import found
from .people import enrolled, told

SECRET = "Merger with Babbage"


class Office(NamedTuple):
    """A workspace with one project that is shared with the guest, and one that is not."""

    house: House
    owner: Person
    guest: Person
    path: str
    shared: str
    hidden: str
    seen_task: Json
    hidden_task: Json


async def office_of(house: House) -> Office:
    """Furnish it; the task in the shared project is the guest's."""
    owner, guest = await enrolled(house, "Owner"), await enrolled(house, "Guest")
    path = await house.workspace(owner, guest=guest)
    shared, hidden = await house.project(owner, path, "OPEN"), await house.project(owner, path, "SHUT")
    assert (await owner.send("PUT", f"{shared}/members/{guest.id}", {})).is_success
    seen_task = await owner.post(f"{shared}/tasks", {"title": "Tea", "assignee_id": guest.id})
    hidden_task = await owner.post(f"{hidden}/tasks", {"title": SECRET})
    return Office(house, owner, guest, path, shared, hidden, seen_task, hidden_task)


@pytest.fixture
async def office(each_house: House) -> Office:
    """An office, on each engine in turn."""
    return await office_of(each_house)


async def test_search_and_counts_show_what_is_shared(office: Office) -> None:
    """Whatever the filter looks for, even what is deleted, or whatever the order is."""
    await office.owner.send("DELETE", f"{office.path}/tasks/{office.hidden_task['id']}")
    another = await office.owner.post(f"{office.hidden}/tasks", {"title": SECRET})
    hidden_id = office.hidden.rsplit("/", 1)[1]
    for wanted in (
        *("", "filter=Merger", f'filter="{SECRET}"', "filter=-Tea", "filter=priority:none", f"project_id={hidden_id}"),
        *("filter=is:deleted", "sort=-updated", "sort=rank", "sort=due", "sort=priority"),
    ):
        answer = await office.guest.send("GET", f"{office.path}/tasks?{wanted}")
        shown = answer.json().get("items", [])
        assert SECRET not in answer.text
        assert {task["id"] for task in shown} <= {office.seen_task["id"]}
        if not wanted.startswith("sort"):
            count = (await office.guest.send("GET", f"{office.path}/tasks/count?{wanted}")).json()
            assert count.get("count", 0) == len(shown), wanted
    assert (await office.owner.get(f"{office.path}/tasks/count?filter=Merger"))["count"] == 1
    assert another["title"] == SECRET


async def test_what_is_hidden_is_like_what_never_was(office: Office) -> None:
    """By id and by key, with and without the version that it has: no 304, and no other word."""
    nothing = str(uuid4())
    hidden = {"task_id": office.hidden_task["id"], "key": "SHUT-1", "project_id": office.hidden.rsplit("/", 1)[1]}
    never = {"task_id": nothing, "key": "SHUT-9", "project_id": nothing}
    for template in ("tasks/{task_id}", "tasks/by-key/{key}", "tasks/{task_id}/activity", "projects/{project_id}"):
        for version in (None, '"1"', "*"):
            headers = {} if version is None else {"if_none_match": version}
            answers = [
                await office.guest.send("GET", f"{office.path}/{template.format(**things)}", **headers)
                for things in (hidden, never)
            ]
            assert problem(answers[0], 404)
            assert told(answers[0], *hidden.values()) == told(answers[1], *never.values())


async def test_an_import_tells_no_key_of_what_is_hidden(office: Office) -> None:
    """A source is known in the whole workspace; where it went is for those who see the project."""
    member = await enrolled(office.house, "Member")
    await office.owner.post(f"{office.path}/members", {"email": member.email})
    await office.owner.post(f"{office.hidden}/visibility", {"private": True})
    record = {"origin": {"source": "jira:1"}, "title": SECRET, "created_at": "2020-01-01T00:00:00Z"}
    await office.owner.post(f"{office.hidden}/tasks/import", {"tasks": [record]})
    for dry_run in (True, False):
        body = {"tasks": [record], "dry_run": dry_run}
        (told_member,) = (await member.post(f"{office.shared}/tasks/import", body))["records"]
        assert told_member == {"source": "jira:1", "outcome": "known", "key": None}
        (told_owner,) = (await office.owner.post(f"{office.shared}/tasks/import", body))["records"]
        assert told_owner["key"] == "SHUT-2"


async def test_what_is_hidden_is_changed_like_what_never_was(office: Office) -> None:
    """The refusal of a command has no other word either."""
    hidden, never = office.hidden_task["id"], str(uuid4())
    for method, what, body in (
        ("PATCH", "", {"title": "Mine"}),
        ("POST", "/complete", {}),
        ("POST", "/move", {"status": "done"}),
        ("POST", "/assign", {"assignee_id": None}),
    ):
        answers = [
            await office.guest.send(method, f"{office.path}/tasks/{task}{what}", body) for task in (hidden, never)
        ]
        assert problem(answers[0], 404)
        assert told(answers[0], hidden) == told(answers[1], never)


async def test_a_version_that_somebody_guesses_tells_nothing(office: Office) -> None:
    """A right and a wrong `If-Match` are refused alike."""
    path = f"{office.path}/tasks/{office.hidden_task['id']}"
    answers = [
        await office.guest.send("PATCH", path, {"title": "Mine"}, if_match=version) for version in ('"1"', '"9"')
    ]
    assert problem(answers[0], 404)
    assert told(answers[0]) == told(answers[1])


async def test_a_cursor_of_somebody_else_shows_no_more(office: Office) -> None:
    """It is a place in a list, and the list is the guest's own."""
    for _ in range(3):
        await office.owner.post(f"{office.hidden}/tasks", {"title": SECRET})
        await office.owner.post(f"{office.shared}/tasks", {"title": "Tea"})
    cursor = (await office.owner.get(f"{office.path}/tasks?limit=2"))["next"]
    shown = await office.guest.get(f"{office.path}/tasks?limit=200&cursor={cursor}")
    assert shown["items"]
    assert {task["title"] for task in shown["items"]} == {"Tea"}


async def test_an_answer_is_not_repeated_for_somebody_who_lost_sight_of_it(office: Office) -> None:
    """The idempotency key of a command that was answered before gives nothing away afterwards."""
    path = f"{office.path}/tasks/{office.seen_task['id']}/complete"
    first = await office.guest.send("POST", path, {}, idempotency_key="mine")
    assert first.is_success
    assert (await office.guest.send("POST", path, {}, idempotency_key="mine")).text == first.text
    await office.owner.send("DELETE", f"{office.shared}/members/{office.guest.id}")
    problem(await office.guest.send("POST", path, {}, idempotency_key="mine"), 404)
    await office.owner.send("PUT", f"{office.shared}/members/{office.guest.id}", {})
    await office.owner.send("DELETE", f"{office.path}/members/{office.guest.id}")
    assert problem(await office.guest.send("POST", path, {}, idempotency_key="mine"), 404)["field"] == "workspace_id"


async def test_the_key_of_somebody_else_gives_nothing(office: Office) -> None:
    """Each person has keys of their own."""
    body = {"title": SECRET}
    assert (await office.owner.send("POST", f"{office.hidden}/tasks", body, idempotency_key="k")).is_success
    problem(await office.guest.send("POST", f"{office.hidden}/tasks", body, idempotency_key="k"), 403)
    mallory = await enrolled(office.house, "Mallory")
    problem(await mallory.send("POST", f"{office.hidden}/tasks", body, idempotency_key="k"), 404)


async def test_a_filter_does_not_tell_who_is_a_member(office: Office) -> None:
    """Who may not list the members gets one answer for every address, member or not."""
    answers = [
        await office.guest.send("GET", f"{office.path}/tasks?filter=assignee:{address}")
        for address in (office.owner.email, "nobody@example.com")
    ]
    assert told(answers[0], office.owner.email) == told(answers[1], "nobody@example.com")


async def test_lists_of_projects_and_people_show_what_is_shared(office: Office) -> None:
    """No name of another project, and no member's address."""
    projects = await office.guest.get(f"{office.path}/projects")
    assert [project["key"] for project in projects["items"]] == ["OPEN"]
    for path in ("members", "webhooks", "webhooks/deliveries", "processes", "audit"):
        problem(await office.guest.send("GET", f"{office.path}/{path}"), 403)
    problem(await office.guest.send("GET", f"{office.hidden}/members"), 403)


async def test_nobody_is_told_of_a_task_that_they_do_not_see_any_more(working_house: House) -> None:
    """Notifications follow what is shared when they are made; a member who still sees it hears of it."""
    office = await office_of(working_house)
    author = await enrolled(working_house, "Author")
    await office.owner.post(f"{office.path}/members", {"email": author.email})
    task = await author.post(f"{office.shared}/tasks", {"title": "Plain", "assignee_id": office.guest.id})

    async def hears(person: Person, kind: str) -> list[Json]:
        items = (await person.get("/notifications"))["items"]
        return [item for item in items if item["kind"] == kind and item["facts"].get("task_id") == task["id"]]

    await found(lambda: hears(office.guest, "assigned"), "the guest is told")
    await office.owner.send("DELETE", f"{office.shared}/members/{office.guest.id}")
    await office.owner.patch(f"{office.path}/tasks/{task['id']}", {"title": SECRET})
    await office.owner.post(f"{office.path}/tasks/{task['id']}/complete", {})
    await found(lambda: hears(author, "status_changed"), "the author is told")
    assert await hears(office.guest, "status_changed") == []
    assert SECRET not in (await office.guest.send("GET", "/notifications")).text


async def test_who_does_not_see_every_project_cannot_have_everything_sent(office: Office) -> None:
    """A webhook hears of every project: a role, or a token, that sees some of them only has none."""
    clerk = await enrolled(office.house, "Clerk")
    role = {"base": "member", "grants": ["webhook.manage", "project.read", "task.read"]}
    made = await office.owner.send("PUT", f"{office.path}/roles/clerk", role)
    if made.is_success:
        await office.owner.post(f"{office.path}/members", {"email": clerk.email, "role": "member", "own_role": "clerk"})
        await office.owner.post(f"{office.hidden}/visibility", {"private": True})
        hook = {"url": "https://hooks.example.com/clerk", "event_types": ["*"]}
        problem(await clerk.send("POST", f"{office.path}/webhooks", hook), 403)
        problem(await clerk.send("GET", f"{office.path}/webhooks/deliveries"), 403)
    else:
        problem(made, 422)
