"""Ranks of neighbours and known sources, in the database and in the fake."""

from typing import Any

import pytest

from colonnade.domain.tasks import Origin, rank_between
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.tasks.repository import SqlTaskRepository
from colonnade.testing.fakes import MemoryStore, MemoryUnitOfWork
from colonnade.testing.fakes.work import MemoryTaskRepository


@pytest.fixture(params=["database", "memory"])
async def opener(request: pytest.FixtureRequest, house: Any) -> Any:
    """A function that opens a unit of work with tasks, in the database or in memory."""
    store = MemoryStore()

    def open_tasks(tenant: WorkspaceId | None = None) -> Any:
        tenant = tenant or house.workspace.id
        if request.param == "memory":
            memory = MemoryUnitOfWork(store, clock=house.clock)
            return memory, MemoryTaskRepository(memory, tenant)
        work = house.unit_of_work()
        return work, SqlTaskRepository(work, tenant)

    return open_tasks


async def test_neighbours_are_next_in_the_order(house: Any, opener: Any) -> None:
    """The next and the previous rank are those of the project's own tasks, deleted ones left out, byte by byte."""
    project, other = await house.open_project(), await house.open_project()
    tasks = [house.make.task(project, number=number, by=house.owner) for number in range(1, 6)]
    tasks[4].rank = rank_between(tasks[0].rank, tasks[1].rank)
    tasks[2].delete(at=house.clock.now())
    foreign = house.make.task(other, number=1, by=house.owner)
    work, repository = opener()
    for task in (*tasks, foreign):
        await repository.add(task)
    await work.commit()
    first, second, deleted, last, between = tasks
    assert await repository.neighbour_rank(first, after=True) == between.rank
    assert await repository.neighbour_rank(between, after=True) == second.rank
    assert await repository.neighbour_rank(second, after=True) == last.rank
    assert await repository.neighbour_rank(last, after=False) == second.rank
    assert await repository.neighbour_rank(deleted, after=False) == second.rank
    assert await repository.neighbour_rank(last, after=True) is None
    assert await repository.neighbour_rank(first, after=False) is None
    await work.rollback()


async def test_sources_are_known_in_their_workspace(house: Any, opener: Any) -> None:
    """What was imported is known by its source, deleted or not, and only to its own workspace."""
    task = house.make.task(await house.open_project(), by=house.owner, origin=Origin(source="github:octo/hello#1"))
    task.delete(at=house.clock.now())
    work, repository = opener()
    await repository.add(task)
    await work.commit()
    sources = frozenset({"github:octo/hello#1", "github:octo/hello#2"})
    assert await repository.known_sources(sources) == {"github:octo/hello#1": (task.project_id, task.key)}
    assert await repository.known_sources(frozenset()) == {}
    await work.rollback()
    work, repository = opener(house.make.id(WorkspaceId))
    assert await repository.known_sources(sources) == {}
    await work.rollback()
