"""`jobs`, `queues` and `schedules`."""

from uuid import UUID

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, ask, show_one, show_table

_STATES = click.Choice(["scheduled", "waiting", "running", "done", "failed", "cancelled"])
_COLUMNS = ("id", "name", "queue", "state", "attempts", "due_at", "error_code")
_LIMIT = click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")


@click.group()
def jobs() -> None:
    """Look after jobs: messages that are sent later."""


@jobs.command("list")
@click.option("--state", type=_STATES, help="Only those in this state.")
@click.option("--queue", help="Only those of this queue.")
@click.option("--name", help="Only those of this message.")
@_LIMIT
@as_json
@click.pass_obj
def list_jobs(
    layers: Layers, state: str | None, queue: str | None, name: str | None, limit: int, json_wanted: bool
) -> None:
    """List jobs, the newest first."""
    from colonnade.application.operations import JobState, ListJobs

    wanted = ListJobs(state=None if state is None else JobState(state), queue=queue, name=name, limit=limit)
    show_table(ask(layers, wanted).items, _COLUMNS, json_wanted=json_wanted, nothing="There are no such jobs.")


@jobs.command("show")
@click.argument("job_id", type=click.UUID)
@as_json
@click.pass_obj
def show_job(layers: Layers, job_id: UUID, json_wanted: bool) -> None:
    """Show a job with its message, its answer and its error."""
    from colonnade.application.jobs import JobId
    from colonnade.application.operations import GetJob

    show_one(ask(layers, GetJob(job_id=JobId(job_id))), json_wanted=json_wanted)


@jobs.command("retry")
@click.argument("job_ids", type=click.UUID, nargs=-1, required=True)
@click.pass_obj
def retry_jobs(layers: Layers, job_ids: tuple[UUID, ...]) -> None:
    """Run jobs that failed or were cancelled again, now."""
    from colonnade.application.jobs import JobId
    from colonnade.application.operations import RetryJob

    for job_id in job_ids:
        ask(layers, RetryJob(job_id=JobId(job_id)))
        click.echo(f"{job_id} waits again.")


@jobs.command("cancel")
@click.argument("job_ids", type=click.UUID, nargs=-1, required=True)
@click.pass_obj
def cancel_jobs(layers: Layers, job_ids: tuple[UUID, ...]) -> None:
    """Take jobs back that do not run yet."""
    from colonnade.application.jobs import JobId
    from colonnade.application.operations import CancelJob

    for job_id in job_ids:
        ask(layers, CancelJob(job_id=JobId(job_id)))
        click.echo(f"{job_id} is cancelled.")


@click.group()
def queues() -> None:
    """Look after the queues in which jobs wait."""


@queues.command("list")
@as_json
@click.pass_obj
def list_queues(layers: Layers, json_wanted: bool) -> None:
    """List the queues with what waits, runs and has failed in each."""
    from colonnade.application.operations import ListQueues

    columns = ("name", "paused", "running_limit", "scheduled", "waiting", "running", "failed")
    show_table(ask(layers, ListQueues()).items, columns, json_wanted=json_wanted, nothing="There are no queues.")


@queues.command("pause")
@click.argument("queue")
@click.pass_obj
def pause_queue(layers: Layers, queue: str) -> None:
    """Begin no more jobs of a queue; those that run go on."""
    from colonnade.application.operations import PauseQueue

    ask(layers, PauseQueue(queue=queue))
    click.echo(f"{queue} is paused: `queues resume {queue}` lets it go on.")


@queues.command("resume")
@click.argument("queue")
@click.pass_obj
def resume_queue(layers: Layers, queue: str) -> None:
    """Begin jobs of a paused queue again."""
    from colonnade.application.operations import ResumeQueue

    ask(layers, ResumeQueue(queue=queue))
    click.echo(f"{queue} goes on.")


@queues.command("limit")
@click.argument("queue")
@click.argument("running", type=click.IntRange(0))
@click.pass_obj
def limit_queue(layers: Layers, queue: str, running: int) -> None:
    """Let only so many jobs of a queue run at a time, in all processes together; 0 lifts the limit."""
    from colonnade.application.operations import LimitQueue

    ask(layers, LimitQueue(queue=queue, running_limit=running or None))
    click.echo(f"{queue} runs {running} at a time." if running else f"{queue} has no limit.")


@click.command()
@as_json
@click.pass_obj
def schedules(layers: Layers, json_wanted: bool) -> None:
    """List what runs by the clock, and when it has its next turn."""
    from colonnade.application.operations import ListSchedules

    columns = ("name", "cron", "timezone", "next_at", "last_at")
    show_table(ask(layers, ListSchedules()).items, columns, json_wanted=json_wanted, nothing="There are none yet.")


@click.command()
@as_json
@click.pass_obj
def workers(layers: Layers, json_wanted: bool) -> None:
    """List the worker processes of the last day."""
    from colonnade.application.operations import ListWorkers

    columns = ("id", "host", "process", "started_at", "alive")
    show_table(ask(layers, ListWorkers()).items, columns, json_wanted=json_wanted, nothing="No worker was here.")
