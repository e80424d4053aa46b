"""Tasks are found, sorted, paged and counted alike on both engines, and as Python would."""

from datetime import date
from typing import Any

import pytest

from colonnade.application.tasks import GetTask, TaskOrder, TaskView
from colonnade.core import Invalid, NotFound
from colonnade.domain.tasks import Priority
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.identity.queries import SqlPeople
from colonnade.infrastructure.tasks.queries import get_task

from .board import Board

FILTERS = (
    "",
    "status:todo",
    "status:done,in_progress",
    "-status:todo",
    "status:open",
    "status:closed",
    "is:open",
    "is:done",
    "is:deleted",
    "-is:deleted",
    "assignee:me",
    "assignee:none",
    "-assignee:me",
    "author:me",
    "label:bug",
    "-label:bug",
    "label:none",
    "label:50%_off,docs",
    "label:größer",
    "priority:high",
    "-priority:none,low",
    "due:none",
    "-due:none",
    "due<7d",
    "-due<7d",
    "due>=today due<=2w",
    "due:2026-01-06",
    "created>-7d",
    "created:today",
    "updated<today",
    "completed:today",
    "-completed:today",
    "ship",
    "SHIP",
    "STRASSE",
    '"50%_off"',
    "%",
    "_",
    '"say \\"hi\\""',
    "-ship status:open",
    "nowhere-to-be-found",
)


async def test_every_filter_finds_what_python_finds(board: Board) -> None:
    """The words that people type mean the same in SQL and in Python, and a count is the length of the list."""
    for text in FILTERS:
        found = await board.walk(200, filter=text)
        assert {task.id for task in found} == board.expected(text), text
        assert await board.count(filter=text) == len(found), text


@pytest.mark.parametrize("text", ["priority>low", "priority<=medium", "-priority>=high"])
async def test_priorities_are_ordered_alike(board: Board, text: str) -> None:
    """Priorities compare by how much they matter, not by their spelling, in SQL and in Python."""
    assert {task.id for task in await board.walk(200, filter=text)} == board.expected(text)


@pytest.mark.parametrize("text", ["created:9999-12-31", "created>9999-12-31", "updated<=9999-12-31"])
async def test_the_end_of_time_is_refused_in_words(board: Board, text: str) -> None:
    """The last day that there is has no next one, so it is refused instead of failing."""
    with pytest.raises(Invalid):
        await board.count(filter=text)


async def test_people_are_found_by_address(board: Board) -> None:
    """A member is named by e-mail address in any letter case; somebody who is no member is nobody here."""
    await board.house.person("stranger@example.com")
    me = await SqlPeople(board.house.database, board.house.sealing.texts).by_id(board.house.owner)
    assert await board.count(filter=f"assignee:{me.email.upper()}") == await board.count(filter="assignee:me")
    with pytest.raises(Invalid):
        await board.count(filter="assignee:stranger@example.com")


@pytest.mark.parametrize("order", TaskOrder)
async def test_pages_have_neither_gaps_nor_doubles(board: Board, order: TaskOrder) -> None:
    """Whatever the order, and however many tasks tie in it, following the cursors gives the whole list."""
    whole = [task.id for task in await board.walk(200, sort=order)]
    assert len(whole) == len(set(whole)) == len([task for task in board.tasks if task.deleted_at is None])
    for limit in (1, 7):
        assert [task.id for task in await board.walk(limit, sort=order)] == whole


@pytest.mark.parametrize("order", TaskOrder)
async def test_lists_are_in_order(board: Board, order: TaskOrder) -> None:
    """Each order sorts as Python does, with tasks that are never due at the far end, and its reverse reversed."""
    keys: dict[str, Any] = {
        "created": lambda task: (task.created_at, task.id),
        "updated": lambda task: (task.updated_at, task.id),
        "due": lambda task: (task.due_on or date.max, task.id),
        "priority": lambda task: (list(Priority).index(task.priority), task.id),
        "rank": lambda task: (task.rank.encode(), task.id),
    }
    name = order.value.removeprefix("-")
    found = await board.walk(200, sort=order)
    assert found == sorted(found, key=keys[name], reverse=order.value.startswith("-"))


async def test_a_project_narrows_the_list(board: Board) -> None:
    """With a project, only its tasks are listed and counted."""
    found = await board.walk(7, project_id=board.other.id)
    assert {task.project_id for task in found} == {board.other.id}
    assert await board.count(project_id=board.other.id) == len(found)


async def test_a_cursor_belongs_to_its_query(board: Board) -> None:
    """A cursor of another order, filter, project or workspace is refused, and so is a forged one."""
    cursor = (await board.page(limit=5)).next
    for other in ({"sort": TaskOrder.DUE}, {"filter": "ship"}, {"project_id": board.project.id}):
        with pytest.raises(Invalid):
            await board.page(cursor=cursor, **other)
    for forged in ("", "AAAA", "é", cursor[:-2], cursor[::-1]):
        with pytest.raises(Invalid):
            await board.page(cursor=forged)
    with pytest.raises(Invalid):
        await board.page(workspace_id=board.house.make.id(WorkspaceId), cursor=cursor)


async def test_a_page_stays_where_it_was(board: Board) -> None:
    """A task that comes in between is no reason to show another one twice or not at all."""
    page = await board.page(limit=10, sort=TaskOrder.CREATED)
    await board.house.store(board.house.make.task(board.project, number=999, by=board.house.owner))
    rest = await board.page(limit=200, sort=TaskOrder.CREATED, cursor=page.next)
    shown = [task.id for task in (*page.items, *rest.items)]
    assert len(shown) == len(set(shown)) == await board.count()


async def test_a_view_is_the_task(board: Board) -> None:
    """What a query shows is what the aggregate would show, by id and by key; the bin is not looked into."""
    for task in board.tasks[:12]:
        by_id = GetTask(workspace_id=board.house.workspace.id, task_id=task.id)
        if task.deleted_at is not None:
            with pytest.raises(NotFound):
                await get_task(by_id, board.house.database)
            continue
        assert await get_task(by_id, board.house.database) == TaskView.of(task)
        view = await board.by_key(task.key)
        assert TaskView.model_validate_json(view.model_dump_json()) == TaskView.of(task)


async def test_another_tenant_finds_nothing(board: Board) -> None:
    """From another workspace the tasks do not exist, by any way of asking."""
    elsewhere, database = board.house.make.id(WorkspaceId), board.house.database
    with pytest.raises(NotFound):
        await get_task(GetTask(workspace_id=elsewhere, task_id=board.tasks[0].id), database)
    with pytest.raises(NotFound):
        await board.by_key(board.tasks[0].key, workspace_id=elsewhere)
    for project in (None, board.project.id):
        fields = {"workspace_id": elsewhere, "project_id": project}
        assert (await board.page(filter="is:deleted,open", **fields)).items == ()
        assert await board.count(**fields) == 0
