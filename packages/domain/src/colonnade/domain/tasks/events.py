"""What happens to tasks."""

from datetime import date
from uuid import UUID

from colonnade.core import DomainEvent, UserId
from colonnade.domain.tasks.values import Origin, Priority


class TaskCreated(DomainEvent, type="tasks.task_created", version=1):
    """A task was opened."""

    workspace_id: UUID
    project_id: UUID
    task_id: UUID
    key: str
    title: str
    description: str
    status: str
    assignee_id: UserId | None
    labels: tuple[str, ...]
    priority: Priority
    due_on: date | None
    rank: str
    created_by: UserId
    origin: Origin | None


class TaskRetitled(DomainEvent, type="tasks.task_retitled", version=1):
    """A task has another title."""

    workspace_id: UUID
    task_id: UUID
    title: str


class TaskDescribed(DomainEvent, type="tasks.task_described", version=1):
    """A task has another description."""

    workspace_id: UUID
    task_id: UUID
    description: str


class TaskAssigned(DomainEvent, type="tasks.task_assigned", version=1):
    """A task was given to somebody, or taken back."""

    workspace_id: UUID
    task_id: UUID
    assignee_id: UserId | None


class TaskLabelled(DomainEvent, type="tasks.task_labelled", version=1):
    """A task has other labels."""

    workspace_id: UUID
    task_id: UUID
    labels: tuple[str, ...]


class TaskPrioritised(DomainEvent, type="tasks.task_prioritised", version=1):
    """A task matters more or less."""

    workspace_id: UUID
    task_id: UUID
    priority: Priority


class TaskScheduled(DomainEvent, type="tasks.task_scheduled", version=1):
    """A task has another due date, or none."""

    workspace_id: UUID
    task_id: UUID
    due_on: date | None


class TaskMoved(DomainEvent, type="tasks.task_moved", version=1):
    """A task went from one status to another."""

    workspace_id: UUID
    task_id: UUID
    source: str
    target: str


class TaskCompleted(DomainEvent, type="tasks.task_completed", version=1):
    """A task reached a status that means done."""

    workspace_id: UUID
    task_id: UUID


class TaskReopened(DomainEvent, type="tasks.task_reopened", version=1):
    """A task left the statuses that mean done."""

    workspace_id: UUID
    task_id: UUID


class TaskRanked(DomainEvent, type="tasks.task_ranked", version=1):
    """A task has another place in the order that people put by hand."""

    workspace_id: UUID
    task_id: UUID
    rank: str


class TaskDeleted(DomainEvent, type="tasks.task_deleted", version=1):
    """A task was put into the bin."""

    workspace_id: UUID
    task_id: UUID


class TaskRestored(DomainEvent, type="tasks.task_restored", version=1):
    """A task was taken out of the bin."""

    workspace_id: UUID
    task_id: UUID


EVENTS = (
    TaskCreated,
    TaskRetitled,
    TaskDescribed,
    TaskAssigned,
    TaskLabelled,
    TaskPrioritised,
    TaskScheduled,
    TaskMoved,
    TaskCompleted,
    TaskReopened,
    TaskRanked,
    TaskDeleted,
    TaskRestored,
)
