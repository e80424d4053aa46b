"""Behind the second wall, a statement that forgets its tenant sees nothing, and nobody inherits another's tenant."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from inspect import signature
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import Table, bindparam, delete, func, insert, literal_column, select, text, update
from sqlalchemy.exc import DBAPIError

from colonnade.application.collaboration import ListActivity
from colonnade.application.integrations import GetDelivery, ListDeliveries, ListWebhooks
from colonnade.application.messaging import Caller, Context
from colonnade.application.projects import ListProjects
from colonnade.application.tasks import CountTasks, GetTask, ListTasks
from colonnade.application.workspaces import GetWorkspace, ListMembers, ListWorkspaces
from colonnade.core import CursorCodec, NotFound
from colonnade.domain.projects import Project
from colonnade.domain.tasks import Task, TaskTitle
from colonnade.domain.workspaces import Role, Workspace, WorkspaceName
from colonnade.infrastructure.collaboration.activity import list_activity
from colonnade.infrastructure.database import Database, DatabaseSettings, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.tenancy import EVERY_TENANT, every_tenant
from colonnade.infrastructure.integrations.queries import get_delivery, list_deliveries, list_webhooks
from colonnade.infrastructure.notifications.due import SqlDueTasks
from colonnade.infrastructure.notifications.recipients import SqlRecipients
from colonnade.infrastructure.projects.queries import list_projects
from colonnade.infrastructure.projects.repository import SqlProjectRepository
from colonnade.infrastructure.tasks.queries import count_tasks, get_task, list_tasks
from colonnade.infrastructure.tasks.repository import TASKS, SqlTaskRepository
from colonnade.infrastructure.tenant_tables import TENANT_TABLES
from colonnade.infrastructure.work import CONSTRAINTS
from colonnade.infrastructure.workspaces.export_source import SqlExportSource
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.infrastructure.workspaces.queries import get_workspace, list_members, list_workspaces
from colonnade.infrastructure.workspaces.repository import SqlWorkspaceRepository

pytestmark = pytest.mark.integration

_tasks = metadata.tables["tasks"].c
_MINE = select(_tasks.title).where(_tasks.workspace_id == bindparam("workspace_id"))
_SETTING = text("SELECT current_setting('colonnade.tenant', true)")


class Side(NamedTuple):
    """One of two workspaces, with rows in every table."""

    workspace: Workspace
    project: Project
    task: Task
    rows: dict[str, dict[str, Any]]


class Walled:
    """Two workspaces in a database, and the database as a role that the wall holds for sees it."""

    def __init__(self, house: Any, served: Database) -> None:
        self.house = house
        self.served = served
        self.ours: Side
        self.theirs: Side

    async def fill(self) -> "Walled":
        """Put rows in every table, past the wall."""
        stranger = await self.house.person()
        other = await self.house.open_workspace(stranger, {self.house.owner: Role.GUEST})
        self.ours, self.theirs = await self._side(self.house.workspace), await self._side(other)
        return self

    async def _side(self, workspace: Workspace) -> Side:
        house, now = self.house, self.house.clock.now()
        project = house.make.project(workspace.id)
        task = house.make.task(project, by=house.owner, assignee_id=house.owner, due_on=date(2026, 1, 1))
        await house.store(project, task)
        of = {"workspace_id": workspace.id}
        webhook, delivery = uuid4(), uuid4()
        about = {"version": 1, "url": "https://example.com", "event_types": (), "description": "", "signature": "v1"}
        dated = {"created_at": now, "updated_at": now}
        sent = {"event_id": uuid4(), "event_type": "tasks.opened", "payload": "{}", "state": "pending", "attempts": 1}
        answer = {"request_headers": {}, "response_headers": {}, "response_body": "", "milliseconds": 1}
        done = {"generation": 1, "event_id": uuid4(), "type": "tasks.opened", "at": now, "facts": {}}
        rows = {
            "webhooks": {**of, "id": webhook, "secrets": (), "created_by": house.owner, **about, **dated},
            "webhook_deliveries": {**of, "id": delivery, "webhook_id": webhook, "created_at": now, **sent},
            "webhook_attempts": {"delivery_id": delivery, "number": 1, "at": now, **answer},
            "activity": {**of, "position": task.id.int % 1_000_000, "task_id": task.id, **done},
        }
        for name, row in rows.items():
            await house.database.write(insert(metadata.tables[name]).values(row))
        return Side(workspace, project, task, rows)

    def work(self, side: Side | None) -> SqlUnitOfWork:
        """Open a unit of work for a workspace, or for nobody."""
        tenant = None if side is None else side.workspace.id
        return SqlUnitOfWork(self.served, clock=self.house.clock, constraints=CONSTRAINTS, tenant=tenant)

    async def titles(self, side: Side) -> list[str]:
        """Return what a statement that names a workspace reads."""
        return [row.title for row in await self.served.fetch(_MINE, {"workspace_id": side.workspace.id})]

    async def nobody_sees_anything(self) -> None:
        """Make sure that no tenant is left on the connection, for statements and for transactions of any kind."""
        async with self.served.engine.begin() as connection:
            assert not (await connection.execute(_SETTING)).scalar_one()
        for table in TENANT_TABLES:
            assert not await self.served.fetch(select(metadata.tables[table]))
            seen = await self.served.transact(lambda connection, of=table: connection.execute(_count(of)).scalar_one())
            assert seen == 0
        assert not (await self.served.fetch(_SETTING))[0][0]


def _count(table: str) -> Any:
    return select(func.count()).select_from(metadata.tables[table])


@pytest.fixture
async def walled(postgres_house: Any) -> AsyncIterator[Walled]:
    """Two workspaces behind the wall; the role that serves has one connection, so that everybody gets the same."""
    database, role = postgres_house.database, f"served_{uuid4().hex}"
    await database.write(text(f"CREATE ROLE {role} LOGIN PASSWORD 'served' NOSUPERUSER NOBYPASSRLS"))
    await database.write(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"))
    url = database.engine.url.set(username=role, password="served").render_as_string(hide_password=False)
    served = Database(DatabaseSettings(url, pool_size=1))
    yield await Walled(postgres_house, served).fill()
    await served.dispose()
    await database.write(text(f"DROP OWNED BY {role}"))
    await database.write(text(f"DROP ROLE {role}"))


@pytest.mark.parametrize("table", sorted(TENANT_TABLES))
async def test_a_query_that_forgets_its_tenant_returns_nothing(walled: Walled, table: str) -> None:
    """In whichever way it is executed; the rows are there for who says that it wants them all."""
    statement = select(metadata.tables[table])
    there = len(await walled.house.database.fetch(statement))
    assert there >= 2
    assert not await walled.served.fetch(statement)
    assert not await walled.served.read(Prepared(statement), {})
    work = walled.work(None)
    assert not await work.fetch(statement, {})
    await work.rollback()
    assert not await walled.served.write(delete(metadata.tables[table]).returning(literal_column("1")))
    assert len(await walled.served.fetch(every_tenant(statement))) == there
    assert len(await walled.served.read(Prepared(every_tenant(statement)), {})) == there


async def test_without_the_first_wall_the_second_one_holds(walled: Walled) -> None:
    """Conditions on the workspace were taken out everywhere: only the rows of the workspace that is named are seen."""
    named = {"workspace_id": walled.ours.workspace.id}
    assert [row.id for row in await walled.served.fetch(select(_tasks.id), named)] == [walled.ours.task.id]
    wall_less = replace(TASKS, tenant=None)
    work = walled.work(walled.ours)
    repository = SqlRepository[Task, Any](work, wall_less)
    assert (await repository.get(walled.ours.task.id)).id == walled.ours.task.id
    with pytest.raises(NotFound):
        await repository.get(walled.theirs.task.id)
    await work.rollback()
    touched = update(metadata.tables["tasks"]).values(title="Ours by now").returning(_tasks.id)
    assert [row.id for row in await walled.served.write(touched, {"of_tenant": walled.ours.workspace.id})] == [
        walled.ours.task.id
    ]


@pytest.mark.parametrize(
    "table", ["projects", "tasks", "webhooks", "webhook_deliveries", "webhook_attempts", "activity"]
)
async def test_rows_of_another_tenant_cannot_be_written(walled: Walled, table: str) -> None:
    """Neither as a new row nor by giving a row away."""
    at: Table = metadata.tables[table]

    def move(connection: Any) -> None:
        theirs = walled.theirs.rows["webhook_deliveries"]["id"]
        to = {"delivery_id": theirs} if table == "webhook_attempts" else {"workspace_id": walled.theirs.workspace.id}
        connection.execute(update(at).values(to))

    with pytest.raises(DBAPIError, match="row-level security"):
        await walled.served.transact(move, tenant=walled.ours.workspace.id)
    if table in walled.theirs.rows:
        row = {**walled.theirs.rows[table], "number": 2, "position": 7, "id": uuid4()}
        new = insert(at).values({name: value for name, value in row.items() if name in at.c})
        with pytest.raises(DBAPIError, match="row-level security"):
            await walled.served.transact(lambda it: it.execute(new), tenant=walled.ours.workspace.id)
        with pytest.raises(DBAPIError, match="row-level security"):
            await walled.served.transact(lambda it: it.execute(new))


async def test_people_read_what_is_theirs(walled: Walled, cursors: CursorCodec) -> None:
    """Every context's queries give behind the wall what they give in front of it."""
    house, (workspace, project, task, rows) = walled.house, walled.ours
    here, caller, delivery = {"workspace_id": workspace.id}, Caller(house.owner), rows["webhook_deliveries"]["id"]
    asked: dict[Any, Any] = {
        GetWorkspace(**here): get_workspace,
        ListWorkspaces(): list_workspaces,
        ListMembers(**here): list_members,
        ListProjects(**here): list_projects,
        GetTask(task_id=task.id, **here): get_task,
        ListTasks(**here): list_tasks,
        ListTasks(filter="assignee:me", **here): list_tasks,
        CountTasks(project_id=project.id, **here): count_tasks,
        ListActivity(task_id=task.id, **here): list_activity,
        ListWebhooks(**here): list_webhooks,
        ListDeliveries(**here): list_deliveries,
        GetDelivery(delivery_id=delivery, **here): get_delivery,
    }

    async def read(database: Database) -> list[object]:
        memberships, context = CachedMemberships(database), Context(caller=caller)
        given = {"database": database, "caller": caller, "context": context, "memberships": memberships}
        texts, keys = house.sealing.texts, house.sealing.keys
        given |= {"cursors": cursors, "clock": house.clock, "users": texts, "keys": keys}
        source, due = SqlExportSource(database, texts), SqlDueTasks(database)
        return [
            *[await handle(query, **_wanted(handle, given)) for query, handle in asked.items()],
            *[await source.page(workspace.id, section) for section in (None, "members", "projects", "tasks")],
            await memberships.of(house.owner, workspace.id),
            await due.page(date(2026, 1, 1), date(2026, 1, 2), after=None, limit=9),
            await SqlRecipients(database, texts, keys).of([house.owner]),
        ]

    seen = await read(walled.served)
    assert seen == await read(house.database)
    assert all(seen)


