"""Watching a process until there is nothing more to wait for."""

import asyncio
from collections.abc import Callable

import click

from colonnade.application.operations import ProcessDetail
from colonnade.application.processes import ProcessId, Status
from colonnade.application.workspaces import WorkspaceView
from colonnade.application.workspaces.processes import GetWorkspaceProcess
from colonnade.client.connection import Connection, Failure, run
from colonnade.client.moments import shown_exactly
from colonnade.client.short_ids import short

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
PAUSE_GROWTH = 1.5

Enough = Callable[[ProcessDetail], bool]


def has_ended(process: ProcessDetail) -> bool:
    """Tell whether a process does nothing more by itself."""
    return process.status not in {Status.RUNNING, Status.CANCELLING, Status.UNDOING}


def watch(
    workspace: WorkspaceView, process_id: ProcessId, *, silent: bool, enough: Enough = has_ended
) -> ProcessDetail:
    """Print what a process does as it does it, and return it as it is in the end.

    Args:
        workspace: Where it runs.
        process_id: Which one.
        silent: Whether nothing is printed.
        enough: Tells when nobody needs to wait any longer.

    Raises:
        Failure: It could not be watched to the end; it goes on all the same.
    """
    query = GetWorkspaceProcess(workspace_id=workspace.id, process_id=process_id)

    async def work(connection: Connection) -> ProcessDetail:
        told, pause = 0, FIRST_PAUSE_SECONDS
        while True:
            process = await connection.bus.send(query)
            news = process.history[told:]
            for entry in () if silent else news:
                click.echo(f"{shown_exactly(entry.at)}  {entry.what}")
            if has_ended(process) or (process.status is Status.RUNNING and enough(process)):
                return process
            told = len(process.history)
            pause = FIRST_PAUSE_SECONDS if news else min(pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    try:
        return run(work)
    except Failure as failure:
        look = f"colonnade processes show {short(process_id)} --workspace {workspace.slug}"
        raise Failure(f"{failure.message}, but the process goes on: '{look}'", failure.exit_code) from None


def require_success(process: ProcessDetail) -> None:
    """Check that a process did what it was started for.

    Raises:
        Failure: What it did was undone, or it is stuck.
    """
    if process.status is Status.UNDONE:
        raise Failure(f"what was done is undone, since it could not be finished: {process.error}", 1)
    if process.status is Status.STUCK:
        raise Failure(f"it is stuck until an operator looks after it: {process.error}", 1)
