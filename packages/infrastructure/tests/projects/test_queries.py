"""Projects are shown within their workspace."""

from typing import Any

import pytest

from colonnade.application.projects import GetProject, ListProjects, ProjectView
from colonnade.core import NotFound
from colonnade.domain.projects import ProjectKey
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.projects.queries import get_project, list_projects


async def test_projects_are_listed_by_key(house: Any) -> None:
    """The list is in the order of keys, without archived ones unless asked for; a key finds one, archived or not."""
    make, workspace = house.make, house.workspace.id
    web, ops, old = (make.project(workspace, key=key) for key in ("WEB", "OPS", "ABC"))
    old.archive(at=house.clock.now())
    await house.store(web, ops, old)

    async def keys(**fields: Any) -> list[str]:
        page = await list_projects(ListProjects(workspace_id=workspace, **fields), house.database)
        return [project.key for project in page.items]

    assert await keys() == ["OPS", "WEB"]
    assert await keys(archived=True) == ["ABC", "OPS", "WEB"]
    assert await keys(key=ProjectKey("ABC")) == ["ABC"]
    assert await keys(key=ProjectKey("NONE")) == []


async def test_a_view_is_the_project(house: Any) -> None:
    """What a query shows is what the aggregate would show; to another tenant there is no such project."""
    project = await house.open_project()
    view = await get_project(GetProject(workspace_id=house.workspace.id, project_id=project.id), house.database)
    assert view == ProjectView.of(project)
    assert ProjectView.model_validate_json(view.model_dump_json()) == view
    elsewhere = house.make.id(WorkspaceId)
    with pytest.raises(NotFound):
        await get_project(GetProject(workspace_id=elsewhere, project_id=project.id), house.database)
    page = await list_projects(ListProjects(workspace_id=elsewhere), house.database)
    assert page.items == ()
