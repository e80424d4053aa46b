"""What the unit of work promises beyond the suite: constraints, columns, conflicts, listeners."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, text, update

from colonnade.core import AlreadyExists, ColonnadeError, Conflict, Invalid, UserId, VersionConflict, new_id
from colonnade.domain.identity import EmailTaken
from colonnade.domain.projects import KeyTaken
from colonnade.domain.tasks import Origin, TaskTitle
from colonnade.domain.workspaces import MemberAdded, Role, SlugTaken, WorkspaceCreated, WorkspaceName
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.tasks.rows import TaskRow
from colonnade.testing.fakes import RecordingListener


async def test_violated_constraints_become_domain_errors(house: Any) -> None:
    """What only the database can know for sure is told in the words of the domain, with the field at fault."""
    make, project = house.make, await house.open_project(key="WEB")
    origin = Origin(source="github:octo/hello#1")
    task = make.task(project, number=1, by=house.owner, origin=origin)
    await house.store(task, make.user(email="ada@example.com"))
    unnumbered = make.task(project, number=5, by=house.owner)
    unnumbered.number = 0
    cases: list[tuple[Any, type[ColonnadeError], str | None]] = [
        (make.user(email="ada@example.com"), EmailTaken, "email"),
        (make.workspace(house.owner, slug=house.workspace.slug), SlugTaken, "slug"),
        (make.project(house.workspace.id, key="WEB"), KeyTaken, "key"),
        (make.task(project, number=2, by=house.owner, origin=origin), AlreadyExists, "source"),
        (make.task(project, number=1, by=house.owner), AlreadyExists, None),
        (unnumbered, Invalid, None),
        (make.task(project, number=3, by=new_id(UserId)), Conflict, None),
        (make.session(new_id(UserId)), Conflict, None),
    ]
    before = await house.events()
    for aggregate, kind, field in cases:
        with pytest.raises(kind) as refused:
            await house.store(aggregate)
        assert refused.value.facts.get("field") == field
    assert await house.events() == before


async def test_only_changed_columns_are_written(house: Any) -> None:
    """An update names the columns that changed and the version, and no others."""
    task = house.make.task(await house.open_project(), by=house.owner)
    await house.store(task)
    seen: list[str] = []
    event.listen(
        house.database.writer,
        "before_cursor_execute",
        lambda connection, cursor, statement, *rest: seen.append(statement),
    )
    work = house.unit_of_work()
    again = await house.tasks(work).get(task.id)
    again.assign(house.owner, at=house.clock.now())
    await work.commit()
    (statement,) = [statement for statement in seen if statement.startswith("UPDATE tasks")]
    written = statement.split(" SET ")[1].split(" WHERE ")[0]
    assert {part.split("=")[0].strip() for part in written.split(", ")} == {"assignee_id", "version"}


async def test_a_row_that_moved_on_is_a_conflict(house: Any) -> None:
    """The update finds no row with the version that was read, so nothing is written over."""
    task = house.make.task(await house.open_project(), by=house.owner)
    await house.store(task)
    rows, work = table_of(TaskRow), house.unit_of_work()
    stale = await house.tasks(work).get(task.id)
    await work.fetch_and_lock(update(rows).values(version=rows.c.version + 1).returning(rows.c.id), {})
    stale.retitle(TaskTitle("Too late"), at=house.clock.now())
    with pytest.raises(VersionConflict):
        await work.commit()
    await work.rollback()
    assert (await house.log.stream(task.stream))[-1].stream_version == task.version


async def test_members_are_written_one_by_one(house: Any) -> None:
    """Parts of an aggregate that came, changed or went are each written as what they are."""
    guest, other, late = [await house.person() for _ in range(3)]
    workspace = await house.open_workspace(house.owner, {guest: Role.GUEST, other: Role.GUEST})
    work = house.unit_of_work()
    again = await house.workspaces(work).get(workspace.id)
    again.remove_member(guest, by=house.owner)
    again.change_role(other, Role.OWNER, by=house.owner)
    again.add_member(late, Role.MEMBER, by=house.owner)
    await work.commit()
    work = house.unit_of_work()
    members = (await house.workspaces(work).get(workspace.id)).members
    await work.rollback()
    assert members == {house.owner: Role.OWNER, other: Role.OWNER, late: Role.MEMBER}


async def test_events_carry_who_and_why(house: Any) -> None:
    """The metadata of the unit of work is kept with every event."""
    workspace, about = house.make.workspace(house.owner), {"caller": "ada", "correlation": "größer"}
    work = house.unit_of_work(metadata=about)
    await house.workspaces(work).add(workspace)
    await work.commit()
    (stored,) = await house.log.stream(workspace.stream)
    assert stored.metadata == about
    assert stored.recorded_at == house.clock.now()


async def test_listeners_hear_of_commits_alone(house: Any) -> None:
    """A listener hears each commit's events once, in order, and nothing of what was refused or rolled back."""
    listener, guest = RecordingListener(), await house.person()
    work = house.unit_of_work(listeners=[listener])
    workspaces = house.workspaces(work)
    await workspaces.add(house.make.workspace(house.owner))
    await work.rollback()
    await workspaces.add(house.make.workspace(house.owner, slug=house.workspace.slug))
    with pytest.raises(SlugTaken):
        await work.commit()
    await work.rollback()
    assert listener.commits == []
    await workspaces.add(house.make.workspace(house.owner, members={guest: Role.GUEST}))
    await work.commit()
    await work.commit()
    assert [[type(event) for event in events] for events in listener.commits] == [[WorkspaceCreated, MemberAdded]]


