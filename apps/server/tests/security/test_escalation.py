"""Nobody gets more than they were given: not by a role of their own making, nor by taking it from others."""

import asyncio
from uuid import uuid4

import pytest

from colonnade.application.messaging import Context
from colonnade.application.processes import Step
from colonnade.application.workspaces.offboarding import OFFBOARDING, OffboardingState
from colonnade.domain.workspaces import GRANTS, Permission, Role

from ..house import House, Person, good, problem
from ..waiting import eventually
from .people import enrolled, operator, token_of


async def crew(house: House) -> tuple[dict[Role, Person], str]:
    """One person of each role."""
    people = {role: await enrolled(house, role.value.title()) for role in Role}
    others = {role.value: person for role, person in people.items() if role is not Role.OWNER}
    return people, await house.workspace(people[Role.OWNER], **others)


async def test_nobody_gives_more_than_they_have(house: House) -> None:
    """Neither to themselves nor to others, nor to a second account of theirs."""
    people, path = await crew(house)
    admin, accomplice = people[Role.ADMIN], await enrolled(house, "Accomplice")
    for person in (admin, people[Role.MEMBER]):
        problem(await admin.send("PATCH", f"{path}/members/{person.id}", {"role": "owner"}), 403)
    problem(await admin.send("POST", f"{path}/members", {"email": accomplice.email, "role": "owner"}), 403)
    for role in (Role.MEMBER, Role.GUEST):
        problem(await people[role].send("PATCH", f"{path}/members/{people[role].id}", {"role": "admin"}), 403)
    assert (await people[Role.OWNER].get(f"{path}/members"))["items"]


async def test_nobody_takes_from_those_who_have_more(house: House) -> None:
    """An admin neither demotes nor removes nor offboards an owner."""
    people, path = await crew(house)
    owner, admin = people[Role.OWNER], people[Role.ADMIN]
    problem(await admin.send("PATCH", f"{path}/members/{owner.id}", {"role": "guest"}), 403)
    problem(await admin.send("DELETE", f"{path}/members/{owner.id}"), 403)
    answer = await admin.send("POST", f"{path}/members/{owner.id}/offboard", {"heir_id": admin.id})
    assert answer.status_code in {403, 409}, answer.text
    members = {member["user_id"]: member["role"] for member in (await owner.get(f"{path}/members"))["items"]}
    assert members[owner.id] == "owner"


async def test_a_role_of_ones_own_carries_nothing_that_is_for_owners(house: House) -> None:
    """Whoever manages members cannot define roles; owners cannot put into one what makes owners."""
    people, path = await crew(house)
    owner = people[Role.OWNER]
    for_owners = GRANTS[Role.OWNER].keys() - GRANTS[Role.ADMIN].keys()
    for permission in sorted(for_owners - {Permission.AUDIT_READ}):
        problem(await owner.send("PUT", f"{path}/roles/boss", {"grants": [permission]}), 422)
    for base in ("owner", "admin"):
        problem(await owner.send("PUT", f"{path}/roles/boss", {"base": base, "grants": ["task.read"]}), 422)
    for name in Role:
        problem(await owner.send("PUT", f"{path}/roles/{name}", {"grants": ["task.read"]}), 422)
    problem(await people[Role.ADMIN].send("PUT", f"{path}/roles/boss", {"grants": ["task.read"]}), 403)


async def test_whoever_manages_members_by_an_own_role_gives_what_they_have_and_no_more(house: House) -> None:
    """By no way round: another role of the workspace's own, a base role, or to themselves."""
    people, path = await crew(house)
    owner, clerk = people[Role.OWNER], await enrolled(house, "Clerk")
    roles = {
        "clerk": ["member.manage", "member.read", "task.read", "project.read"],
        "strong": ["member.manage", "member.read", "task.delete", "project.manage"],
    }
    for name, grants in roles.items():
        good(await owner.send("PUT", f"{path}/roles/{name}", {"base": "member", "grants": grants}))
    await owner.post(f"{path}/members", {"email": clerk.email, "role": "member", "own_role": "clerk"})
    mine = f"{path}/members/{clerk.id}"
    problem(await clerk.send("PATCH", mine, {"role": "member", "own_role": "strong"}), 403)
    for role in (Role.OWNER, Role.ADMIN, Role.MEMBER):
        problem(await clerk.send("PATCH", mine, {"role": role}), 403)
        newcomer = await enrolled(house, "Newcomer")
        problem(await clerk.send("POST", f"{path}/members", {"email": newcomer.email, "role": role}), 403)
    problem(await clerk.send("DELETE", f"{path}/members/{people[Role.MEMBER].id}"), 403)


