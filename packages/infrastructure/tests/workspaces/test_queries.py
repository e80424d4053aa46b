"""Workspaces and members are shown to those who belong."""

from typing import Any

import pytest

from colonnade.application.workspaces import GetWorkspace, ListMembers, ListWorkspaces, WorkspaceView
from colonnade.core import NotFound
from colonnade.domain.workspaces import Role
from colonnade.infrastructure.workspaces.queries import get_workspace, list_members, list_workspaces


async def test_a_member_sees_the_workspace_with_their_role(house: Any) -> None:
    """Each member sees the same workspace with their own role; a stranger sees none."""
    guest, stranger = await house.person(), await house.person()
    workspace = await house.open_workspace(house.owner, {guest: Role.GUEST})
    query = GetWorkspace(workspace_id=workspace.id)
    for member in (house.owner, guest):
        view = await house.ask(get_workspace, query, member)
        assert view == WorkspaceView.of(workspace, member)
    with pytest.raises(NotFound):
        await house.ask(get_workspace, query, stranger)


async def test_everybody_lists_their_own(house: Any) -> None:
    """The list has the caller's workspaces and no others."""
    guest = await house.person()
    workspace = await house.open_workspace(house.owner, {guest: Role.GUEST})
    page = await house.ask(list_workspaces, ListWorkspaces(), guest)
    assert page.items == (WorkspaceView.of(workspace, guest),)
    page = await house.ask(list_workspaces, ListWorkspaces(), house.owner)
    assert {view.id for view in page.items} == {workspace.id, house.workspace.id}


async def test_members_are_listed_by_name(house: Any) -> None:
    """All members with their roles, and nobody of another workspace."""
    guest = house.make.user(name="Aaron")
    await house.store(guest)
    workspace = await house.open_workspace(house.owner, {guest.id: Role.GUEST})
    page = await house.ask(list_members, ListMembers(workspace_id=workspace.id), house.owner)
    assert {(member.user_id, member.role) for member in page.items} == {
        (house.owner, Role.OWNER),
        (guest.id, Role.GUEST),
    }
    assert page.items[0].name == "Aaron"
