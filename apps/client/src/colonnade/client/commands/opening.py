"""`open`."""

import click

from colonnade.client.choosing import chosen_task, chosen_workspace, workspace_option
from colonnade.client.connection import Connection, run


@click.command("open")
@click.argument("task", required=False)
@workspace_option
def open_address(task: str | None, workspace: str | None) -> None:
    """Print the address of TASK (key or id) on the server, or of the server's interactive docs."""

    async def work(connection: Connection) -> str:
        if task is None:
            return f"{connection.server}/api/docs"
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_task(connection, chosen, task)
        return f"{connection.server}/api/v1/workspaces/{chosen.id}/tasks/{found.id}"

    click.echo(run(work))


COMMANDS = {"open": open_address}
