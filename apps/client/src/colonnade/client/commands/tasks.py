"""`tasks`: reading and making them; changing them is in `task_changes`."""

import re
from datetime import datetime

import click

from colonnade.application.messaging import items
from colonnade.application.tasks import CreateTask, ListTasks, TaskOrder, TaskView
from colonnade.client.choosing import (
    chosen_person,
    chosen_project,
    chosen_task,
    chosen_workspace,
    json_option,
    project_option,
    workspace_option,
)
from colonnade.client.commands.task_changes import CHANGES
from colonnade.client.commands.task_output import print_task
from colonnade.client.connection import Connection, run
from colonnade.client.names import names_in
from colonnade.client.output import print_json, print_table
from colonnade.core import Page
from colonnade.domain.tasks import Priority


@click.group()
def tasks() -> None:
    """List, show, make and change tasks."""


_EXCLUSION = re.compile(r"-[a-z]\w+(:|[<>]=?)")


class _FilterCommand(click.Command):
    """Takes a term with a minus in front, such as -label:blocked, for what it is: a word of the filter, not options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such terms behind the options."""
        end = args.index("--") if "--" in args else len(args)
        terms = [word for word in args[:end] if _EXCLUSION.match(word)]
        options = [word for word in args[:end] if not _EXCLUSION.match(word)]
        return super().parse_args(ctx, [*options, "--", *terms, *args[end + 1 :]])


@tasks.command("list", cls=_FilterCommand)
@click.argument("filter_words", nargs=-1)
@workspace_option
@click.option("--project", "-p", help="Only this project (key or id).")
@click.option("--sort", type=click.Choice([order.value for order in TaskOrder]), default="-created", show_default=True)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="Tasks on a page.")
@click.option("--all", "follow", is_flag=True, help="Follow the pages to the end.")
@json_option
def list_tasks(
    filter_words: tuple[str, ...],
    workspace: str | None,
    project: str | None,
    sort: str,
    limit: int,
    follow: bool,
    as_json: bool,
) -> None:
    """List tasks, if FILTER is given only those that match it.

    FILTER is made of terms such as status:todo, status:open, assignee:me, label:bug, priority>=high, due<7d, is:done,
    and of words to look for; a minus in front means not:

    colonnade tasks list status:open assignee:me 'due<7d' -label:blocked
    """

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        project_id = (await chosen_project(connection, chosen, project)).id if project else None
        message = ListTasks(
            workspace_id=chosen.id,
            project_id=project_id,
            filter=" ".join(filter_words),
            sort=TaskOrder(sort),
            limit=limit,
        )
        page = await _pages(connection, message, follow=follow)
        if as_json:
            print_json(page)
            return
        names = await names_in(connection, chosen.id)
        print_table(
            ("Key", "Title", "Status", "Assignee", "Priority", "Due", "Labels"),
            [
                (
                    task.key,
                    task.title,
                    task.status,
                    names.name(task.assignee_id) if task.assignee_id else "",
                    "" if task.priority == Priority.NONE else task.priority,
                    task.due_on,
                    ", ".join(task.labels),
                )
                for task in page.items
            ],
        )
        if page.next:
            click.echo(f"The first {len(page.items)}; --all shows the rest.", err=True)

    run(work)


@tasks.command()
@click.argument("task")
@workspace_option
@json_option
def show(task: str, workspace: str | None, as_json: bool) -> None:
    """Show TASK (key or id)."""

    async def work(connection: Connection) -> None:
        found = await chosen_task(connection, await chosen_workspace(connection, workspace), task)
        await print_task(connection, found, as_json=as_json)

    run(work)


@tasks.command()
@click.argument("title")
@workspace_option
@project_option
@click.option("--description", default="", help="What is to be done, at length; Markdown.")
@click.option("--assignee", help="E-mail address, or me.")
@click.option("--label", "labels", multiple=True, help="A label; say it again for more.")
@click.option("--priority", type=click.Choice([each.value for each in Priority]), default="none", show_default=True)
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="The day it is due.")
@json_option
def create(
    title: str,
    workspace: str | None,
    project: str | None,
    description: str,
    assignee: str | None,
    labels: tuple[str, ...],
    priority: str,
    due: datetime | None,
    as_json: bool,
) -> None:
    """Open a task called TITLE in a project."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_project(connection, chosen, project)
        message = CreateTask.model_validate(
            {
                "workspace_id": chosen.id,
                "project_id": found.id,
                "title": title,
                "description": description,
                "assignee_id": await chosen_person(connection, chosen, assignee) if assignee else None,
                "labels": labels,
                "priority": priority,
                "due_on": due.date() if due else None,
            }
        )
        await print_task(connection, await connection.bus.send(message), as_json=as_json)

    run(work)


async def _pages(connection: Connection, message: ListTasks, *, follow: bool) -> Page[TaskView]:
    if not follow:
        return await connection.bus.send(message)
    return Page(items=tuple([task async for task in items(connection.bus, message)]))


for change in CHANGES:
    tasks.add_command(change)

COMMANDS = {"tasks": tasks}
