"""`tokens`: personal tokens for scripts."""

import click

from colonnade.application.identity.personal_tokens import (
    CreatePersonalToken,
    ListPersonalTokens,
    PersonalTokenView,
    RevokePersonalToken,
)
from colonnade.client.choosing import chosen_project, chosen_workspace, json_option
from colonnade.client.connection import Connection, run
from colonnade.client.credentials import TOKEN_VARIABLE
from colonnade.client.moments import shown
from colonnade.client.output import print_fields, print_json, print_table
from colonnade.client.short_ids import short
from colonnade.client.shorthand import Shorthand
from colonnade.core import Invalid, NotFound


@click.group(cls=Shorthand)
def tokens() -> None:
    """List (if nothing else is said), make and revoke personal tokens, which scripts show instead of a person."""


@tokens.command("list")
@json_option
def list_tokens(as_json: bool) -> None:
    """List your tokens that are good, the newest first."""

    async def work(connection: Connection) -> None:
        page = await connection.bus.send(ListPersonalTokens())
        if as_json:
            print_json(page)
            return
        rows = [
            (short(each.id), each.name, each.hint, _reach(each), _until(each), shown(each.used_at) or "never")
            for each in page.items
        ]
        print_table(("Id", "Name", "Begins with", "For", "Good until", "Last used"), rows)

    run(work)


@tokens.command()
@click.argument("name")
@click.option(
    "--permission", "permissions", multiple=True, required=True, help="What it may do, such as task.read; repeatable."
)
@click.option("--workspace", "-w", help="Slug or id of the only workspace that it is good for.")
@click.option(
    "--project", "-p", "projects", multiple=True, help="Key or id of a project that it is good for; repeatable."
)
@click.option("--days", type=click.IntRange(1), default=30, show_default=True, help="How long it is good.")
@click.option("--quiet", is_flag=True, help="Print the token alone, for scripts.")
@json_option
def create(
    name: str,
    permissions: tuple[str, ...],
    workspace: str | None,
    projects: tuple[str, ...],
    days: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make a token called NAME, and print it this once.

    It carries the permissions that you name, as far as you have them yourself whenever it is used. With --project it is
    good for these projects alone, of --workspace or the workspace in use; without both, for all that is yours.

    A script that reads one project:

        colonnade tokens create report --permission project.read --permission task.read --project WEB
    """

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace) if workspace or projects else None
        found = [await chosen_project(connection, chosen, each) for each in projects] if chosen else []
        message = CreatePersonalToken.model_validate(
            {
                "name": name,
                "permissions": permissions,
                "workspace_id": None if chosen is None else chosen.id,
                "project_ids": [project.id for project in found],
                "days": days,
            }
        )
        made = await connection.bus.send(message)
        if as_json:
            print_json(made)
        elif quiet:
            click.echo(made.token)
        else:
            _print(made.details, made.token)

    run(work)


@tokens.command()
@click.argument("token")
def revoke(token: str) -> None:
    """Let TOKEN (an id as the list shows it, or a name) be good no more, at once."""

    async def work(connection: Connection) -> str:
        found = await _chosen(connection, token)
        await connection.bus.send(RevokePersonalToken(token_id=found.id))
        return found.name

    click.echo(f"{run(work)} is good no more.")


def _print(details: PersonalTokenView, token: str) -> None:
    print_fields(
        [
            ("Token", token),
            ("Name", details.name),
            ("Permissions", ", ".join(details.permissions)),
            ("For", _reach(details)),
            ("Good until", _until(details)),
        ]
    )
    click.echo(f"Keep the token now: it is never shown again. Scripts find it in {TOKEN_VARIABLE}.", err=True)


def _reach(token: PersonalTokenView) -> str:
    if token.project_ids:
        count = len(token.project_ids)
        return "one project" if count == 1 else f"{count} projects"
    return "everything" if token.workspace_id is None else "one workspace"


def _until(token: PersonalTokenView) -> str:
    return f"{token.expires_at:%Y-%m-%d}"


async def _chosen(connection: Connection, said: str) -> PersonalTokenView:
    mine = (await connection.bus.send(ListPersonalTokens())).items
    found = [each for each in mine if said.lower() in {short(each.id), str(each.id)} or said == each.name]
    if len(found) > 1:
        raise Invalid(
            f"several tokens are called {said}: name one by its id, {' or '.join(short(t.id) for t in found)}"
        )
    if not found:
        raise NotFound(f"you have no token '{said}': 'colonnade tokens list' shows them")
    return found[0]


COMMANDS = {"tokens": tokens}
