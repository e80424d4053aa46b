"""From opening a task to finishing it, and the bin."""

from datetime import date
from typing import Annotated

from pydantic import Field

from colonnade.application.messaging import Caller, Command, Handlers, VersionedCommand
from colonnade.application.tasks.views import TaskView
from colonnade.application.workspaces.memberships import Memberships, require_member
from colonnade.core import Clock, UserId, new_id
from colonnade.domain.projects import ProjectId, ProjectRepository
from colonnade.domain.tasks import LabelName, Priority, Task, TaskDescription, TaskId, TaskRepository, TaskTitle
from colonnade.domain.workspaces import Permission, WorkspaceId

handlers = Handlers()


class CreateTask(Command[TaskView], name="tasks.create", requires=Permission.TASK_CREATE):
    """Open a task in a project."""

    workspace_id: WorkspaceId
    project_id: ProjectId
    title: TaskTitle
    description: TaskDescription = TaskDescription("")
    assignee_id: UserId | None = None
    labels: Annotated[tuple[LabelName, ...], Field(max_length=50)] = ()
    priority: Priority = Priority.NONE
    due_on: date | None = None


class MoveTask(VersionedCommand[TaskView], name="tasks.move", requires=Permission.TASK_EDIT):
    """Take a task to another status, along the workflow of its project."""

    workspace_id: WorkspaceId
    task_id: TaskId
    status: Annotated[str, Field(min_length=1, max_length=40, examples=["in_progress"])]


class CompleteTask(VersionedCommand[TaskView], name="tasks.complete", requires=Permission.TASK_EDIT):
    """Finish a task."""

    workspace_id: WorkspaceId
    task_id: TaskId


class ReopenTask(VersionedCommand[TaskView], name="tasks.reopen", requires=Permission.TASK_EDIT):
    """Take a finished task up again."""

    workspace_id: WorkspaceId
    task_id: TaskId


class DeleteTask(VersionedCommand[None], name="tasks.delete", requires=Permission.TASK_DELETE):
    """Put a task into the bin."""

    workspace_id: WorkspaceId
    task_id: TaskId


class RestoreTask(VersionedCommand[TaskView], name="tasks.restore", requires=Permission.TASK_DELETE):
    """Take a task out of the bin."""

    workspace_id: WorkspaceId
    task_id: TaskId


@handlers.handles(CreateTask)
async def create_task(
    command: CreateTask,
    projects: ProjectRepository,
    tasks: TaskRepository,
    memberships: Memberships,
    caller: Caller,
    clock: Clock,
) -> TaskView:
    """Open a task with the project's next number."""
    await require_member(
        command.assignee_id, command.workspace_id, memberships, field="assignee_id", project_id=command.project_id
    )
    project, numbers = await projects.take_numbers(command.project_id)
    task = Task.open(
        new_id(TaskId),
        project=project,
        number=numbers[0],
        title=command.title,
        description=command.description,
        assignee_id=command.assignee_id,
        labels=command.labels,
        priority=command.priority,
        due_on=command.due_on,
        by=caller.user_id,
        at=clock.now(),
    )
    await tasks.add(task)
    return TaskView.of(task)


@handlers.handles(MoveTask)
async def move_task(command: MoveTask, tasks: TaskRepository, projects: ProjectRepository, clock: Clock) -> TaskView:
    """Move the task."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    project = await projects.get(task.project_id)
    project.require_open()
    task.move(command.status, project.workflow, at=clock.now())
    return TaskView.of(task)


@handlers.handles(CompleteTask)
async def complete_task(
    command: CompleteTask, tasks: TaskRepository, projects: ProjectRepository, clock: Clock
) -> TaskView:
    """Complete the task."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    project = await projects.get(task.project_id)
    project.require_open()
    task.complete(project.workflow, at=clock.now())
    return TaskView.of(task)


@handlers.handles(ReopenTask)
async def reopen_task(
    command: ReopenTask, tasks: TaskRepository, projects: ProjectRepository, clock: Clock
) -> TaskView:
    """Reopen the task."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    project = await projects.get(task.project_id)
    project.require_open()
    task.reopen(project.workflow, at=clock.now())
    return TaskView.of(task)


@handlers.handles(DeleteTask)
async def delete_task(command: DeleteTask, tasks: TaskRepository, clock: Clock) -> None:
    """Delete the task."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    task.delete(at=clock.now())


@handlers.handles(RestoreTask)
async def restore_task(command: RestoreTask, tasks: TaskRepository, clock: Clock) -> TaskView:
    """Restore the task."""
    task = await tasks.get(command.task_id)
    task.require_version(command.expected_version)
    task.restore(at=clock.now())
    return TaskView.of(task)
