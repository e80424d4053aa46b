"""Projects are shown within their workspace."""

from typing import Any

import pytest

from colonnade.application.messaging import Caller, Limits
from colonnade.application.projects import GetProject, ListProjects, ProjectView
from colonnade.core import NotFound, UserId
from colonnade.domain.projects import ProjectKey
from colonnade.domain.workspaces import Role, WorkspaceId
from colonnade.infrastructure.projects.queries import get_project, list_projects


async def listed(house: Any, caller: Caller | None, **fields: Any) -> list[str]:
    """Return the keys of the projects that somebody is shown; nobody is whoever has the machine."""
    query = ListProjects(**{"workspace_id": house.workspace.id, **fields})
    return [project.key for project in (await house.ask(list_projects, query, caller)).items]


async def test_projects_are_listed_by_key(house: Any) -> None:
    """The list is in the order of keys, without archived ones unless asked for; a key finds one, archived or not."""
    make, workspace = house.make, house.workspace.id
    web, ops, old = (make.project(workspace, key=key) for key in ("WEB", "OPS", "ABC"))
    old.archive(at=house.clock.now())
    await house.store(web, ops, old)

    async def keys(**fields: Any) -> list[str]:
        return await listed(house, Caller(house.owner), **fields)

    assert await keys() == ["OPS", "WEB"]
    assert await keys(archived=True) == ["ABC", "OPS", "WEB"]
    assert await keys(key=ProjectKey("ABC")) == ["ABC"]
    assert await keys(key=ProjectKey("NONE")) == []


async def test_a_view_is_the_project(house: Any) -> None:
    """What a query shows is what the aggregate would show; to another tenant there is no such project."""
    project = await house.open_project()
    query = GetProject(workspace_id=house.workspace.id, project_id=project.id)
    view = await house.ask(get_project, query, house.owner)
    assert view == ProjectView.of(project)
    assert ProjectView.model_validate_json(view.model_dump_json()) == view
    elsewhere = house.make.id(WorkspaceId)
    with pytest.raises(NotFound):
        await house.ask(get_project, GetProject(workspace_id=elsewhere, project_id=project.id), house.owner)
    assert await listed(house, Caller(house.owner), workspace_id=elsewhere) == []


async def test_a_list_shows_what_its_reader_sees(house: Any) -> None:
    """Guests see what is shared, members what is not private as well, admins everything; a key opens no door."""
    guest, member, admin = await house.person(), await house.person(), await house.person()
    async with house.change() as work:
        workspace = await house.workspaces(work).get(house.workspace.id)
        for user, role in ((guest, Role.GUEST), (member, Role.MEMBER), (admin, Role.ADMIN)):
            workspace.add_member(user, role, by=house.owner)
    opened, private, shared = (house.make.project(workspace.id, key=key) for key in ("OPEN", "PRIVATE", "SHARED"))
    private.make_private(by=house.owner)
    shared.make_private(by=house.owner)
    shared.share(guest)
    shared.archive(at=house.clock.now())
    await house.store(opened, private, shared)

    async def seen_by(user: UserId | None, **fields: Any) -> list[str]:
        return await listed(house, None if user is None else Caller(user), **{"archived": True, **fields})

    assert await seen_by(guest) == ["SHARED"]
    assert await seen_by(guest, archived=False) == []
    assert await seen_by(guest, key=ProjectKey("PRIVATE")) == await seen_by(guest, key=ProjectKey("OPEN")) == []
    assert await seen_by(guest, key=ProjectKey("SHARED")) == ["SHARED"]
    assert await seen_by(member) == ["OPEN"]
    for user in (admin, house.owner, None):
        assert await seen_by(user) == ["OPEN", "PRIVATE", "SHARED"]
    assert await seen_by(await house.person()) == []
    within = {"workspace_id": frozenset({workspace.id}), "project_id": frozenset({opened.id, shared.id})}
    limits = Limits(house.make.id(UserId), frozenset({"project.read"}), within)
    assert await listed(house, Caller(house.owner, limits=limits), archived=True) == ["OPEN", "SHARED"]
    assert await listed(house, Caller(guest, limits=limits), archived=True) == ["SHARED"]
