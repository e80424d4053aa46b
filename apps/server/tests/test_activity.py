"""The activity of tasks: what was done, by whom; and that it can be made anew while the work goes on."""

import asyncio
from pathlib import Path

from .going_on import caught_up
from .house import House, Json, Person, open_house, settings_for
from .waiting import eventually

ACTIVITY = "collaboration.activity"


async def activity_of(person: Person, where: str) -> list[Json]:
    """Return the whole activity of a task, read in small pages."""
    found, query = list[Json](), "?limit=3"
    while query:
        page = await person.get(f"{where}/activity{query}")
        found += page["items"]
        query = f"?limit=3&cursor={page['next']}" if page["next"] else ""
    return found


async def test_what_was_done_is_listed_newest_first(each_working_house: House) -> None:
    """With who did it, when, and what is different; ranking is nobody's news."""
    house = each_working_house
    ada, ben = await house.person(), await house.person()
    workspace = await house.workspace(ada, member=ben)
    project = await house.project(ada, workspace)
    task = await ada.post(f"{project}/tasks", {"title": "Ship it"})
    other = await ada.post(f"{project}/tasks", {"title": "Other"})
    where = f"{workspace}/tasks/{task['id']}"
    await ben.patch(where, {"title": "Ship it well"})
    await ben.post(f"{where}/assign", {"assignee_id": ada.id})
    await ben.post(f"{where}/rank", {"after": other["id"]})
    await ada.send("DELETE", where)
    await caught_up(house)
    entries = await activity_of(ben, where)
    assert [(entry["type"], entry["actor_id"]) for entry in entries] == [
        ("tasks.task_deleted", ada.id),
        ("tasks.task_assigned", ben.id),
        ("tasks.task_retitled", ben.id),
        ("tasks.task_created", ada.id),
    ]
    assert entries[2]["facts"] == {"title": "Ship it well"}
    assert [entry["at"] for entry in entries] == sorted((entry["at"] for entry in entries), reverse=True)


async def test_the_projection_is_rebuilt_while_tasks_are_edited(database_url: str, tmp_path: Path) -> None:
    """Readers see the whole of the present edition all the time, and then the new one takes its place."""
    async with open_house(settings_for(tmp_path, database_url), works=True) as house:
        operator, ada = await house.operator(), await house.person()
        workspace = await house.workspace(ada)
        task = await ada.post(f"{await house.project(ada, workspace)}/tasks", {"title": "Edit 0"})
        where = f"{workspace}/tasks/{task['id']}"
        edits, over, seen = 0, asyncio.Event(), list[int]()

        async def edit() -> None:
            nonlocal edits
            while not over.is_set():
                await ada.patch(where, {"title": f"Edit {edits + 1}"})
                edits += 1
                seen.append(len(await activity_of(ada, where)))

        async def editions() -> dict[int, str]:
            listed = (await operator.get("/operations/subscriptions"))["items"]
            return {item["generation"]: item["state"] for item in listed if item["name"] == ACTIVITY}

        async def second_is_read() -> bool:
            return await editions() == {2: "active"}

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(edit())
            await eventually(lambda: _reached(seen, 3), "a few edits are made")
            begun = await operator.post(f"/operations/subscriptions/{ACTIVITY}/rebuild", {})
            assert begun == 2
            await eventually(second_is_read, "the second edition is the only one")
            over.set()
        await caught_up(house)
        assert seen == sorted(seen)
        titles = [entry["facts"]["title"] for entry in await activity_of(ada, where)]
        assert titles == [f"Edit {number}" for number in range(edits, -1, -1)]
        acts = (await operator.get("/operations/acts"))["items"]
        assert (acts[0]["act"], acts[0]["subject"], acts[0]["by"]) == (
            "operations.rebuild_projection",
            ACTIVITY,
            operator.id,
        )


async def _reached(seen: list[int], number: int) -> bool:
    return len(seen) >= number
