"""Change what a task says, who has it, and where it stands in the order."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from colonnade.application.messaging import UNSET, Handlers, Unset, VersionedCommand
from colonnade.application.tasks.views import TaskView
from colonnade.application.workspaces.memberships import Memberships, require_member
from colonnade.core import Clock, Invalid, UserId
from colonnade.domain.tasks import (
    LabelName,
    Priority,
    Task,
    TaskDescription,
    TaskId,
    TaskRepository,
    TaskTitle,
    rank_between,
)
from colonnade.domain.workspaces import Permission, WorkspaceId

handlers = Handlers()

Labels = Annotated[tuple[LabelName, ...], Field(max_length=50)]


class EditTask(VersionedCommand[TaskView], name="tasks.edit", requires=Permission.TASK_EDIT):
    """Change parts of a task; what is left out stays as it is, null clears (RFC 7396)."""

    workspace_id: WorkspaceId
    task_id: TaskId
    title: TaskTitle | Unset = UNSET
    description: TaskDescription | Unset = UNSET
    assignee_id: UserId | Unset | None = UNSET
    labels: Labels | Unset = UNSET
    priority: Priority | Unset = UNSET
    due_on: date | Unset | None = UNSET


class AssignTask(VersionedCommand[TaskView], name="tasks.assign", requires=Permission.TASK_EDIT):
    """Give a task to a member, or with null to nobody."""

    workspace_id: WorkspaceId
    task_id: TaskId
    assignee_id: UserId | None


class LabelTask(VersionedCommand[TaskView], name="tasks.label", requires=Permission.TASK_EDIT):
    """Add labels to a task and remove others."""

    workspace_id: WorkspaceId
    task_id: TaskId
    add: Labels = ()
    remove: Labels = ()


class RankTask(VersionedCommand[TaskView], name="tasks.rank", requires=Permission.TASK_EDIT):
    """Put a task right before or right after another one of its project."""

    workspace_id: WorkspaceId
    task_id: TaskId
    before: Annotated[TaskId | None, Field(examples=["01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89"])] = None
    after: TaskId | None = None

    @model_validator(mode="after")
    def _names_one_neighbour(self) -> Self:
        if (self.before is None) is (self.after is None):
            raise Invalid("name either the task that it goes before or the one that it goes after", field="before")
        return self


@handlers.handles(EditTask)
async def edit_task(command: EditTask, tasks: TaskRepository, memberships: Memberships, clock: Clock) -> TaskView:
    """Apply each change that was sent."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    now = clock.now()
    if command.title is not UNSET:
        task.retitle(command.title, at=now)
    if command.description is not UNSET:
        task.describe(command.description, at=now)
    if command.assignee_id is not UNSET:
        await require_member(
            command.assignee_id,
            command.workspace_id,
            memberships,
            field="assignee_id",
            project_id=task.project_id,
        )
        task.assign(command.assignee_id, at=now)
    if command.labels is not UNSET:
        task.label(command.labels, at=now)
    if command.priority is not UNSET:
        task.prioritise(command.priority, at=now)
    if command.due_on is not UNSET:
        task.schedule(command.due_on, at=now)
    return TaskView.of(task)


@handlers.handles(AssignTask)
async def assign_task(command: AssignTask, tasks: TaskRepository, memberships: Memberships, clock: Clock) -> TaskView:
    """Assign the task."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    await require_member(
        command.assignee_id, command.workspace_id, memberships, field="assignee_id", project_id=task.project_id
    )
    task.assign(command.assignee_id, at=clock.now())
    return TaskView.of(task)


@handlers.handles(LabelTask)
async def label_task(command: LabelTask, tasks: TaskRepository, clock: Clock) -> TaskView:
    """Change the labels."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    task.label((set(task.labels) | set(command.add)) - set(command.remove), at=clock.now())
    return TaskView.of(task)


@handlers.handles(RankTask)
async def rank_task(command: RankTask, tasks: TaskRepository, clock: Clock) -> TaskView:
    """Find room next to the neighbour and put the task there."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    neighbour = await _neighbour(command, task, tasks)
    if command.after is not None:
        following = await tasks.neighbour_rank(neighbour, after=True)
        rank = task.rank if following == task.rank else rank_between(neighbour.rank, following)
    else:
        preceding = await tasks.neighbour_rank(neighbour, after=False)
        rank = task.rank if preceding == task.rank else rank_between(preceding, neighbour.rank)
    task.put(rank, at=clock.now())
    return TaskView.of(task)


async def _neighbour(command: RankTask, task: Task, tasks: TaskRepository) -> Task:
    field, neighbour_id = ("after", command.after) if command.after is not None else ("before", command.before)
    if neighbour_id is None or neighbour_id == task.id:
        raise Invalid("is the task itself", field=field)
    neighbour = await tasks.get(neighbour_id)
    if neighbour.project_id != task.project_id:
        raise Invalid("is a task of another project", field=field)
    return neighbour
