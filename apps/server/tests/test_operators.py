"""Operators over HTTP: who they are, and what they can do about jobs, queues and what could not be handled."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.tasks.rows import TaskRow

from .going_on import caught_up, process_at
from .house import House, Json, Person, open_house, problem, settings_for
from .waiting import eventually, found


async def acts(operator: Person) -> list[tuple[str, str, str]]:
    """Return what operators did: the act, its subject and who it was, the newest first."""
    items = (await operator.get("/operations/acts"))["items"]
    return [(item["act"], item["subject"], item["by"]) for item in items]


async def test_an_operator_appoints_another_and_dismisses_them(each_house: House) -> None:
    """Which takes effect at the next request, and is remembered with who did it."""
    grace, ada = await each_house.operator(), await each_house.person("Ada Lovelace")
    problem(await ada.send("GET", "/operations/workers"), 403)
    made = await grace.send("POST", "/identity/operators", {"email": ada.email.upper()})
    assert (made.status_code, made.json()) == (201, {"user_id": ada.id, "name": "Ada Lovelace", "email": ada.email})
    assert (await ada.get("/operations/workers"))["items"] == []
    listed = (await ada.get("/identity/operators"))["items"]
    assert [item["user_id"] for item in listed] == [ada.id, grace.id]
    await ada.post("/identity/operators/dismiss", {"email": grace.email})
    problem(await grace.send("GET", "/operations/workers"), 403)
    assert await acts(ada) == [
        ("identity.dismiss_operator", grace.id, ada.id),
        ("identity.appoint_operator", ada.id, grace.id),
        ("identity.appoint_operator", grace.id, "tests"),
    ]


async def test_an_operator_signs_somebody_out(each_house: House) -> None:
    """On all their devices and nobody else, at the next request; their tokens go on unless that is said."""
    grace, ada, ben = await each_house.operator(), await each_house.person("Ada"), await each_house.person("Ben")
    wanted = {"name": "Report", "permissions": ["task.read"], "days": 1}
    made = await ada.post("/identity/tokens", wanted)
    script, phone = each_house.at(ada), each_house.at(ada)
    script.tokens, phone.tokens = {"access_token": made["token"]}, await ada.sign_in()
    assert await grace.post("/identity/people/sign-out", {"email": ada.email}) == {
        "user_id": ada.id,
        "sessions": 2,
        "programs": 0,
    }
    for device in (ada, phone):
        problem(await device.send("GET", "/identity/me"), 401)
    assert (await script.get("/workspaces"))["items"] == []
    assert (await ben.get("/identity/me"))["name"] == "Ben"
    ended = await grace.post("/identity/people/sign-out", {"email": ada.email, "programs_too": True})
    assert (ended["sessions"], ended["programs"]) == (0, 1)
    problem(await script.send("GET", "/workspaces"), 401)
    problem(await ben.send("POST", "/identity/people/sign-out", {"email": ada.email}), 403)
    assert (await acts(grace))[0] == ("identity.sign_out_person", ada.id, grace.id)


async def test_nobody_is_appointed_who_has_no_account(house: House) -> None:
    """And nothing is remembered of the attempt."""
    grace = await house.operator()
    before = await acts(grace)
    for path in ("/identity/operators", "/identity/operators/dismiss"):
        answer = await grace.send("POST", path, {"email": "nobody@example.com"})
        assert problem(answer, 404)["field"] == "email"
    assert await acts(grace) == before


async def test_an_operator_sees_no_workspace(house: House) -> None:
    """To look after the service is not to look into it."""
    ada, grace = await house.person(), await house.operator()
    workspace = await house.workspace(ada)
    problem(await grace.send("GET", workspace), 404)
    problem(await grace.send("GET", f"{workspace}/processes"), 404)


async def test_a_paused_queue_begins_nothing_until_it_is_resumed(each_house: House) -> None:
    """What waits can be seen, and is done afterwards."""
    house = each_house
    grace, ada = await house.operator(), await house.person()
    workspace = await house.workspace(ada)
    for _ in range(2):
        assert (await grace.send("POST", "/operations/queues/default/pause")).status_code == 204
    process_id = (await ada.post(f"{workspace}/export"))["process_id"]
    async with house.at_work():

        async def reading() -> bool:
            return any(item["read_by"] for item in (await grace.get("/operations/subscriptions"))["items"])

        await eventually(reading, "somebody works")
        (queue,) = (await grace.get("/operations/queues"))["items"]
        assert (queue["name"], queue["paused"], queue["waiting"], queue["running"]) == ("default", True, 1, 0)
        (job,) = (await grace.get("/operations/jobs?state=waiting&queue=default"))["items"]
        assert (job["name"], job["attempts"]) == ("workspaces.collect_export_page", 0)
        assert (await grace.send("POST", "/operations/queues/default/resume")).status_code == 204
        await process_at(ada, workspace, process_id, "running", step="keep")
    done = await grace.get(f"/operations/jobs/{job['id']}")
    assert (done["state"], done["attempts"], done["error"]) == ("done", 1, None)
    assert done["message"]["workspace_id"] == workspace.rsplit("/", 1)[1]
    assert [act for act, *_ in await acts(grace)][:2] == ["operations.resume_queue", "operations.pause_queue"]


async def test_a_queue_is_limited_and_the_limit_lifted(house: House) -> None:
    """Both can be seen."""
    grace = await house.operator()

    async def limit() -> object:
        (queue,) = (await grace.get("/operations/queues"))["items"]
        return queue["running_limit"]

    for wanted in (3, None):
        answer = await grace.send("PUT", "/operations/queues/default/limit", {"running_limit": wanted})
        assert answer.status_code in {200, 204}
        assert await limit() == wanted
    problem(await grace.send("PUT", "/operations/queues/default/limit", {"running_limit": 0}), 422)


async def test_a_job_is_cancelled_and_run_again(house: House) -> None:
    """As long as it is in a state in which that makes sense; what is not there is not found."""
    grace, ada = await house.operator(), await house.person()
    workspace = await house.workspace(ada)
    hook = {"url": "https://hooks.example.com/x", "event_types": ["*"]}
    webhook = await ada.post(f"{workspace}/webhooks", hook)
    await ada.post(f"{workspace}/webhooks/{webhook['id']}/ping")
    (job,) = (await grace.get("/operations/jobs?name=webhooks.attempt_delivery"))["items"]
    where = f"/operations/jobs/{job['id']}"
    assert problem(await grace.send("POST", f"{where}/retry"), 409)["code"] == "operations.wrong_job_state"
    assert (await grace.send("POST", f"{where}/cancel")).status_code == 204
    assert (await grace.get(where))["state"] == "cancelled"
    assert problem(await grace.send("POST", f"{where}/cancel"), 409)["code"] == "operations.wrong_job_state"
    for verb in ("retry", "cancel"):
        never = await grace.send("POST", f"/operations/jobs/{uuid4()}/{verb}")
        assert problem(never, 404)["field"] == "job_id"
    assert (await acts(grace))[0] == ("operations.cancel_job", job["id"], grace.id)


async def hide(house: House, task_id: str, other_id: str) -> None:
    """Give a task another id, behind the server's back."""
    database = await house.server.container.get(Database)
    tasks = table_of(TaskRow)
    renaming = update(tasks).where(tasks.c.id == UUID(task_id)).values(id=UUID(other_id))
    await database.write(renaming)