async def test_a_guest_who_manages_members_lets_nobody_see_more_than_guests_do(house: House) -> None:
    """Neither themselves nor a newcomer comes to stand on `member`, though the role there allows less."""
    owner, clerk, newcomer = [await enrolled(house, name) for name in ("Owner", "Clerk", "Newcomer")]
    path = await house.workspace(owner)
    await house.project(owner, path)
    reads = ["project.read", "task.read"]
    for name, base, grants in (("clerk", "guest", ["member.manage", *reads]), ("reader", "member", reads)):
        good(await owner.send("PUT", f"{path}/roles/{name}", {"base": base, "grants": grants}))
    await owner.post(f"{path}/members", {"email": clerk.email, "role": "guest", "own_role": "clerk"})
    wanted = {"role": "member", "own_role": "reader"}
    problem(await clerk.send("PATCH", f"{path}/members/{clerk.id}", wanted), 403)
    problem(await clerk.send("POST", f"{path}/members", {"email": newcomer.email, **wanted}), 403)
    assert (await clerk.get(f"{path}/projects"))["items"] == []
    await owner.post(f"{path}/members", {"email": newcomer.email, **wanted})
    problem(await clerk.send("DELETE", f"{path}/members/{newcomer.id}"), 403)


async def test_a_workspace_keeps_an_owner(house: House) -> None:
    """The last one neither leaves, nor steps down, nor is removed."""
    people, path = await crew(house)
    owner = people[Role.OWNER]
    assert problem(await owner.send("POST", f"{path}/leave"), 409)["code"] == "workspaces.last_owner"
    problem(await owner.send("PATCH", f"{path}/members/{owner.id}", {"role": "admin"}), 409)
    problem(await owner.send("DELETE", f"{path}/members/{owner.id}"), 409)
    answer = await owner.send("POST", f"{path}/members/{owner.id}/offboard", {"heir_id": people[Role.ADMIN].id})
    assert answer.status_code == 409, answer.text


async def test_two_owners_who_demote_each_other_at_once_leave_one(each_house: House) -> None:
    """Whoever comes second is refused, or told to look again."""
    ada, ben = await enrolled(each_house), await enrolled(each_house, "Ben")
    for _ in range(5):
        path = await each_house.workspace(ada, owner=ben)
        answers = await asyncio.gather(
            ada.send("PATCH", f"{path}/members/{ben.id}", {"role": "guest"}),
            ben.send("PATCH", f"{path}/members/{ada.id}", {"role": "guest"}),
        )
        assert min(answer.status_code for answer in answers) == 200
        assert {answer.status_code for answer in answers} <= {200, 403, 409, 412}
        assert sum(answer.is_success for answer in answers) == 1
        winner = ada if answers[0].is_success else ben
        roles = [member["role"] for member in (await winner.get(f"{path}/members"))["items"]]
        assert sorted(roles) == ["guest", "owner"]


async def test_two_owners_who_leave_at_once_leave_one(each_house: House) -> None:
    """A workspace without an owner is nobody's."""
    ada, ben = await enrolled(each_house), await enrolled(each_house, "Ben")
    for _ in range(5):
        path = await each_house.workspace(ada, owner=ben)
        answers = await asyncio.gather(ada.send("POST", f"{path}/leave"), ben.send("POST", f"{path}/leave"))
        assert sorted(answer.is_success for answer in answers) == [False, True]


async def test_somebody_who_comes_again_has_nothing_of_before(working_house: House) -> None:
    """Neither the role, nor what was shared with them, nor a token that reaches further than they do."""
    house = working_house
    owner, ben = await enrolled(house), await enrolled(house, "Ben")
    path = await house.workspace(owner, admin=ben)
    project = await house.project(owner, path)
    await owner.send("PUT", f"{project}/members/{ben.id}", {})
    script = await token_of(ben, "member.manage", "project.read", workspace_id=path.rsplit("/", 1)[1])
    await owner.send("DELETE", f"{path}/members/{ben.id}")
    problem(await script.send("GET", f"{path}/projects"), 404)

    async def unshared() -> bool:
        return (await owner.get(f"{project}/members"))["items"] == []

    await eventually(unshared, "nothing is shared with who left")
    await owner.post(f"{path}/members", {"email": ben.email, "role": "guest"})
    assert (await ben.get(f"{path}/projects"))["items"] == []
    problem(await ben.send("GET", f"{path}/members"), 403)
    problem(await script.send("POST", f"{path}/members", {"email": owner.email}), 403)


