"""Guests find what is shared with them, whichever way they ask; everything else is not there."""

from typing import Any

import pytest
from sqlalchemy import select

from colonnade.application.messaging import Caller, Limits
from colonnade.application.tasks import TaskOrder
from colonnade.core import Invalid, NotFound, UserId, new_id
from colonnade.domain.workspaces import Role
from colonnade.infrastructure.identity.people import WHO

from .board import TITLES, Board


@pytest.fixture
async def guest(board: Board) -> Caller:
    """A guest with whom one of the board's two projects is shared."""
    house = board.house
    user = await house.person("guest@example.com")
    async with house.change() as work:
        (await house.workspaces(work).get(house.workspace.id)).add_member(user, Role.GUEST, by=house.owner)
        (await house.projects(work).get(board.other.id)).share(user)
    return Caller(user)


def shared_tasks(board: Board) -> set[Any]:
    """Return the tasks of the project that is shared."""
    return {task.id for task in board.tasks if task.project_id == board.other.id and task.deleted_at is None}


@pytest.mark.parametrize("text", ["", "is:open", "-ship", "assignee:none", "is:deleted", "-is:deleted"])
async def test_lists_and_counts_hold_what_is_shared(board: Board, guest: Caller, text: str) -> None:
    """Whatever the filter, and with the bin as well."""
    everything = {task.id: task.project_id for task in await board.walk(200, filter=text)}
    expected = {task for task, project in everything.items() if project == board.other.id}
    assert {task.id for task in await board.walk(7, by=guest, filter=text)} == expected
    assert await board.count(by=guest, filter=text) == len(expected)


async def test_naming_the_other_project_shows_nothing(board: Board, guest: Caller) -> None:
    """Neither its tasks nor how many there are."""
    assert (await board.page(by=guest, project_id=board.project.id)).items == ()
    assert await board.count(by=guest, project_id=board.project.id) == 0
    assert await board.count(by=guest, project_id=board.other.id) == len(shared_tasks(board)) > 0


@pytest.mark.parametrize("title", TITLES)
async def test_a_search_finds_nothing_elsewhere(board: Board, guest: Caller, title: str) -> None:
    """Words that stand in tasks of the other project alone are found nowhere."""
    words = title.replace("\\", "\\\\").replace('"', '\\"')
    found = await board.walk(200, by=guest, filter=f'"{words}"')
    assert {task.id for task in found} <= shared_tasks(board)
    assert await board.count(by=guest, filter=f'"{words}"') == len(found)


@pytest.mark.parametrize("order", TaskOrder)
async def test_the_cursor_of_somebody_else_s_page_shows_no_more(board: Board, guest: Caller, order: TaskOrder) -> None:
    """It is a place in the order, and from there they see what they see."""
    cursor = (await board.page(limit=20, sort=order)).next
    whole = (await board.page(limit=200, sort=order, cursor=cursor)).items
    rest = (await board.page(by=guest, limit=200, sort=order, cursor=cursor)).items
    assert rest == tuple(task for task in whole if task.project_id == board.other.id)
    assert 0 < len(rest) < len(whole)


async def test_a_key_opens_what_is_shared(board: Board, guest: Caller) -> None:
    """The key of another task is the key of none, in the same words as one that was never given."""
    present = [task for task in board.tasks if task.deleted_at is None]
    for task in present[:20]:
        if task.project_id == board.other.id:
            assert (await board.by_key(task.key, by=guest)).id == task.id
            continue
        with pytest.raises(NotFound) as hidden:
            await board.by_key(task.key, by=guest)
        with pytest.raises(NotFound) as missing:
            await board.by_key("WEB-99999", by=guest)
        assert (hidden.value.code, str(hidden.value)) == (missing.value.code, str(missing.value))


async def test_guests_cannot_find_out_who_belongs(board: Board, guest: Caller) -> None:
    """An address of a member and one of a stranger are refused alike, even their own; members name each other."""
    people = await board.house.sealing.texts.open(await board.house.database.fetch(select(*WHO)))
    for address in (*(str(who.email) for who in people.values()), "stranger@example.com"):
        with pytest.raises(Invalid, match="is nobody here"):
            await board.count(by=guest, filter=f"assignee:{address}")
    assert await board.count(filter="author:guest@example.com") == 0


async def test_what_is_shared_no_longer_is_gone_at_once(board: Board, guest: Caller) -> None:
    """From lists, counts and keys alike."""
    assert await board.count(by=guest) == len(shared_tasks(board))
    key = next(task.key for task in board.tasks if task.id in shared_tasks(board))
    async with board.house.change(board.memberships) as work:
        (await board.house.projects(work).get(board.other.id)).unshare(guest.user_id)
    assert await board.count(by=guest) == 0
    assert await board.walk(7, by=guest) == []
    with pytest.raises(NotFound):
        await board.by_key(key, by=guest)


async def test_a_private_project_is_hidden_from_members(board: Board) -> None:
    """Those with whom it is shared see it, and whoever sees every project."""
    house = board.house
    member, insider = await house.person(), await house.person()
    async with house.change(board.memberships) as work:
        workspace = await house.workspaces(work).get(house.workspace.id)
        for user in (member, insider):
            workspace.add_member(user, Role.MEMBER, by=house.owner)
        project = await house.projects(work).get(board.project.id)
        project.make_private(by=house.owner)
        project.share(insider)
    whole = await board.count()
    assert await board.count(by=Caller(insider)) == whole
    assert {task.id for task in await board.walk(200, by=Caller(member))} == shared_tasks(board)


async def test_a_token_sees_the_projects_that_it_is_for(board: Board, guest: Caller) -> None:
    """As far as its owner sees them."""
    within = {"project_id": frozenset({board.other.id})}
    limits = Limits(new_id(UserId), frozenset({"task.read"}), within)
    assert await board.count(by=Caller(board.house.owner, limits=limits)) == len(shared_tasks(board))
    of_the_other = Limits(limits.token_id, limits.permissions, {"project_id": frozenset({board.project.id})})
    assert await board.count(by=Caller(guest.user_id, limits=of_the_other)) == 0
    key = next(task.key for task in board.tasks if task.project_id == board.project.id and task.deleted_at is None)
    with pytest.raises(NotFound):
        await board.by_key(key, by=Caller(board.house.owner, limits=limits))


async def test_strangers_see_nothing(board: Board) -> None:
    """Who does not belong has no projects, even if the question comes this far."""
    stranger = Caller(await board.house.person())
    assert await board.walk(7, by=stranger) == []
    assert await board.count(by=stranger) == 0
    with pytest.raises(NotFound):
        await board.by_key(board.tasks[0].key, by=stranger)
