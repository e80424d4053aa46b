"""The commands that change one task."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import click

from colonnade.application.messaging import VersionedCommand
from colonnade.application.tasks import (
    AssignTask,
    CompleteTask,
    DeleteTask,
    EditTask,
    MoveTask,
    ReopenTask,
    TaskView,
)
from colonnade.application.workspaces import WorkspaceView
from colonnade.client.choosing import chosen_person, chosen_task, chosen_workspace, json_option, workspace_option
from colonnade.client.commands.task_output import print_task
from colonnade.client.connection import Connection, run
from colonnade.domain.tasks import Priority

version_option = click.option(
    "--if-version", type=click.IntRange(0), help="Refuse if the task is not at this version, since somebody changed it."
)

Make = Callable[[Connection, WorkspaceView, TaskView], Awaitable[VersionedCommand[TaskView]]]


@click.command()
@click.argument("task")
@workspace_option
@version_option
@click.option("--title", help="Another title.")
@click.option("--description", help="Another description.")
@click.option("--label", "labels", multiple=True, help="Labels instead of the present ones; say it again for more.")
@click.option("--no-labels", is_flag=True, help="No label any more.")
@click.option("--priority", type=click.Choice([each.value for each in Priority]))
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="Another day it is due.")
@click.option("--no-due", is_flag=True, help="No due date any more.")
@json_option
def edit(
    task: str,
    workspace: str | None,
    if_version: int | None,
    title: str | None,
    description: str | None,
    labels: tuple[str, ...],
    no_labels: bool,
    priority: str | None,
    due: datetime | None,
    no_due: bool,
    as_json: bool,
) -> None:
    """Change what TASK (key or id) says; what is not named stays as it is."""
    changes: dict[str, Any] = {"title": title, "description": description, "priority": priority}
    changes = {name: value for name, value in changes.items() if value is not None}
    if labels or no_labels:
        changes["labels"] = labels
    if due or no_due:
        changes["due_on"] = due.date() if due else None
    if not changes:
        raise click.UsageError("say what to change, for example --title")

    async def make(connection: Connection, chosen: WorkspaceView, found: TaskView) -> EditTask:
        return EditTask.model_validate({"workspace_id": chosen.id, "task_id": found.id, **changes})

    _change(task, workspace, if_version, make, as_json=as_json)


@click.command()
@click.argument("task")
@click.argument("status")
@workspace_option
@version_option
@json_option
def move(task: str, status: str, workspace: str | None, if_version: int | None, as_json: bool) -> None:
    """Take TASK (key or id) to STATUS, along the workflow of its project."""

    async def make(connection: Connection, chosen: WorkspaceView, found: TaskView) -> MoveTask:
        return MoveTask(workspace_id=chosen.id, task_id=found.id, status=status)

    _change(task, workspace, if_version, make, as_json=as_json)


@click.command()
@click.argument("task")
@click.argument("person")
@workspace_option
@version_option
@json_option
def assign(task: str, person: str, workspace: str | None, if_version: int | None, as_json: bool) -> None:
    """Give TASK (key or id) to PERSON: an e-mail address, me, or nobody."""

    async def make(connection: Connection, chosen: WorkspaceView, found: TaskView) -> AssignTask:
        assignee = await chosen_person(connection, chosen, person)
        return AssignTask(workspace_id=chosen.id, task_id=found.id, assignee_id=assignee)

    _change(task, workspace, if_version, make, as_json=as_json)


@click.command()
@click.argument("task")
@workspace_option
@version_option
@json_option
def done(task: str, workspace: str | None, if_version: int | None, as_json: bool) -> None:
    """Finish TASK (key or id)."""

    async def make(connection: Connection, chosen: WorkspaceView, found: TaskView) -> CompleteTask:
        return CompleteTask(workspace_id=chosen.id, task_id=found.id)

    _change(task, workspace, if_version, make, as_json=as_json)


@click.command()
@click.argument("task")
@workspace_option
@version_option
@json_option
def reopen(task: str, workspace: str | None, if_version: int | None, as_json: bool) -> None:
    """Take the finished TASK (key or id) up again."""

    async def make(connection: Connection, chosen: WorkspaceView, found: TaskView) -> ReopenTask:
        return ReopenTask(workspace_id=chosen.id, task_id=found.id)

    _change(task, workspace, if_version, make, as_json=as_json)


@click.command()
@click.argument("task")
@workspace_option
def delete(task: str, workspace: str | None) -> None:
    """Put TASK (key or id) into the bin."""

    async def work(connection: Connection) -> str:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_task(connection, chosen, task)
        await connection.bus.send(DeleteTask(workspace_id=chosen.id, task_id=found.id))
        return found.key

    click.echo(f"{run(work)} is in the bin.")


def _change(task: str, workspace: str | None, if_version: int | None, make: Make, *, as_json: bool) -> None:
    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        command = await make(connection, chosen, await chosen_task(connection, chosen, task))
        if if_version is not None:
            command = command.model_copy(update={"expected_version": if_version})
        await print_task(connection, await connection.bus.send(command), as_json=as_json)

    run(work)


CHANGES = (edit, move, assign, done, reopen, delete)
