"""Off-boarding: a process that leaves nothing of somebody behind, or everything as it was."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from .going_on import process_at, steps_of, told
from .house import House, Person, open_house, problem, settings_for

MANY = 120
"""More open tasks than one step hands over at a time."""


@dataclass
class Office:
    """A workspace in which Ben has many tasks and leads a project; there is nobody at work yet."""

    house: House
    ada: Person
    ben: Person
    cleo: Person
    workspace: str
    project: str

    async def roles(self) -> dict[str, str]:
        """Return everybody's role."""
        members = (await self.cleo.get(f"{self.workspace}/members"))["items"]
        return {member["user_id"]: member["role"] for member in members}

    async def tasks_of(self, person: Person, which: str) -> int:
        """Count somebody's tasks."""
        count = await self.cleo.get(f"{self.workspace}/tasks/count?filter={which} assignee:{person.email}")
        return int(count["count"])

    async def lead(self) -> str | None:
        """Return who leads the project."""
        lead: str | None = (await self.cleo.get(self.project))["lead_id"]
        return lead

    async def offboard(self, by: Person, who: Person, **body: object) -> str:
        """Start the process and return its id."""
        started = await by.post(f"{self.workspace}/members/{who.id}/offboard", body)
        return str(started["process_id"])


async def furnished(house: House) -> Office:
    """Return an office."""
    ada, ben, cleo = await house.person("Ada"), await house.person("Ben"), await house.person("Cleo")
    workspace = await house.workspace(ada, owner=ben, admin=cleo)
    project = await house.project(ada, workspace)
    records = [
        {"origin": {"source": f"a:{n}"}, "title": f"Task {n}", "created_at": "2020-01-01T00:00:00Z",
         "assignee_id": ben.id}
        for n in range(MANY)
    ]  # fmt: skip
    for half in (records[::2], records[1::2]):
        await ada.post(f"{project}/tasks/import", {"tasks": half})
    done = await ada.post(f"{project}/tasks", {"title": "Done", "assignee_id": ben.id})
    for status in ("in_progress", "done"):
        await ada.post(f"{workspace}/tasks/{done['id']}/move", {"status": status})
    await ada.post(f"{project}/lead", {"lead_id": ben.id})
    return Office(house, ada, ben, cleo, workspace, project)


@pytest.fixture
async def office(house: House) -> Office:
    """An office on SQLite."""
    return await furnished(house)


async def test_somebody_leaves_and_nothing_of_theirs_is_left_behind(database_url: str, tmp_path: Path) -> None:
    """Signed out, open tasks and projects with the heir, out of the workspace, and the owners know."""
    async with open_house(settings_for(tmp_path, database_url), works=True) as house:
        office = await furnished(house)
        process_id = await office.offboard(office.ada, office.ben, heir_id=office.cleo.id)
        process = await process_at(office.ada, office.workspace, process_id)
        assert process["status"] == "completed"
        assert [step for step in steps_of(process) if step.endswith(": done")] == [
            "revoke_sessions: done", "hand_over_tasks: done", "hand_over_tasks: done", "leave_projects: done",
            "remove_membership: done", "tell_owners: done",
        ]  # fmt: skip
        assert problem(await office.ben.send("GET", "/identity/me"), 401)["code"] == "token_refused"
        assert await office.roles() == {office.ada.id: "owner", office.cleo.id: "admin"}
        assert await office.tasks_of(office.cleo, "is:open") == MANY
        assert await office.tasks_of(office.cleo, "is:done") == 0
        assert await office.lead() == office.cleo.id
        facts = (await told(office.ada, "process_finished"))["facts"]
        assert facts["title"] == "Ben has left"
        assert str(MANY) in facts["text"]
        listed = (await office.ada.get(f"{office.workspace}/processes"))["items"]
        assert [(each["id"], each["status"]) for each in listed] == [(process_id, "completed")]


async def test_without_an_heir_whoever_wants_it_takes_over(office: Office) -> None:
    """As the API says."""
    async with office.house.at_work():
        process_id = await office.offboard(office.ada, office.ben)
        assert (await process_at(office.ada, office.workspace, process_id))["status"] == "completed"
    assert await office.lead() == office.ada.id
    assert await office.tasks_of(office.ada, "is:open") == MANY


async def test_somebody_who_is_elsewhere_as_well_goes_on_there(office: Office) -> None:
    """It is not for one workspace to sign people out of another."""
    elsewhere = await office.house.workspace(office.ben)
    async with office.house.at_work():
        process_id = await office.offboard(office.ada, office.ben)
        assert (await process_at(office.ada, office.workspace, process_id))["status"] == "completed"
    assert (await office.ben.get(elsewhere))["id"]
    problem(await office.ben.send("GET", office.workspace), 404)