async def test_people_change_what_is_theirs(walled: Walled) -> None:
    """A unit of work of a workspace reads and writes through its repositories as ever."""
    side, work = walled.ours, walled.work(walled.ours)
    projects, tasks = SqlProjectRepository(work, side.workspace.id), SqlTaskRepository(work, side.workspace.id)
    project, numbers = await projects.take_numbers(side.project.id)
    await tasks.add(walled.house.make.task(project, number=numbers[0], title="New", by=walled.house.owner))
    (await tasks.get(side.task.id)).retitle(TaskTitle("Renamed"), at=walled.house.clock.now())
    (await SqlWorkspaceRepository(work).get(side.workspace.id)).rename(WorkspaceName("Ours"))
    await work.commit()
    assert sorted(await walled.titles(side)) == ["New", "Renamed"]
    work = walled.work(side)
    with pytest.raises(NotFound):
        await SqlWorkspaceRepository(work).get(walled.theirs.workspace.id)
    await work.rollback()


async def test_a_statement_leaves_no_tenant_behind(walled: Walled) -> None:
    """Not when it ends well, not when it fails, not when nobody waits for it any more."""
    where = {"workspace_id": walled.ours.workspace.id}
    assert await walled.titles(walled.ours) == [str(walled.ours.task.title)]
    await walled.nobody_sees_anything()
    with pytest.raises(DBAPIError, match="division by zero"):
        await walled.served.fetch(_MINE.where(1 / (_tasks.number - _tasks.number) == 1), where)
    await walled.nobody_sees_anything()
    slow = asyncio.create_task(walled.served.fetch(_MINE.where(func.pg_sleep(30).is_not(None)), where))
    await _until_it_sleeps(walled.house.database)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    await walled.nobody_sees_anything()


