"""How one task is printed."""

import click

from colonnade.application.tasks import TaskView
from colonnade.client.connection import Connection
from colonnade.client.names import names_in
from colonnade.client.output import print_fields, print_json


async def print_task(connection: Connection, task: TaskView, *, as_json: bool) -> None:
    """Print all that is known of a task."""
    if as_json:
        print_json(task)
        return
    names = await names_in(connection, task.workspace_id)
    print_fields(
        [
            (task.key, task.title),
            ("Status", task.status),
            ("Assignee", names.name_and_address(task.assignee_id) if task.assignee_id else None),
            ("Labels", ", ".join(task.labels)),
            ("Priority", None if task.priority == "none" else task.priority),
            ("Due", task.due_on),
            ("Opened", f"{task.created_at:%Y-%m-%d %H:%M} UTC"),
            ("Completed", f"{task.completed_at:%Y-%m-%d %H:%M} UTC" if task.completed_at else None),
            ("Origin", task.origin.url or task.origin.source if task.origin else None),
            ("Milestone", task.origin.milestone if task.origin else None),
            ("Version", task.version),
        ]
    )
    if task.description:
        click.echo(f"\n{task.description}")
