"""`processes`, `operators` and `acts`."""

from typing import TYPE_CHECKING
from uuid import UUID

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, ask, email_argument, show_one, show_table

if TYPE_CHECKING:
    from colonnade.core import Email

_STATES = click.Choice(["running", "cancelling", "undoing", "stuck", "completed", "undone"])
_LIMIT = click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")


@click.group()
def processes() -> None:
    """Look after processes: work in several steps."""


@processes.command("list")
@click.option("--status", type=_STATES, help="Only those that stand so.")
@click.option("--name", help="Only those of this name.")
@_LIMIT
@as_json
@click.pass_obj
def list_processes(layers: Layers, status: str | None, name: str | None, limit: int, json_wanted: bool) -> None:
    """List processes, the newest first."""
    from colonnade.application.operations import ListProcesses
    from colonnade.application.processes import Status

    wanted = ListProcesses(status=None if status is None else Status(status), name=name, limit=limit)
    columns = ("id", "name", "status", "step", "error", "started_at", "ended_at")
    show_table(ask(layers, wanted).items, columns, json_wanted=json_wanted, nothing="There are no such processes.")


@processes.command("show")
@click.argument("process_id", type=click.UUID)
@as_json
@click.pass_obj
def show_process(layers: Layers, process_id: UUID, json_wanted: bool) -> None:
    """Show a process and its history."""
    from colonnade.application.operations import GetProcess
    from colonnade.application.processes import ProcessId

    process = ask(layers, GetProcess(process_id=ProcessId(process_id)))
    if json_wanted:
        show_one(process, json_wanted=True)
        return
    show_one(process, json_wanted=False, without=("history",))
    for entry in process.history:
        click.echo(f"  {entry.at.isoformat(sep=' ', timespec='seconds')}  {entry.what}")


@processes.command("retry")
@click.argument("process_id", type=click.UUID)
@click.pass_obj
def retry_process(layers: Layers, process_id: UUID) -> None:
    """Try again to undo the step that a process is stuck at."""
    from colonnade.application.operations import RetryProcess
    from colonnade.application.processes import ProcessId

    ask(layers, RetryProcess(process_id=ProcessId(process_id)))
    click.echo(f"{process_id} goes on.")


@processes.command("cancel")
@click.argument("process_id", type=click.UUID)
@click.pass_obj
def cancel_process(layers: Layers, process_id: UUID) -> None:
    """Undo what a running process has done."""
    from colonnade.application.operations import CancelProcess
    from colonnade.application.processes import ProcessId

    ask(layers, CancelProcess(process_id=ProcessId(process_id)))
    click.echo(f"{process_id} is being undone.")


@click.group()
def operators() -> None:
    """Say who may look after the service over its API."""


@operators.command("list")
@as_json
@click.pass_obj
def list_operators(layers: Layers, json_wanted: bool) -> None:
    """List the operators, by name."""
    from colonnade.application.identity.operators import ListOperators

    items = ask(layers, ListOperators()).items
    show_table(items, ("name", "email", "user_id"), json_wanted=json_wanted, nothing="Nobody is an operator yet.")


@operators.command("appoint")
@email_argument
@click.pass_obj
def appoint(layers: Layers, email: "Email") -> None:
    """Let somebody who has an account look after the service."""
    from colonnade.application.identity.operators import AppointOperator

    click.echo(f"{ask(layers, AppointOperator(email=email)).name} is an operator.")


@operators.command("dismiss")
@email_argument
@click.pass_obj
def dismiss(layers: Layers, email: "Email") -> None:
    """Let somebody look after the service no longer."""
    from colonnade.application.identity.operators import DismissOperator

    click.echo(f"{ask(layers, DismissOperator(email=email)).name} is no operator any more.")


@click.command()
@_LIMIT
@as_json
@click.pass_obj
def acts(layers: Layers, limit: int, json_wanted: bool) -> None:
    """List what operators did, the newest first."""
    from colonnade.application.operations import ListActs

    columns = ("at", "by", "act", "subject", "detail")
    show_table(ask(layers, ListActs(limit=limit)).items, columns, json_wanted=json_wanted, nothing="Nothing yet.")
