"""`activity`."""

from typing import Any

import click

from colonnade.application.collaboration import ActivityView, ListActivity
from colonnade.client.choosing import chosen_task, chosen_workspace, json_option, workspace_option
from colonnade.client.connection import Connection, run
from colonnade.client.lists import beginning, limit_option, tell_of_rest
from colonnade.client.moments import shown
from colonnade.client.names import Names, names_in
from colonnade.client.output import print_json, print_table

_PEOPLE = {"assignee_id"}
_NOT_SHOWN = {"project_id", "created_by", "description", "rank", "origin"}


@click.command()
@click.argument("task")
@workspace_option
@limit_option
@json_option
def activity(task: str, workspace: str | None, limit: int, as_json: bool) -> None:
    """List what was done to TASK (key or id), the newest first."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_task(connection, chosen, task)
        page = await beginning(connection, ListActivity(workspace_id=chosen.id, task_id=found.id), limit)
        if as_json:
            print_json(page)
            return
        names = await names_in(connection, chosen.id)
        rows = [
            (shown(each.at), names.name(each.actor_id) if each.actor_id else None, _what(each), _facts(each, names))
            for each in page.items
        ]
        print_table(("At", "Who", "What", "Details"), rows)
        tell_of_rest(page)

    run(work)


def _what(done: ActivityView) -> str:
    """Return an event's wire name as words: `tasks.task_moved` as `task moved`."""
    return done.type.rpartition(".")[2].replace("_", " ")


def _facts(done: ActivityView, names: Names) -> str:
    known = {name: value for name, value in done.facts.items() if name not in _NOT_SHOWN}
    said = {name: value for name, value in known.items() if value not in (None, "", [])}
    facts = (f"{name.removesuffix('_id')}: {_words(name, value, names)}" for name, value in (said or known).items())
    return ", ".join(facts)


def _words(name: str, value: Any, names: Names) -> str:  # a JSON value
    if value in (None, "", []):
        return "none"
    if name in _PEOPLE:
        return names.name(value)
    return " ".join(str(each) for each in value) if isinstance(value, list) else str(value)


COMMANDS = {"activity": activity}