async def owner_demotes_whoever_wants_it(office: Office) -> str:
    """Ada shows Ben out, an owner like her; Ben is quicker and makes her an admin."""
    process_id = await office.offboard(office.ada, office.ben, heir_id=office.cleo.id)
    await office.ben.patch(f"{office.workspace}/members/{office.ada.id}", {"role": "admin"})
    return process_id


async def becomes_the_last_owner(office: Office) -> str:
    """Ben goes by himself; then Ada, the other owner, becomes an admin."""
    process_id = await office.offboard(office.ben, office.ben, heir_id=office.cleo.id)
    await office.ada.patch(f"{office.workspace}/members/{office.ada.id}", {"role": "admin"})
    return process_id


async def admin_loses_the_right(office: Office) -> str:
    """Cleo shows Ben out, who is a member now; then Cleo is a member, too."""
    await office.ada.patch(f"{office.workspace}/members/{office.ben.id}", {"role": "member"})
    process_id = await office.offboard(office.cleo, office.ben)
    await office.ada.patch(f"{office.workspace}/members/{office.cleo.id}", {"role": "member"})
    return process_id


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (owner_demotes_whoever_wants_it, "may do as much themselves"),
        (becomes_the_last_owner, "a workspace needs an owner"),
        (admin_loses_the_right, "may not"),
    ],
)
async def test_a_step_that_fails_for_good_undoes_what_was_done_last_first(
    office: Office, meanwhile: object, why: str
) -> None:
    """Ben has his tasks and his project again and is what he was; only his sessions stay ended."""
    process_id = await meanwhile(office)  # type: ignore[operator]  # one of the functions above
    before = await office.roles()
    operator = await office.house.operator()
    async with office.house.at_work():
        process = await process_at(operator, "/operations", process_id)
    assert process["status"] == "undone"
    assert process["error"].startswith("remove_membership: ")
    assert why in process["error"]
    happened = steps_of(process)
    assert happened[happened.index("leave_projects: done") + 1 :] == [
        "remove_membership: sent workspaces.end_membership",
        next(each for each in happened if each.startswith("remove_membership: failed for good: ")),
        "leave_projects: sent projects.hand_back to undo it",
        "leave_projects: undone",
        "hand_over_tasks: sent tasks.hand_back to undo it",
        "hand_over_tasks: undone",
        "undone",
    ]
    assert await office.roles() == before
    assert await office.tasks_of(office.ben, "is:open") == MANY
    assert await office.lead() == office.ben.id
    problem(await office.ben.send("GET", "/identity/me"), 401)
    office.ben.tokens = await office.ben.sign_in()
    assert (await office.ben.get(office.workspace))["id"]


async def test_what_cannot_end_well_is_refused_at_once(office: Office) -> None:
    """The last owner, an heir from elsewhere, oneself as heir, and somebody who is not there; nothing is begun."""
    await office.ada.patch(f"{office.workspace}/members/{office.ben.id}", {"role": "member"})
    stranger = await office.house.person()
    before = len(await office.house.changes())

    async def refusal(who: Person, status: int, **body: object) -> dict[str, object]:
        path = f"{office.workspace}/members/{who.id}/offboard"
        return problem(await office.ada.send("POST", path, body), status)

    assert (await refusal(office.ada, 409, heir_id=office.ben.id))["code"] == "workspaces.last_owner"
    assert (await refusal(office.ben, 422, heir_id=stranger.id))["field"] == "heir_id"
    assert (await refusal(office.ben, 422, heir_id=office.ben.id))["field"] == "heir_id"
    assert (await refusal(office.ada, 422))["field"] == "heir_id"
    assert (await refusal(stranger, 404))["field"] == "user_id"
    problem(await office.cleo.send("POST", f"{office.workspace}/members/{office.ada.id}/offboard", {}), 403)
    assert len(await office.house.changes()) == before
    assert (await office.ada.get(f"{office.workspace}/processes"))["items"] == []


async def test_somebody_leaves_once_at_a_time(office: Office) -> None:
    """A second process for the same person is refused while the first one runs."""
    await office.offboard(office.ada, office.ben)
    again = await office.ada.send("POST", f"{office.workspace}/members/{office.ben.id}/offboard", {})
    assert problem(again, 409)["code"] == "processes.runs_already"
    assert len((await office.ada.get(f"{office.workspace}/processes"))["items"]) == 1
