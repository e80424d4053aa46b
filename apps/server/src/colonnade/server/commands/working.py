"""`worker`."""

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.settings import run, settings_of


@click.command()
@click.option("--jobs", "jobs_at_a_time", type=click.IntRange(1, 1000), help="How many jobs run at a time.")
@click.pass_obj
def worker(layers: Layers, jobs_at_a_time: int | None) -> None:
    """Run jobs, subscriptions and schedules until a signal comes.

    Start as many as you like, on as many machines: they share the work. On SQLite `serve` does it by itself.
    The first Ctrl-C lets running jobs finish, a second one does not.
    """
    from colonnade.server.working import work_until_told

    given = None if jobs_at_a_time is None else {"worker": {"jobs_at_a_time": jobs_at_a_time}}
    settings = settings_of(layers, given)
    run(work_until_told(settings, lambda: click.echo("Colonnade works.", err=True)))
