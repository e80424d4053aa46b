"""Many at once: no number twice, none left out, no change lost."""

import asyncio

from .house import House, problem


async def test_numbers_have_no_gaps_and_no_doubles(each_house: House) -> None:
    """Thirty tasks at once, and as many events."""
    ada = await each_house.person()
    workspace = await each_house.workspace(ada)
    project = await each_house.project(ada, workspace)
    made = await asyncio.gather(*(ada.post(f"{project}/tasks", {"title": f"Task {n}"}) for n in range(30)))
    assert sorted(task["number"] for task in made) == list(range(1, 31))
    listed = await ada.get(f"{workspace}/tasks?limit=200")
    assert {task["key"] for task in listed["items"]} == {f"WEB-{number}" for number in range(1, 31)}
    assert [event.event.event_type for event in await each_house.events()].count("tasks.task_created") == 30


async def test_refused_tasks_take_no_number(each_house: House) -> None:
    """Though they come between others."""
    ada = await each_house.person()
    project = await each_house.project(ada, await each_house.workspace(ada))
    nobody = "01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89"
    bodies = [{"title": "Good"} if n % 2 else {"title": "Bad", "assignee_id": nobody} for n in range(20)]
    answers = await asyncio.gather(*(ada.send("POST", f"{project}/tasks", body) for body in bodies))
    numbers = [answer.json()["number"] for answer in answers if answer.status_code == 201]
    assert sorted(numbers) == list(range(1, 11))


async def test_edits_of_different_fields_at_once_all_stay(each_house: House) -> None:
    """Nobody named a version, so each is repeated on what the others left."""
    ada = await each_house.person()
    workspace = await each_house.workspace(ada)
    task = await ada.post(f"{await each_house.project(ada, workspace)}/tasks", {"title": "Ship it"})
    where = f"{workspace}/tasks/{task['id']}"
    changes = [{"title": "Ship it well"}, {"priority": "high"}, {"description": "Really"}, {"due_on": "2026-12-24"}]
    await asyncio.gather(*(ada.patch(where, change) for change in changes))
    present = await ada.get(where)
    for change in changes:
        assert change.items() <= present.items()


async def test_of_two_who_saw_the_same_version_one_is_refused(each_house: House) -> None:
    """However close together they are."""
    ada = await each_house.person()
    workspace = await each_house.workspace(ada)
    task = await ada.post(f"{await each_house.project(ada, workspace)}/tasks", {"title": "Ship it"})
    where = f"{workspace}/tasks/{task['id']}"
    edits = (ada.send("PATCH", where, {"title": f"Edit {n}"}, if_match='"1"') for n in range(8))
    answers = await asyncio.gather(*edits)
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]


async def test_a_workspace_is_never_left_without_an_owner(each_house: House) -> None:
    """Two owners who leave at the same moment: one stays."""
    ada, ben = await each_house.person(), await each_house.person()
    workspace = await each_house.workspace(ada, owner=ben)
    answers = await asyncio.gather(*(person.send("POST", f"{workspace}/leave") for person in (ada, ben)))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert problem(refused, 409)["code"] == "workspaces.last_owner"


async def test_of_two_projects_with_one_key_one_is_refused(each_house: House) -> None:
    """And of two workspaces with one slug."""
    ada = await each_house.person()
    workspace = await each_house.workspace(ada)
    projects = (ada.send("POST", f"{workspace}/projects", {"key": "OPS", "name": "O"}) for _ in range(5))
    assert sorted(answer.status_code for answer in await asyncio.gather(*projects)) == [201, 409, 409, 409, 409]
    workspaces = (ada.send("POST", "/workspaces", {"name": "One", "slug": "one"}) for _ in range(5))
    assert sorted(answer.status_code for answer in await asyncio.gather(*workspaces)) == [201, 409, 409, 409, 409]