async def test_a_transaction_leaves_no_tenant_behind(walled: Walled) -> None:
    """Not when it is committed, rolled back, fails, is given up, or never begins."""
    tenant, served = walled.ours.workspace.id, walled.served
    assert await served.transact(lambda it: it.execute(_count("tasks")).scalar_one(), tenant=tenant) == 1
    assert await served.transact(lambda it: it.execute(_count("tasks")).scalar_one(), tenant=EVERY_TENANT) == 2
    await walled.nobody_sees_anything()
    work = walled.work(walled.ours)
    assert len(await work.fetch(select(_tasks.id), {})) == 1
    await work.rollback()
    await walled.nobody_sees_anything()
    with pytest.raises(DBAPIError, match="division by zero"):
        await served.transact(lambda it: it.execute(text("SELECT 1 / 0")), tenant=tenant)
    await walled.nobody_sees_anything()
    slow = asyncio.create_task(served.transact(lambda it: it.execute(text("SELECT pg_sleep(30)")), tenant=tenant))
    await _until_it_sleeps(walled.house.database)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    await walled.nobody_sees_anything()
    await served.run(lambda: served.end(served.begin(tenant)))
    await walled.nobody_sees_anything()


def _wanted(handle: Any, given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in signature(handle).parameters if name in given}


async def _until_it_sleeps(database: Database) -> None:
    sleeping = text("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
    async with asyncio.timeout(10):
        while not await database.fetch(sleeping):  # noqa: ASYNC110 - the server has nothing to wait for
            await asyncio.sleep(0)
