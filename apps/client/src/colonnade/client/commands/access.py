"""`access`: why somebody may or may not do a thing."""

import click

from colonnade.application.workspaces.explaining import DecisionView, ExplainAccess
from colonnade.client.choosing import (
    chosen_person,
    chosen_project,
    chosen_task,
    chosen_workspace,
    json_option,
    workspace_option,
)
from colonnade.client.connection import Connection, run
from colonnade.client.output import print_fields, print_json
from colonnade.core import Invalid


@click.group()
def access() -> None:
    """See why somebody may or may not do a thing."""


@access.command()
@click.argument("person")
@click.argument("message")
@click.option("--project", "-p", help="Key or id of the project that it is about.")
@click.option("--task", "-t", help="Key or id of the task that it is about.")
@workspace_option
@json_option
def explain(
    person: str, message: str, project: str | None, task: str | None, workspace: str | None, as_json: bool
) -> None:
    """Show whether PERSON (an e-mail address, or me) may send MESSAGE (such as tasks.delete), and why.

    Roles that hold for some tasks only need --task to be decided. Nothing is done.

        colonnade access explain grace@example.com tasks.delete --task WEB-12
    """

    async def work(connection: Connection) -> DecisionView:
        chosen = await chosen_workspace(connection, workspace)
        user_id = await chosen_person(connection, chosen, person)
        if user_id is None:
            raise Invalid("nobody is not a member: write an e-mail address or me")
        query = ExplainAccess(
            workspace_id=chosen.id,
            user_id=user_id,
            message=message,
            subject_project_id=(await chosen_project(connection, chosen, project)).id if project else None,
            subject_task_id=(await chosen_task(connection, chosen, task)).id if task else None,
        )
        return await connection.bus.send(query)

    decision = run(work)
    if as_json:
        print_json(decision)
        return
    click.echo(f"Allowed: {message}" if decision.allowed else f"Refused ({decision.code}): {decision.reason}")
    print_fields([(f"  {step.step}", step.detail) for step in decision.steps])


COMMANDS = {"access": access}