async def test_a_commit_that_nobody_waits_for_is_heard_of_all_the_same(house: Any) -> None:
    """When a deadline passes during the commit, what became permanent must still reach the caches."""
    listener = RecordingListener()
    work = house.unit_of_work(listeners=[listener])
    workspace = await house.workspaces(work).get(house.workspace.id)
    workspace.rename(WorkspaceName("Renamed"))
    task = asyncio.create_task(work.commit())
    event.listen(house.database.writer, "commit", lambda connection: task.cancel(), once=True)
    with pytest.raises(asyncio.CancelledError):
        await task
    await work.rollback()
    rows = await house.database.fetch(
        text("SELECT name FROM workspaces WHERE slug = :slug"), {"slug": house.workspace.slug}
    )
    assert bool(listener.commits) is (rows[0].name == "Renamed")


async def test_aggregates_can_be_added_in_any_order_of_repositories(house: Any) -> None:
    """A task and the project that it refers to are stored together, whichever repository was asked for first."""
    project = house.make.project(house.workspace.id)
    work = house.unit_of_work()
    tasks, projects = house.tasks(work), house.projects(work)
    await tasks.add(house.make.task(project, by=house.owner))
    await projects.add(project)
    await work.commit()
    assert await house.log.stream(project.stream)


async def test_a_failed_commit_keeps_its_events(house: Any) -> None:
    """What an aggregate recorded is forgotten when it is permanent, not when it could not be written."""
    double = house.make.workspace(house.owner, slug=house.workspace.slug)
    recorded = double.recorded_events
    with pytest.raises(SlugTaken):
        await house.store(double)
    assert double.recorded_events == recorded


@pytest.mark.integration
async def test_a_younger_transaction_that_was_read_is_a_conflict(postgres_house: Any) -> None:
    """Who wrote something before reading what a younger transaction committed would be put before it in the log."""
    house = postgres_house
    project, other = await house.open_project(), await house.open_project()
    task = house.make.task(other, by=house.owner)
    await house.store(task)
    older = house.unit_of_work()
    await house.projects(older).take_numbers(project.id)
    younger = house.unit_of_work()
    (await house.tasks(younger).get(task.id)).retitle(TaskTitle("Younger"), at=house.clock.now())
    await younger.commit()
    (await house.tasks(older).get(task.id)).retitle(TaskTitle("Older"), at=house.clock.now())
    with pytest.raises(VersionConflict):
        await older.commit()
    await older.rollback()
    again = house.unit_of_work()
    await house.projects(again).take_numbers(project.id)
    (await house.tasks(again).get(task.id)).retitle(TaskTitle("Older, again"), at=house.clock.now())
    await again.commit()
    titles = [event.event.title for event in await house.events() if event.stream == task.stream]
    assert titles[1:] == ["Younger", "Older, again"]
