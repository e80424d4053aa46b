"""What the task use cases answer with."""

from datetime import date, datetime
from typing import Self

from colonnade.application.views import View
from colonnade.core import UserId
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import Origin, Priority, Task, TaskId
from colonnade.domain.workspaces import WorkspaceId


class TaskView(View):
    """A task."""

    id: TaskId
    workspace_id: WorkspaceId
    project_id: ProjectId
    key: str
    number: int
    title: str
    description: str
    status: str
    assignee_id: UserId | None
    labels: tuple[str, ...]
    priority: Priority
    due_on: date | None
    rank: str
    created_by: UserId
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    deleted_at: datetime | None
    origin: Origin | None
    version: int

    @classmethod
    def of(cls, task: Task) -> Self:
        """Return the view of a task."""
        return cls(**{name: getattr(task, name) for name in cls.model_fields})


class TaskCount(View):
    """How many tasks there are."""

    count: int


class DescriptionView(View):
    """A description, which is Markdown (CommonMark, with tables and strike-through), as HTML.

    Attributes:
        version: The task's, of which it is.
        html: Nothing in it runs, loads or submits, whatever was written; what was written stays as it is.
    """

    version: int
    html: str
