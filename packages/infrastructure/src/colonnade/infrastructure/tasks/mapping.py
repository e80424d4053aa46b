"""Tasks to rows and back."""

from collections.abc import Sequence
from typing import Any

from colonnade.core import UserId
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import LabelName, Task, TaskDescription, TaskId, TaskTitle
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database.aggregates import Values


def task_to_domain(row: Any, parts: Sequence[Any]) -> Task:  # a row of the tasks table
    """Rebuild a task."""
    return Task(
        id=TaskId(row.id),
        version=row.version,
        workspace_id=WorkspaceId(row.workspace_id),
        project_id=ProjectId(row.project_id),
        number=row.number,
        key=row.key,
        title=TaskTitle(row.title),
        description=TaskDescription(row.description),
        status=row.status,
        assignee_id=None if row.assignee_id is None else UserId(row.assignee_id),
        labels=tuple(LabelName(label) for label in row.labels),
        priority=row.priority,
        due_on=row.due_on,
        rank=row.rank,
        created_by=UserId(row.created_by),
        created_at=row.created_at,
        updated_at=row.updated_at,
        completed_at=row.completed_at,
        deleted_at=row.deleted_at,
        origin=row.origin,
    )


def task_to_row(task: Task) -> Values:
    """Return the row of a task."""
    return {
        "id": task.id,
        "version": task.version,
        "workspace_id": task.workspace_id,
        "project_id": task.project_id,
        "key": task.key,
        "number": task.number,
        "title": str(task.title),
        "description": str(task.description),
        "search_text": task.search_text,
        "status": task.status,
        "assignee_id": task.assignee_id,
        "labels": tuple(str(label) for label in task.labels),
        "priority": task.priority,
        "due_on": task.due_on,
        "rank": task.rank,
        "created_by": task.created_by,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
        "completed_at": task.completed_at,
        "deleted_at": task.deleted_at,
        "origin": task.origin,
        "source": None if task.origin is None else str(task.origin.source),
    }
