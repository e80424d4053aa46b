"""Task numbers have neither gaps nor duplicates."""

import asyncio
from typing import Any

import pytest

from colonnade.core import NotFound
from colonnade.domain.workspaces import WorkspaceId
from colonnade.testing.fakes import MemoryStore, MemoryUnitOfWork
from colonnade.testing.fakes.work import MemoryProjectRepository


async def take(projects: Any, work: Any, project: Any, *, keep: bool, count: int = 1) -> list[int]:
    """Take numbers in a unit of work that is then committed or undone, and return those that were kept."""
    _, numbers = await projects.take_numbers(project.id, count)
    await asyncio.sleep(0)
    await (work.commit() if keep else work.rollback())
    return list(numbers) if keep else []


async def crowd(open_projects: Any, project: Any) -> list[int]:
    """Let twenty units of work take numbers at once, every third one changing its mind."""

    async def one(turn: int) -> list[int]:
        work, projects = open_projects()
        return await take(projects, work, project, keep=turn % 3 != 0, count=1 + turn % 2)

    taken = await asyncio.gather(*(one(turn) for turn in range(20)))
    return sorted(number for numbers in taken for number in numbers)


async def test_numbers_are_gapless_under_concurrency(house: Any) -> None:
    """Twenty at once, some undone: what is kept is one run from 1, and the next number follows it."""
    project = await house.open_project()

    def open_projects() -> Any:
        work = house.unit_of_work()
        return work, house.projects(work)

    numbers = await crowd(open_projects, project)
    assert numbers == list(range(1, len(numbers) + 1))
    work, projects = open_projects()
    assert await take(projects, work, project, keep=True) == [len(numbers) + 1]


async def test_the_fake_is_gapless_as_well(house: Any) -> None:
    """In memory the same holds, so that use cases can be tested on it."""
    store = MemoryStore()
    project = house.make.project(house.workspace.id)
    work = MemoryUnitOfWork(store, clock=house.clock)
    await MemoryProjectRepository(work, house.workspace.id).add(project)
    await work.commit()

    def open_projects() -> Any:
        work = MemoryUnitOfWork(store, clock=house.clock)
        return work, MemoryProjectRepository(work, house.workspace.id)

    numbers = await crowd(open_projects, project)
    assert numbers == list(range(1, len(numbers) + 1))


async def test_the_project_comes_with_its_numbers(house: Any) -> None:
    """The project that is given is the unit of work's own, ready to be changed."""
    project = await house.open_project()
    work = house.unit_of_work()
    projects = house.projects(work)
    given, numbers = await projects.take_numbers(project.id, 3)
    assert numbers == range(1, 4)
    assert await projects.get(project.id) is given
    given.archive(at=house.clock.now())
    await work.commit()
    assert len(await house.log.stream(project.stream)) == 2


async def test_another_tenants_project_gives_no_numbers(house: Any) -> None:
    """Neither a stranger's project nor one that is not there can be counted on."""
    project = await house.open_project()
    work = house.unit_of_work()
    with pytest.raises(NotFound):
        await house.projects(work, house.make.id(WorkspaceId)).take_numbers(project.id)
    await work.rollback()
    work = house.unit_of_work()
    assert (await house.projects(work).take_numbers(project.id))[1] == range(1, 2)
    await work.rollback()
