"""Projects are shared with those who belong, and with nobody who has left."""

from typing import Any

import pytest

from colonnade.application.messaging import Caller
from colonnade.application.projects.sharing import (
    ListProjectMembers,
    SetProjectVisibility,
    ShareProject,
    UnshareProject,
    set_project_visibility,
    share_project,
    subscriptions,
    unshare_project,
    unshare_with_those_who_left,
)
from colonnade.application.subscriptions import Mode
from colonnade.core import Invalid, NotFound, UserId
from colonnade.core.errors import StaleVersion
from colonnade.domain.projects import Project, ProjectId
from colonnade.domain.workspaces import MemberRemoved, Role, WorkspaceId
from colonnade.infrastructure.projects.queries import list_project_members
from colonnade.infrastructure.workspaces.memberships import CachedMemberships


@pytest.fixture
async def guest(house: Any) -> UserId:
    """A guest of the first workspace."""
    user: UserId = await house.person()
    async with house.change() as work:
        (await house.workspaces(work).get(house.workspace.id)).add_member(user, Role.GUEST, by=house.owner)
    return user


async def share(house: Any, project: Project, user: UserId) -> Any:
    """Send the command, and commit."""
    command = ShareProject(workspace_id=house.workspace.id, project_id=project.id, user_id=user)
    async with house.change() as work:
        return await share_project(command, house.projects(work), CachedMemberships(house.database))


async def members(house: Any, project: Project, **fields: Any) -> list[UserId]:
    """Return with whom a project is shared."""
    query = ListProjectMembers(**{"workspace_id": house.workspace.id, "project_id": project.id, **fields})
    return [member.user_id for member in (await house.ask(list_project_members, query, house.owner)).items]


async def test_a_project_is_shared_and_shared_no_longer(house: Any, guest: UserId) -> None:
    """With those who belong; twice is once, and to take it back twice changes nothing."""
    project = await house.open_project()
    for _ in range(2):
        view = await share(house, project, guest)
    assert view.id == project.id
    assert await members(house, project) == [guest]
    stream = len(await house.log.stream(project.stream))
    for _ in range(2):
        command = UnshareProject(workspace_id=house.workspace.id, project_id=project.id, user_id=guest)
        async with house.change() as work:
            await unshare_project(command, house.projects(work))
    assert await members(house, project) == []
    assert len(await house.log.stream(project.stream)) == stream + 1


async def test_nothing_is_shared_with_strangers(house: Any) -> None:
    """Whoever does not belong to the workspace is told apart by the field."""
    project, stranger = await house.open_project(), await house.person()
    with pytest.raises(Invalid) as refused:
        await share(house, project, stranger)
    assert refused.value.facts["field"] == "user_id"
    assert await members(house, project) == []


async def test_a_project_of_another_workspace_is_not_there(house: Any, guest: UserId) -> None:
    """Neither to be shared, nor made private, nor to have its members listed."""
    elsewhere = await house.open_workspace(house.owner)
    foreign = house.make.project(elsewhere.id)
    await house.store(foreign)
    with pytest.raises(NotFound):
        await share(house, foreign, guest)
    for fields in ({}, {"workspace_id": house.make.id(WorkspaceId)}, {"project_id": house.make.id(ProjectId)}):
        with pytest.raises(NotFound):
            await members(house, foreign, **fields)


async def test_who_makes_a_project_private_still_sees_it(house: Any, guest: UserId) -> None:
    """It is shared with them by that, and with those with whom it was shared before."""
    project = await house.open_project()
    await share(house, project, guest)
    version = len(await house.log.stream(project.stream))

    async def set_private(private: bool, expected: int) -> Any:
        command = SetProjectVisibility(
            workspace_id=house.workspace.id, project_id=project.id, private=private, expected_version=expected
        )
        async with house.change() as work:
            return await set_project_visibility(command, house.projects(work), Caller(house.owner))

    assert (await set_private(True, version)).private
    assert sorted(await members(house, project)) == sorted([house.owner, guest])
    with pytest.raises(StaleVersion):
        await set_private(False, version)
    assert not (await set_private(False, version + 2)).private


async def test_those_who_left_see_nothing_when_they_come_again(house: Any, guest: UserId) -> None:
    """Every project that was shared with them is shared with them no longer, archived ones too; others stay so."""
    other = await house.person()
    projects = [await house.open_project() for _ in range(4)]
    async with house.change() as work:
        for place, project in enumerate(projects):
            found = await house.projects(work).get(project.id)
            found.share(other)
            if place:
                found.share(guest)
            if place == 1:
                found.archive(at=house.clock.now())
    elsewhere = await house.open_workspace(house.owner, {guest: Role.GUEST})
    foreign = house.make.project(elsewhere.id)
    foreign.share(guest)
    await house.store(foreign)
    left = MemberRemoved(workspace_id=house.workspace.id, user_id=guest)
    for _ in range(2):
        async with house.change() as work:
            await unshare_with_those_who_left(left, house.projects(work))
    for project in projects:
        assert await members(house, project) == [other]
    assert await members(house, foreign, workspace_id=elsewhere.id) == [guest]
    assert len(await house.log.stream(projects[0].stream)) == 2


async def test_however_many_projects_were_shared(house: Any, guest: UserId, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are followed to the end."""
    monkeypatch.setattr("colonnade.application.projects.sharing._AT_A_TIME", 2)
    projects = [await house.open_project() for _ in range(5)]
    async with house.change() as work:
        for project in projects:
            (await house.projects(work).get(project.id)).share(guest)
    async with house.change() as work:
        left = MemberRemoved(workspace_id=house.workspace.id, user_id=guest)
        await unshare_with_those_who_left(left, house.projects(work))
    assert [await members(house, project) for project in projects] == [[]] * 5


def test_it_happens_by_itself() -> None:
    """A subscription that is never skipped hears of everybody who leaves."""
    (subscription,) = subscriptions
    assert (subscription.mode, subscription.events) == (Mode.DURABLE, (MemberRemoved,))
