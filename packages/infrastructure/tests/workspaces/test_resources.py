"""What access to tasks depends on, in the database and in the fake."""

from typing import Any

import pytest

from colonnade.application.workspaces import TaskFacts
from colonnade.core import UserId, new_id
from colonnade.domain.tasks import TaskId
from colonnade.infrastructure.workspaces.resources import SqlResources
from colonnade.testing.fakes import MemoryStore, MemoryUnitOfWork
from colonnade.testing.fakes.work import MemoryResources, MemoryTaskRepository


@pytest.fixture(params=["database", "memory"])
async def resources(request: pytest.FixtureRequest, house: Any) -> Any:
    """The resources, and a function that stores tasks, in the database or in memory."""
    if request.param == "database":
        return SqlResources(house.database), house.store
    store = MemoryStore()

    async def keep(*tasks: Any) -> None:
        work = MemoryUnitOfWork(store, clock=house.clock)
        repository = MemoryTaskRepository(work, house.workspace.id)
        for task in tasks:
            await repository.add(task)
        await work.commit()

    return MemoryResources(store), keep


async def test_the_facts_of_tasks_are_known(house: Any, resources: Any) -> None:
    """With an assignee or without, deleted or not; tasks that are not there are left out."""
    facts, keep = resources
    project, author = await house.open_project(), await house.person()
    free = house.make.task(project, by=author)
    taken = house.make.task(project, by=author, assignee_id=house.owner)
    taken.delete(at=house.clock.now())
    await keep(free, taken)
    asked = [free.id, taken.id, house.make.id(TaskId)]
    assert await facts.tasks(house.workspace.id, asked) == {
        free.id: TaskFacts(project.id, author, None),
        taken.id: TaskFacts(project.id, author, house.owner),
    }
    assert await facts.tasks(house.workspace.id, []) == {}


async def test_tasks_of_another_workspace_are_not_there(house: Any, resources: Any) -> None:
    """A workspace has the facts of its own tasks alone."""
    facts, keep = resources
    task = house.make.task(await house.open_project(), by=house.owner)
    await keep(task)
    elsewhere = await house.open_workspace(house.owner)
    assert await facts.tasks(elsewhere.id, [task.id]) == {}
    assert await facts.tasks(house.workspace.id, [task.id, TaskId(new_id(UserId))]) != {}
