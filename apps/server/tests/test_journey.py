"""From an empty server to finished work, through every context, over HTTP alone."""

from .house import House, good, problem


async def test_people_plan_and_finish_work_together(each_house: House) -> None:  # noqa: PLR0915 - a journey is long
    """Register, invite, plan, work, see somebody else's edit refused, finish, look back."""
    house = each_house
    ada, ben = await house.person("Ada Lovelace"), await house.person("Ben Babbage")
    assert (await ada.get("/identity/me"))["email"] == ada.email

    workspace = await house.workspace(ada, member=ben)
    assert [member["name"] for member in (await ben.get(f"{workspace}/members"))["items"]] == [
        "Ada Lovelace",
        "Ben Babbage",
    ]
    assert [item["role"] for item in (await ben.get("/workspaces"))["items"]] == ["member"]
    assert (await ada.patch(workspace, {"name": "Difference Engines"}))["name"] == "Difference Engines"

    project = await house.project(ada, workspace)
    assert (await ada.patch(project, {"name": "Relaunch"}, if_match='"1"'))["name"] == "Relaunch"
    assert [item["key"] for item in (await ben.get(f"{workspace}/projects"))["items"]] == ["WEB"]

    made = await ben.send("POST", f"{project}/tasks", {"title": "Ship it", "labels": ["bug"], "due_on": "2026-12-24"})
    task = good(made)
    assert (made.status_code, task["key"], task["status"], task["created_by"]) == (201, "WEB-1", "todo", ben.id)
    where = f"{workspace}/tasks/{task['id']}"
    assert made.headers["location"] == f"/api/v1{where}"
    assert await ada.get(where) == await ada.get(f"{workspace}/tasks/by-key/WEB-1") == task

    seen = made.headers["etag"]
    edited = await ada.patch(where, {"title": "Ship the relaunch", "priority": "high"}, if_match=seen)
    assert (edited["priority"], edited["due_on"]) == ("high", "2026-12-24")
    refused = problem(await ben.send("PATCH", where, {"title": "Mine"}, if_match=seen), 412)
    assert refused["code"] == "stale_version"

    assert (await ada.patch(where, {"due_on": None}))["due_on"] is None
    assert (await ada.post(f"{where}/assign", {"assignee_id": ben.id}))["assignee_id"] == ben.id
    assert (await ada.post(f"{where}/label", {"add": ["ui"], "remove": ["bug"]}))["labels"] == ["ui"]
    assert "in_progress" in problem(await ben.send("POST", f"{where}/move", {"status": "in_review"}), 409)["allowed"]
    assert (await ben.post(f"{where}/move", {"status": "in_progress"}))["status"] == "in_progress"

    other = await ada.post(f"{project}/tasks", {"title": "Second"})
    first = await ada.post(f"{workspace}/tasks/{other['id']}/rank", {"before": task["id"]})
    listed = await ada.get(f"{workspace}/tasks?sort=rank")
    assert [item["id"] for item in listed["items"]] == [first["id"], task["id"]]
    mine = await ben.get(f"{workspace}/tasks?filter=assignee:me status:in_progress relaunch")
    assert [item["key"] for item in mine["items"]] == ["WEB-1"]
    assert await ben.get(f"{workspace}/tasks/count?filter=is:open") == {"count": 2}

    assert (await ben.post(f"{where}/complete"))["completed_at"]
    assert (await ben.post(f"{where}/reopen"))["completed_at"] is None
    assert (await ben.send("DELETE", where)).status_code == 204
    problem(await ben.send("GET", where), 404)
    assert (await ben.post(f"{where}/restore"))["deleted_at"] is None

    imported = await ben.post(
        f"{project}/tasks/import",
        {
            "tasks": [
                {"origin": {"source": "github:octo/hello#1"}, "title": "Old", "created_at": "2020-01-01T00:00:00Z"}
            ]
            * 2
        },
    )
    assert [record["outcome"] for record in imported["records"]] == ["created", "created"]
    assert imported["records"][0]["key"] == imported["records"][1]["key"] == "WEB-3"

    assert (await ada.post(f"{project}/archive"))["archived_at"]
    assert problem(await ben.send("POST", f"{project}/tasks", {"title": "Late"}), 409)["code"] == "projects.archived"
    assert (await ada.post(f"{project}/restore"))["archived_at"] is None

    changed = await ada.patch(f"{workspace}/members/{ben.id}", {"role": "guest"})
    assert changed["role"] == "guest"
    problem(await ben.send("GET", where), 404)
    assert (await ada.send("PUT", f"{project}/members/{ben.id}", {})).status_code == 200
    assert (await ben.post(f"{where}/complete"))["completed_at"]
    problem(await ben.send("POST", f"{project}/tasks", {"title": "Mine"}), 403)
    problem(await ben.send("GET", f"{workspace}/members"), 403)
    assert (await ada.send("DELETE", f"{workspace}/members/{ben.id}")).status_code == 204
    problem(await ben.send("GET", where), 404)
    problem(await ada.send("POST", f"{workspace}/leave"), 409)

    renewed = await ada.post("/identity/sessions/refresh", {"refresh_token": ada.tokens["refresh_token"]})
    assert renewed.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (await ada.send("POST", "/identity/sessions/end")).status_code == 204
    problem(await ada.send("GET", "/identity/me"), 401)

    kinds = [event.event.event_type for event in await house.events()]
    assert kinds[:2] == ["identity.user_registered", "identity.session_opened"]
    assert kinds.count("tasks.task_created") == 3
    assert kinds[-1] == "identity.session_ended"


async def test_a_page_of_every_list_is_items_and_next(house: House) -> None:
    """One shape for all."""
    ada = await house.person()
    workspace = await house.workspace(ada)
    for path in ("/workspaces", f"{workspace}/members", f"{workspace}/projects", f"{workspace}/tasks"):
        assert (await ada.get(path)).keys() == {"items", "next"}


async def test_a_list_is_read_to_its_end_by_cursors_and_links(each_house: House) -> None:
    """Every task comes once, however the list is sorted; body and header lead to the same page."""
    house = each_house
    ada = await house.person()
    workspace = await house.workspace(ada)
    project = await house.project(ada, workspace)
    for number in range(7):
        await ada.post(f"{project}/tasks", {"title": f"Task {number}", "due_on": [None, "2026-12-24"][number % 2]})
    for sort in ("created", "-created", "updated", "-updated", "due", "-due", "priority", "-priority", "rank", "-rank"):
        keys, url = list[str](), f"/api/v1{workspace}/tasks?limit=3&sort={sort}&filter=is:open"
        while url:
            answer = await ada.http.get(url, headers={"authorization": f"Bearer {ada.tokens['access_token']}"})
            page = good(answer)
            keys += [task["key"] for task in page["items"]]
            assert (page["next"] is None) == ("next" not in answer.links)
            url = answer.links["next"]["url"] if page["next"] else ""
        assert sorted(keys) == [f"WEB-{number}" for number in range(1, 8)], sort