@pytest.mark.parametrize(("verb", "told"), [("replay", 2), ("drop", 1)])
async def test_a_dead_letter_is_looked_at_and_then_replayed_or_dropped(
    database_url: str, tmp_path: Path, verb: str, told: int
) -> None:
    """What waited behind it is handled afterwards; other streams were not held up."""
    settings = settings_for(tmp_path, database_url)
    async with open_house(settings, works=True) as house:
        await caught_up(house)
    async with open_house(settings) as house:
        grace, ada, ben = await house.operator(), await house.person(), await house.person()
        workspace = await house.workspace(ada, member=ben)
        project = await house.project(ada, workspace)
        task = await ada.post(f"{project}/tasks", {"title": "Ship it"})
        for assignee in (ben.id, None, ben.id):
            await ada.post(f"{workspace}/tasks/{task['id']}/assign", {"assignee_id": assignee})
        await ada.post(f"{project}/tasks", {"title": "Another", "assignee_id": ben.id})
        hidden = str(uuid4())
        await hide(house, task["id"], hidden)

    async with open_house(settings, works=True) as house:
        grace, ben = house.at(grace), house.at(ben)

        async def dead() -> list[Json]:
            items: list[Json] = (await grace.get("/operations/dead-letters"))["items"]
            return items

        async def about() -> list[str]:
            items = (await ben.get("/notifications"))["items"]
            return [item["facts"]["title"] for item in items if item["kind"] == "assigned"]

        async def other_is_told() -> bool:
            return await about() == ["Another"]

        (letter,) = await found(dead, "the event is set aside")
        await eventually(other_is_told, "another stream goes on")
        assert (letter["subscription"], letter["event_type"]) == ("notifications.assigned", "tasks.task_assigned")
        assert (letter["state"], letter["error_code"], letter["attempts"]) == ("dead", "not_found", 1)
        where = f"/operations/dead-letters/{letter['id']}"

        async def all_wait() -> bool:
            return bool((await grace.get(where))["behind"] == 2)

        await eventually(all_wait, "the rest of the stream waits behind it")
        assert (await grace.get(where))["data"]["assignee_id"] == ben.id
        (waiting, _) = (await grace.get("/operations/dead-letters?state=waiting"))["items"]
        refused = await grace.send("POST", f"/operations/dead-letters/{waiting['id']}/replay")
        assert problem(refused, 409)["code"] == "operations.not_dead"

        await hide(house, hidden, task["id"])
        method, path = ("POST", f"{where}/replay") if verb == "replay" else ("DELETE", where)
        assert (await grace.send(method, path)).status_code == 204

        async def rest_is_told() -> bool:
            return sorted(await about()) == ["Another", *["Ship it"] * told]

        await eventually(rest_is_told, "what waited is handled")
        await caught_up(house)
        assert await dead() == []
        problem(await grace.send("GET", where), 404)
        assert (await acts(grace))[0] == (f"operations.{verb}_dead_letter", letter["event_id"], grace.id)


async def test_a_new_installation_has_nobody_in_it(house: House) -> None:
    """No account that everybody knows, and no operator."""
    database = await house.server.container.get(Database)
    assert (await database.fetch(text("SELECT count(*) FROM users"), {}))[0][0] == 0
