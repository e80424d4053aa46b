"""What other services hear of tasks.

What people write at length stays here: who may read it asks for it. The hand-made order of tasks is nobody else's
business.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from colonnade.application.publishing import Publications, PublishedEvent
from colonnade.core import RecordedEvent
from colonnade.domain import tasks

publications = Publications()


class _OfTask(PublishedEvent, abstract=True):
    """Something that happened to a task."""

    workspace_id: UUID
    task_id: UUID


class TaskCreatedV1(_OfTask, type="tasks.task_created", version=1):
    """A task was opened."""

    project_id: UUID
    key: str
    title: str
    status: str
    assignee_id: UUID | None
    labels: tuple[str, ...]
    priority: Literal["none", "low", "medium", "high", "urgent"]
    due_on: date | None
    created_by: UUID


class TaskRetitledV1(_OfTask, type="tasks.task_retitled", version=1):
    """A task has another title."""

    title: str


class TaskDescribedV1(_OfTask, type="tasks.task_described", version=1):
    """A task has another description."""


class TaskAssignedV1(_OfTask, type="tasks.task_assigned", version=1):
    """A task was given to somebody, or taken back."""

    assignee_id: UUID | None


class TaskLabelledV1(_OfTask, type="tasks.task_labelled", version=1):
    """A task has other labels: these."""

    labels: tuple[str, ...]


class TaskPrioritisedV1(_OfTask, type="tasks.task_prioritised", version=1):
    """A task matters more or less."""

    priority: Literal["none", "low", "medium", "high", "urgent"]


class TaskScheduledV1(_OfTask, type="tasks.task_scheduled", version=1):
    """A task has another due date, or none."""

    due_on: date | None


class TaskMovedV1(_OfTask, type="tasks.task_moved", version=1):
    """A task went from one status of its project's workflow to another."""

    source: str
    target: str


class TaskCompletedV1(_OfTask, type="tasks.task_completed", version=1):
    """A task reached a status that means done."""


class TaskReopenedV1(_OfTask, type="tasks.task_reopened", version=1):
    """A task left the statuses that mean done."""


class TaskDeletedV1(_OfTask, type="tasks.task_deleted", version=1):
    """A task was put into the bin."""


class TaskRestoredV1(_OfTask, type="tasks.task_restored", version=1):
    """A task was taken out of the bin."""


@publications.publishes(tasks.TaskCreated)
def task_created(event: tasks.TaskCreated, recorded: RecordedEvent) -> TaskCreatedV1:
    """Leave out the description, the rank and where it was imported from."""
    return TaskCreatedV1(
        workspace_id=event.workspace_id,
        task_id=event.task_id,
        project_id=event.project_id,
        key=event.key,
        title=event.title,
        status=event.status,
        assignee_id=event.assignee_id,
        labels=event.labels,
        priority=event.priority.value,
        due_on=event.due_on,
        created_by=event.created_by,
    )


@publications.publishes(tasks.TaskRetitled)
def task_retitled(event: tasks.TaskRetitled, recorded: RecordedEvent) -> TaskRetitledV1:
    """Say the new title."""
    return TaskRetitledV1(workspace_id=event.workspace_id, task_id=event.task_id, title=event.title)


@publications.publishes(tasks.TaskDescribed)
def task_described(event: tasks.TaskDescribed, recorded: RecordedEvent) -> TaskDescribedV1:
    """Say that there is another description, not which."""
    return TaskDescribedV1(workspace_id=event.workspace_id, task_id=event.task_id)


@publications.publishes(tasks.TaskAssigned)
def task_assigned(event: tasks.TaskAssigned, recorded: RecordedEvent) -> TaskAssignedV1:
    """Say who has it now."""
    return TaskAssignedV1(workspace_id=event.workspace_id, task_id=event.task_id, assignee_id=event.assignee_id)


@publications.publishes(tasks.TaskLabelled)
def task_labelled(event: tasks.TaskLabelled, recorded: RecordedEvent) -> TaskLabelledV1:
    """Say all labels."""
    return TaskLabelledV1(workspace_id=event.workspace_id, task_id=event.task_id, labels=event.labels)


@publications.publishes(tasks.TaskPrioritised)
def task_prioritised(event: tasks.TaskPrioritised, recorded: RecordedEvent) -> TaskPrioritisedV1:
    """Say the new priority."""
    return TaskPrioritisedV1(workspace_id=event.workspace_id, task_id=event.task_id, priority=event.priority.value)


@publications.publishes(tasks.TaskScheduled)
def task_scheduled(event: tasks.TaskScheduled, recorded: RecordedEvent) -> TaskScheduledV1:
    """Say the new date."""
    return TaskScheduledV1(workspace_id=event.workspace_id, task_id=event.task_id, due_on=event.due_on)


@publications.publishes(tasks.TaskMoved)
def task_moved(event: tasks.TaskMoved, recorded: RecordedEvent) -> TaskMovedV1:
    """Say from where to where."""
    return TaskMovedV1(workspace_id=event.workspace_id, task_id=event.task_id, source=event.source, target=event.target)


@publications.publishes(tasks.TaskCompleted)
def task_completed(event: tasks.TaskCompleted, recorded: RecordedEvent) -> TaskCompletedV1:
    """Say which."""
    return TaskCompletedV1(workspace_id=event.workspace_id, task_id=event.task_id)


@publications.publishes(tasks.TaskReopened)
def task_reopened(event: tasks.TaskReopened, recorded: RecordedEvent) -> TaskReopenedV1:
    """Say which."""
    return TaskReopenedV1(workspace_id=event.workspace_id, task_id=event.task_id)


@publications.publishes(tasks.TaskDeleted)
def task_deleted(event: tasks.TaskDeleted, recorded: RecordedEvent) -> TaskDeletedV1:
    """Say which."""
    return TaskDeletedV1(workspace_id=event.workspace_id, task_id=event.task_id)


@publications.publishes(tasks.TaskRestored)
def task_restored(event: tasks.TaskRestored, recorded: RecordedEvent) -> TaskRestoredV1:
    """Say which."""
    return TaskRestoredV1(workspace_id=event.workspace_id, task_id=event.task_id)
