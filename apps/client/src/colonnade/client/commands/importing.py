"""`import`."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from colonnade.application.workspaces import WorkspaceView
from colonnade.client.choosing import (
    chosen_person,
    chosen_project,
    chosen_workspace,
    json_option,
    project_option,
    workspace_option,
)
from colonnade.client.connection import Connection, run
from colonnade.client.imports.github import read_issues
from colonnade.client.imports.sending import Progress, Summary, send_tasks
from colonnade.client.output import print_json
from colonnade.core import UserId

_SHOWN = 20


@click.group("import")
def import_group() -> None:
    """Bring tasks in from other systems; doing it again changes nothing."""


@import_group.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@workspace_option
@project_option
@click.option("--pull-requests", is_flag=True, help="Take pull requests as well, which GitHub lists among the issues.")
@click.option("--person", "people", multiple=True, metavar="LOGIN=EMAIL", help="Who a login is here; repeatable.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of each record.")
@json_option
def github(
    file: Path,
    workspace: str | None,
    project: str | None,
    pull_requests: bool,
    people: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the GitHub issues in FILE into a project.

    FILE is what GitHub's REST API answers: a JSON array of issues, a search answer, or one issue a line, for example
    from: gh api --paginate 'repos/OWNER/REPO/issues?state=all' > issues.json

    State, labels, people, milestone, dates and text are kept, and where each came from. A broken record is reported,
    and the rest goes on; then the exit code is 1.
    """

    async def work(connection: Connection) -> Summary:
        contents = read_issues(file, pull_requests=pull_requests)
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_project(connection, chosen, project)
        contents.assign(await _people(connection, chosen, people))
        with _progress(len(contents.tasks), hidden=as_json or not sys.stderr.isatty()) as advance:
            return await send_tasks(
                connection,
                contents,
                workspace_id=chosen.id,
                project_id=found.id,
                dry_run=dry_run,
                progress=advance,
            )

    summary = run(work)
    _print(summary, dry_run=dry_run, as_json=as_json)
    if summary.broken:
        raise SystemExit(1)


@contextmanager
def _progress(length: int, *, hidden: bool) -> Iterator[Progress]:
    if hidden:
        yield lambda _: None
        return
    with click.progressbar(length=length, label="Importing", file=sys.stderr) as bar:
        yield bar.update


async def _people(connection: Connection, workspace: WorkspaceView, said: tuple[str, ...]) -> Mapping[str, UserId]:
    known = {}
    for pair in said:
        login, equals, email = pair.partition("=")
        if not equals:
            raise click.UsageError(f"write --person LOGIN=EMAIL, not '{pair}'")
        person = await chosen_person(connection, workspace, email)
        if person is not None:
            known[login] = person
    return known


def _print(summary: Summary, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        content = summary._asdict()
        content["skipped"] = [asdict(record) for record in summary.skipped]
        content["broken"] = [asdict(record) for record in summary.broken]
        print_json({**content, "dry_run": dry_run})
        return
    made = "would be made" if dry_run else "made"
    click.echo(f"{summary.created} {made}, {summary.known} known already, {len(summary.skipped)} left out, "
               f"{len(summary.broken)} broken.")  # fmt: skip
    for title, records in (("Left out", summary.skipped), ("Broken", summary.broken)):
        for record in records[:_SHOWN]:
            click.echo(f"{title}: {record.name} (record {record.number}) {record.reason}", err=True)
        if len(records) > _SHOWN:
            click.echo(f"{title}: and {len(records) - _SHOWN} more; --json lists all.", err=True)


COMMANDS = {"import": import_group}
