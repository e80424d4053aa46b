"""Reads of the tasks context: straight from SQL to views."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, select, tuple_

from colonnade.application.filtering import Terms
from colonnade.application.messaging import Caller, Context, Handlers
from colonnade.application.tasks import (
    CountTasks,
    DescriptionView,
    GetTask,
    GetTaskByKey,
    ListTasks,
    ShowDescription,
    TaskCount,
    TaskOrder,
    TaskView,
)
from colonnade.application.tasks.filters import TASK_FILTERS
from colonnade.application.workspaces.memberships import Memberships, knows_members, projects_seen_by
from colonnade.core import Clock, CursorCodec, NotFound, Page, UserId
from colonnade.core.cursors import Key
from colonnade.core.specifications import fields_of
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import Priority, TaskId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.rows import view_builder
from colonnade.infrastructure.database.specifications import to_sql
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.people import HAS_ADDRESS, WHO, UserTexts
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.rich_text import RichTexts
from colonnade.infrastructure.tasks.rows import TaskRow
from colonnade.infrastructure.workspaces.rows import MembershipRow

handlers = Handlers()

_tasks, _users, _memberships = table_of(TaskRow).c, table_of(UserRow).c, table_of(MembershipRow).c
_view = view_builder(TaskView)
_VIEW = select(*(_tasks[name] for name in TaskView.model_fields))
_MINE = _VIEW.where(_tasks.workspace_id == bindparam("workspace_id"))
_PRESENT = _MINE.where(_tasks.deleted_at.is_(None))
_ONE = Prepared(_PRESENT.where(_tasks.id == bindparam("task_id")))
_DESCRIPTION = Prepared(
    select(_tasks.version, _tasks.description).where(
        _tasks.workspace_id == bindparam("workspace_id"),
        _tasks.id == bindparam("task_id"),
        _tasks.deleted_at.is_(None),
    )
)
_BY_KEY = Prepared(_PRESENT.where(_tasks.key == bindparam("key")))
_PEOPLE = (
    select(*WHO)
    .join(table_of(MembershipRow), _memberships.user_id == _users.id)
    .where(_memberships.workspace_id == bindparam("workspace_id"), HAS_ADDRESS)
)
_ADDRESS = re.compile(r"(?<![^\s:,\"])[^\s:,\"]+@[^\s,\"]+")
_NEVER = date(9999, 12, 31)
_ID: TypeAdapter[TaskId] = TypeAdapter(TaskId)
_UNFILTERED = _tasks.deleted_at.is_(None)

Columns: Mapping[str, ColumnElement[Any]] = {column.name: column for column in _tasks}  # columns of any type


class _Sorting(NamedTuple):
    """What a list is sorted by, and how the sort key travels in a cursor."""

    column: ColumnElement[Any]  # of any type
    adapter: TypeAdapter[Any]
    key: Callable[[TaskView], Any]


_DUE = func.coalesce(_tasks.due_on, literal(_NEVER))
_SORTINGS: Mapping[str, _Sorting] = {
    "created": _Sorting(_tasks.created_at, TypeAdapter(datetime), lambda task: task.created_at),
    "updated": _Sorting(_tasks.updated_at, TypeAdapter(datetime), lambda task: task.updated_at),
    "due": _Sorting(_DUE, TypeAdapter(date), lambda task: task.due_on or _NEVER),
    "priority": _Sorting(_tasks.priority, TypeAdapter(Priority), lambda task: task.priority),
    "rank": _Sorting(_tasks.rank, TypeAdapter(str), lambda task: task.rank),
}


@handlers.handles(GetTask)
async def get_task(query: GetTask, database: Database) -> TaskView:
    """Show a task by its id."""
    rows = await database.read(_ONE, {"workspace_id": query.workspace_id, "task_id": query.task_id})
    if not rows:
        raise NotFound("there is no such task", field="task_id")
    return _view(rows[0])


@handlers.handles(ShowDescription)
async def show_description(query: ShowDescription, database: Database, rich_texts: RichTexts) -> DescriptionView:
    """Render a description."""
    rows = await database.read(_DESCRIPTION, {"workspace_id": query.workspace_id, "task_id": query.task_id})
    if not rows:
        raise NotFound("there is no such task", field="task_id")
    version, text = rows[0]
    return DescriptionView(version=version, html=await rich_texts.html(text))


@handlers.handles(GetTaskByKey)
async def get_task_by_key(
    query: GetTaskByKey, context: Context, memberships: Memberships, database: Database
) -> TaskView:
    """Show a task by its key, if the caller sees its project."""
    rows = await database.read(_BY_KEY, {"workspace_id": query.workspace_id, "key": query.key})
    seen = await projects_seen_by(context.caller, query.workspace_id, memberships)
    task = _view(rows[0]) if rows else None
    if task is None or (seen is not None and task.project_id not in seen):
        raise NotFound("there is no such task", field="key")
    return task


@handlers.handles(ListTasks)
async def list_tasks(
    query: ListTasks,
    database: Database,
    cursors: CursorCodec,
    memberships: Memberships,
    caller: Caller,
    clock: Clock,
    users: UserTexts,
) -> Page[TaskView]:
    """List a page of tasks: one statement, whatever the filter."""
    in_project, after = query.project_id is not None, query.cursor is not None
    parameters: dict[str, object] = {
        "workspace_id": query.workspace_id,
        "project_id": query.project_id,
        "limit": query.limit + 1,
    }
    described = f"tasks.list {query.workspace_id} {query.project_id} {query.sort} {query.filter}"
    if query.cursor is not None:
        parameters["after"], parameters["after_id"] = _place(cursors, described, query.cursor, query.sort)
    seen = await projects_seen_by(caller, query.workspace_id, memberships)
    if query.filter or seen is not None:
        condition = await _condition(query, database, caller, clock, users, memberships, seen)
        statement = _statement(query.sort, in_project=in_project, after=after, filtered=True)
        rows: Sequence[Sequence[Any]] = await database.fetch(statement.where(condition), parameters)
    else:
        rows = await database.read(_listing(query.sort, in_project=in_project, after=after), parameters)
    tasks = tuple(_view(row) for row in rows[: query.limit])
    if len(rows) <= query.limit:
        return Page(items=tasks)
    return Page(items=tasks, next=cursors.encode(described, _keys(tasks[-1], query.sort)))


@handlers.handles(CountTasks)
async def count_tasks(
    query: CountTasks,
    database: Database,
    memberships: Memberships,
    caller: Caller,
    clock: Clock,
    users: UserTexts,
) -> TaskCount:
    """Count the tasks."""
    seen = await projects_seen_by(caller, query.workspace_id, memberships)
    statement = select(func.count()).where(_tasks.workspace_id == bindparam("workspace_id"))
    if query.project_id is not None:
        statement = statement.where(_tasks.project_id == query.project_id)
    condition = await _condition(query, database, caller, clock, users, memberships, seen)
    rows = await database.fetch(statement.where(condition), {"workspace_id": query.workspace_id})
    return TaskCount(count=rows[0][0])


@cache
def _listing(sort: TaskOrder, *, in_project: bool, after: bool) -> Prepared:
    """Return a list without a filter, prepared."""
    return Prepared(_statement(sort, in_project=in_project, after=after, filtered=False))


@cache
def _statement(sort: TaskOrder, *, in_project: bool, after: bool, filtered: bool) -> Select[Any]:
    """Return the statement of a list, of which there are few; with a filter its condition is still to come."""
    column, descending = _SORTINGS[sort.value.removeprefix("-")].column, sort.value.startswith("-")
    order = (column, _tasks.id)
    statement = (
        (_MINE if filtered else _PRESENT)
        .order_by(*(key.desc() if descending else key for key in order))
        .limit(bindparam("limit"))
    )
    if in_project:
        statement = statement.where(_tasks.project_id == bindparam("project_id"))
    if after:
        place = tuple_(bindparam("after", type_=column.type), bindparam("after_id", type_=_tasks.id.type))
        statement = statement.where(tuple_(*order) < place if descending else tuple_(*order) > place)
    return statement


async def _condition(
    query: ListTasks | CountTasks,
    database: Database,
    caller: Caller,
    clock: Clock,
    users: UserTexts,
    memberships: Memberships,
    seen: frozenset[ProjectId] | None,
) -> ColumnElement[bool]:
    wanted = await _wanted(query, database, caller, clock, users, memberships)
    return wanted if seen is None else and_(wanted, _tasks.project_id.in_(seen))


async def _wanted(
    query: ListTasks | CountTasks,
    database: Database,
    caller: Caller,
    clock: Clock,
    users: UserTexts,
    memberships: Memberships,
) -> ColumnElement[bool]:
    if not query.filter:
        return _UNFILTERED
    addresses = [address.lower() for address in _ADDRESS.findall(query.filter)]
    people: dict[str, UserId] = {}
    if addresses and await knows_members(caller, query.workspace_id, memberships):
        rows = await database.fetch(_PEOPLE, {"workspace_id": query.workspace_id, **users.having(addresses)})
        people = {str(who.email): UserId(user_id) for user_id, who in (await users.open(rows)).items()}
    specification = TASK_FILTERS.parse(query.filter, Terms(caller.user_id, clock.now().date(), people))
    condition = to_sql(specification, Columns)
    return condition if "deleted_at" in fields_of(specification) else and_(_UNFILTERED, condition)


def _keys(task: TaskView, sort: TaskOrder) -> list[Key]:
    sorting = _SORTINGS[sort.value.removeprefix("-")]
    return [sorting.adapter.dump_python(sorting.key(task), mode="json"), str(task.id)]


def _place(cursors: CursorCodec, described: str, cursor: str, sort: TaskOrder) -> tuple[object, object]:
    value, task_id = cursors.decode(described, cursor, keys=2)
    return _SORTINGS[sort.value.removeprefix("-")].adapter.validate_python(value), _ID.validate_python(task_id)