async def test_an_off_boarding_that_is_undone_gives_back_no_more_than_there_was(house: House) -> None:
    """Who stood on `member` with a smaller role of the workspace's own has that one again."""
    owner, viewer = await enrolled(house), await enrolled(house, "Viewer")
    path = await house.workspace(owner)
    good(await owner.send("PUT", f"{path}/roles/viewer", {"base": "member", "grants": ["project.read"]}))
    await owner.post(f"{path}/members", {"email": viewer.email, "role": "member", "own_role": "viewer"})
    state = OffboardingState.model_validate(
        {"offboarding_id": uuid4(), "workspace_id": path.rsplit("/", 1)[1], "user_id": viewer.id, "heir_id": owner.id}
        | {"by": owner.id}
    )
    step, service = OFFBOARDING.step("remove_membership"), Context(by_service=True)
    assert isinstance(step, Step)
    assert step.keep is not None
    assert step.undo is not None
    ending = step.send(state)
    assert ending is not None
    state = step.keep(state, await house.server.bus.send(ending, service))
    undoing = step.undo(state)
    assert undoing is not None
    await house.server.bus.send(undoing, service)
    assert (await viewer.get(f"{path}/projects"))["items"] == []
    problem(await viewer.send("GET", f"{path}/tasks"), 403)


async def test_a_token_does_not_make_more_of_itself(house: House) -> None:
    """It makes no other token, changes no account, approves no device, and reaches no further than its owner."""
    owner = await enrolled(house)
    path = await house.workspace(owner)
    script = await token_of(owner, "task.read", workspace_id=path.rsplit("/", 1)[1])
    body = {"name": "more", "permissions": ["workspace.manage"]}
    problem(await script.send("POST", "/identity/tokens", body), 403)
    problem(await script.send("GET", "/identity/tokens"), 403)
    problem(await script.send("PATCH", "/identity/me", {"name": "Somebody"}), 403)
    problem(await script.send("POST", "/identity/sessions/end-all"), 403)
    problem(await script.send("POST", "/identity/devices/BDFG-HJKL", {"approve": True}), 403)
    problem(await script.send("POST", "/workspaces", {"name": "Mine"}), 403)
    problem(await script.send("GET", f"{path}/members"), 403)


async def test_a_token_that_may_read_a_workspace_does_not_leave_it(house: House) -> None:
    """Whoever it belongs to stays a member: only they themselves leave."""
    owner, ben = await enrolled(house), await enrolled(house, "Ben")
    path = await house.workspace(owner, member=ben)
    script = await token_of(ben, "workspace.read")
    problem(await script.send("POST", f"{path}/leave"), 403)
    assert (await ben.get(path))["role"] == "member"
    assert (await ben.send("POST", f"{path}/leave")).is_success


async def test_a_token_for_one_workspace_is_good_in_no_other(house: House) -> None:
    """Nor one for a project in another project, though its owner owns both."""
    owner = await enrolled(house)
    here, there = await house.workspace(owner), await house.workspace(owner)
    mine, other = await house.project(owner, here, "ONE"), await house.project(owner, here, "TWO")
    limits = {"workspace_id": here.rsplit("/", 1)[1], "project_ids": [mine.rsplit("/", 1)[1]]}
    script = await token_of(owner, "workspace.read", "project.read", "task.read", **limits)
    assert (await script.get(here))["id"] == limits["workspace_id"]
    assert problem(await script.send("GET", there), 404)["field"] == "workspace_id"
    assert (await script.get(mine))["key"] == "ONE"
    problem(await script.send("GET", other), 404)
    assert [project["key"] for project in (await script.get(f"{here}/projects"))["items"]] == ["ONE"]


async def test_an_owner_does_not_learn_who_looks_after_the_service(house: House) -> None:
    """To explain an operator's message, of an operator and of somebody else, is refused alike."""
    owner, grace = await enrolled(house), await operator(house)
    path = await house.workspace(owner)
    for who in (grace, owner):
        answer = await owner.send("GET", f"{path}/access/{who.id}/audit.search_service")
        assert problem(answer, 422)["field"] == "message"


async def test_an_operator_is_nobody_in_a_workspace_and_an_owner_is_no_operator(house: House) -> None:
    """Looking after the service is another thing than looking into workspaces."""
    owner, grace = await enrolled(house), await operator(house)
    path = await house.workspace(owner)
    problem(await grace.send("GET", path), 404)
    problem(await owner.send("POST", "/identity/operators", {"email": owner.email}), 403)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.GUEST])
async def test_a_demotion_holds_at_the_next_request(house: House, role: Role) -> None:
    """Though the role was remembered a moment before."""
    owner, ben = await enrolled(house), await enrolled(house, "Ben")
    path = await house.workspace(owner, owner=ben)
    await ben.patch(path, {"name": "Ours"})
    await owner.patch(f"{path}/members/{ben.id}", {"role": role})
    problem(await ben.send("PATCH", path, {"name": "Mine"}), 403)
