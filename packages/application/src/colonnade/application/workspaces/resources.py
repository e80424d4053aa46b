"""What a message is about: the projects and tasks that its fields name, found by their types, once for each kind."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, NamedTuple, Protocol, get_args

from colonnade.application.messaging import Message
from colonnade.core import UserId
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import WorkspaceId

SUBJECT = "task_id"
"""The field that names the one task that a message does something to."""


class TaskFacts(NamedTuple):
    """What access to a task depends on."""

    project_id: ProjectId
    created_by: UserId
    assignee_id: UserId | None


class Resources(Protocol):
    """Knows what access to things depends on."""

    async def tasks(self, workspace_id: WorkspaceId, task_ids: Collection[TaskId]) -> Mapping[TaskId, TaskFacts]:
        """Return the facts of those of the tasks that are there, deleted ones included."""
        ...


class Named(NamedTuple):
    """The fields of a kind of message that name resources."""

    projects: tuple[str, ...]
    tasks: tuple[str, ...]

    def project_ids(self, message: Message[Any]) -> dict[ProjectId, str]:
        """Return the projects that a message names, with the fields."""
        return {value: name for name in self.projects for value in _values(getattr(message, name, None))}

    def task_ids(self, message: Message[Any]) -> dict[TaskId, str]:
        """Return the tasks that a message names, with the fields."""
        return {value: name for name in self.tasks for value in _values(getattr(message, name, None))}


@cache
def named_by(kind: type[Message[Any]]) -> Named:
    """Return which fields of a kind of message name resources: those that hold one or more `ProjectId` or `TaskId`."""
    fields = kind.model_fields.items()
    return Named(
        tuple(name for name, field in fields if _mentions(field.annotation, ProjectId)),
        tuple(name for name, field in fields if _mentions(field.annotation, TaskId)),
    )


def _mentions(annotation: Any, identifier: Any) -> bool:  # types of any form
    return annotation is identifier or any(_mentions(part, identifier) for part in get_args(annotation))


def _values(value: Any) -> tuple[Any, ...]:  # identifiers of one kind
    if isinstance(value, tuple | list | frozenset | set):
        return tuple(value)
    return () if value is None or not hasattr(value, "int") else (value,)
