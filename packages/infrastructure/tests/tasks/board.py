"""A workspace full of tasks, and questions about them."""

from datetime import date, timedelta
from typing import Any

from colonnade.application.filtering import Terms
from colonnade.application.messaging import Caller
from colonnade.application.tasks import CountTasks, GetTaskByKey, ListTasks, TaskCount, TaskView
from colonnade.application.tasks.filters import TASK_FILTERS
from colonnade.core import CursorCodec, predicate
from colonnade.domain.projects import DEFAULT_WORKFLOW
from colonnade.domain.tasks import Task
from colonnade.infrastructure.tasks.queries import count_tasks, get_task_by_key, list_tasks
from colonnade.infrastructure.workspaces.memberships import CachedMemberships

TITLES = ("Ship the relaunch", "100 % naïve", "Straße_1", "50%_off \\o/", "日本語", "ship IT", 'say "hi"')


class Board:
    """A workspace full of tasks, and its queries as a member sends them."""

    def __init__(self, house: Any, cursors: CursorCodec) -> None:
        self.house = house
        self.cursors = cursors
        self.caller = Caller(house.owner)
        self.memberships = CachedMemberships(house.database)
        self.tasks: list[Task] = []

    async def fill(self, count: int = 60) -> None:
        """Store tasks with ties in everything that they can be sorted by."""
        make, clock, house = self.house.make, self.house.clock, self.house
        self.project, self.other = await house.open_project(key="WEB"), await house.open_project(key="OPS")
        work = house.unit_of_work()
        repository, start = house.tasks(work), clock.now()
        for number in range(1, count + 1):
            at = start - timedelta(days=number // 7)
            task = make.task(
                self.project if number % 5 else self.other,
                number=number,
                title=TITLES[number % len(TITLES)],
                by=house.owner,
                at=at,
                assignee_id=house.owner if number % 3 else None,
                due_on=None if number % 4 == 0 else date(2026, 1, 1) + timedelta(days=number % 11),
            )
            if number % 6 == 0:
                task.move("in_progress", DEFAULT_WORKFLOW, at=at)
            if number % 8 == 0:
                task.complete(DEFAULT_WORKFLOW, at=at + timedelta(days=1))
            if number % 10 == 0:
                task.delete(at=at)
            await repository.add(task)
            self.tasks.append(task)
        await work.commit()

    async def ask(self, handle: Any, kind: Any, by: Caller | None, **fields: Any) -> Any:
        """Send a query about the workspace, unless another one is said."""
        query = kind(**{"workspace_id": self.house.workspace.id, **fields})
        given = {"cursors": self.cursors, "memberships": self.memberships}
        return await self.house.ask(handle, query, by or self.caller, **given)

    async def page(self, *, by: Caller | None = None, **fields: Any) -> Any:
        """Send a list query."""
        return await self.ask(list_tasks, ListTasks, by, **fields)

    async def walk(self, limit: int, **fields: Any) -> list[TaskView]:
        """Follow the cursors to the end."""
        page = await self.page(limit=limit, **fields)
        walked = list(page.items)
        while page.next is not None:
            page = await self.page(limit=limit, cursor=page.next, **fields)
            assert page.items
            walked.extend(page.items)
        return walked

    async def count(self, *, by: Caller | None = None, **fields: Any) -> int:
        """Send a count query."""
        answer: TaskCount = await self.ask(count_tasks, CountTasks, by, **fields)
        return answer.count

    async def by_key(self, key: str, *, by: Caller | None = None, **fields: Any) -> TaskView:
        """Ask for a task by its key."""
        view: TaskView = await self.ask(get_task_by_key, GetTaskByKey, by, key=key, **fields)
        return view

    def expected(self, text: str) -> set[Any]:
        """Return the ids that the Python interpreter finds."""
        satisfies = predicate(TASK_FILTERS.parse(text, Terms(self.house.owner, self.house.clock.now().date())))
        with_deleted = "is:deleted" in text
        return {task.id for task in self.tasks if (with_deleted or task.deleted_at is None) and satisfies(task)}
