"""Where tasks are kept."""

from typing import Protocol

from colonnade.core import Repository
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks.task import Task
from colonnade.domain.tasks.values import TaskId


class TaskRepository(Repository[Task, TaskId], Protocol):
    """The tasks of a workspace, deleted ones included."""

    async def neighbour_rank(self, task: Task, /, *, after: bool) -> str | None:
        """Return the rank next to a task's own in its project, leaving out deleted tasks.

        Args:
            task: The task whose neighbour is asked for.
            after: Whether the next one is wanted, rather than the one before.
        """
        ...

    async def known_sources(self, sources: frozenset[str], /) -> dict[str, tuple[ProjectId, str]]:
        """Return the projects and keys of the tasks that were imported from these sources, by source."""
        ...
