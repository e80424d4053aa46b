"""`access`: who may do what, and why."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, show_table
from colonnade.server.commands.settings import run, settings_of

if TYPE_CHECKING:
    from colonnade.application.workspaces.explaining import DecisionView, RoleView
    from colonnade.server.application import Server

Answer = TypeVar("Answer")

_workspace_option = click.option("--workspace", help="Slug or id of the workspace.")


@click.group()
def access() -> None:
    """See who may do what, and why."""


@access.command()
@click.option("--user", required=True, help="E-mail address of whoever it is about.")
@click.option("--message", required=True, help="What they would send, such as tasks.delete; `routes` lists them.")
@_workspace_option
@click.option("--project", help="Key or id of the project that it is about.")
@click.option("--task", help="Key or id of the task that it is about.")
@as_json
@click.pass_obj
def explain(
    layers: Layers,
    user: str,
    message: str,
    workspace: str | None,
    project: str | None,
    task: str | None,
    json_wanted: bool,
) -> None:
    """Show whether somebody may send a message, and why; nothing is sent.

    Messages about a workspace need --workspace. Roles that hold for some tasks only need --task to be decided.

    Example: access explain --user ada@example.com --message tasks.delete --workspace engines --task WEB-12
    """
    if (project or task) and workspace is None:
        raise click.UsageError("name the --workspace of the project or task")
    decision = _at_server(layers, lambda server: _explain(server, user, message, workspace, project, task))
    if json_wanted:
        click.echo(decision.model_dump_json(indent=2))
        return
    click.echo(f"Allowed: {message}" if decision.allowed else f"Refused ({decision.code}): {decision.reason}")
    width = max(len(step.step) for step in decision.steps)
    for step in decision.steps:
        click.echo(f"  {step.step:<{width}}  {step.detail}")


@access.command()
@_workspace_option
@as_json
@click.pass_obj
def roles(layers: Layers, workspace: str | None, json_wanted: bool) -> None:
    """List what each role allows; with --workspace, its own roles as well. Without, no database is needed."""
    from colonnade.server.policy_tables import known_roles

    found = known_roles() if workspace is None else _at_server(layers, lambda server: _roles(server, workspace))
    if json_wanted:
        show_table(found, (), json_wanted=True, nothing="")
        return
    for role in found:
        stands = f" (stands on {role.base})" if role.own else ""
        click.echo(f"{role.name}{stands}\n" + "".join(f"  {grant}\n" for grant in role.grants), nl=False)


@access.command()
@as_json
def matrix(json_wanted: bool) -> None:
    """List every message with what each role may do: always, on a condition, or refused. No database is needed.

    `author`, `assignee` and `involved` hold for tasks that somebody opened, that are assigned to them, or either. What
    is in private projects, or not shared with a guest, they do not see, whatever their role allows.
    """
    from colonnade.api.work import CONTRACT
    from colonnade.server.policy_tables import matrix as rows_of

    columns = ("message", "requires", "step_up", "owner", "admin", "member", "guest")
    show_table(rows_of(CONTRACT.messages()), columns, json_wanted=json_wanted, nothing="")


async def _explain(
    server: "Server", user: str, message: str, workspace: str | None, project: str | None, task: str | None
) -> "DecisionView":
    from colonnade.application.identity.people import People
    from colonnade.application.workspaces.explaining import Explainer
    from colonnade.core import Email
    from colonnade.server.finding import find_project, find_task, find_workspace

    person = await (await server.container.get(People)).by_email(Email(user))
    values: dict[str, UUID] = {}
    if workspace is not None:
        workspace_id = values["workspace_id"] = await find_workspace(server, workspace)
        if project is not None:
            values["project_id"] = await find_project(server, workspace_id, project)
        if task is not None:
            values["task_id"] = await find_task(server, workspace_id, task)
    return await (await server.container.get(Explainer)).explain(person.user_id, message, values)


async def _roles(server: "Server", workspace: str) -> "list[RoleView]":
    from colonnade.application.workspaces.explaining import ListRoles
    from colonnade.server.finding import at_the_machine, find_workspace

    workspace_id = await find_workspace(server, workspace)
    return list((await server.bus.send(ListRoles(workspace_id=workspace_id), at_the_machine())).items)


def _at_server(layers: Layers, work: "Callable[[Server], Awaitable[Answer]]") -> Answer:
    return run(_with_server(layers, work))


async def _with_server(layers: Layers, work: "Callable[[Server], Awaitable[Answer]]") -> Answer:
    from colonnade.core import Conflict
    from colonnade.infrastructure.database import Database
    from colonnade.server.application import running_server
    from colonnade.server.schema import schema_of

    async with running_server(settings_of(layers)) as server:
        schema = schema_of(await server.container.get(Database))
        if await schema.current() != await asyncio.to_thread(schema.head):
            raise Conflict("the database has not got the newest schema: run `colonnade-server migrate`")
        return await work(server)
