"""How one project is printed."""

from colonnade.application.projects import ProjectView
from colonnade.client.connection import Connection
from colonnade.client.names import names_in
from colonnade.client.output import print_fields, print_json


async def print_project(connection: Connection, project: ProjectView, *, as_json: bool) -> None:
    """Print all that is known of a project."""
    if as_json:
        print_json(project)
        return
    moves = {source: ", ".join(targets) for source, targets in project.workflow.transitions.items()}
    print_fields(
        [
            ("Key", project.key),
            ("Name", project.name),
            ("Lead", await _lead_of(connection, project)),
            ("Seen by", "those with whom it is shared" if project.private else None),
            ("Archived", project.archived_at),
            *((status.name, f"{status.slug} → {moves.get(status.slug, '')}") for status in project.workflow.statuses),
        ]
    )


async def _lead_of(connection: Connection, project: ProjectView) -> str | None:
    if project.lead_id is None:
        return None
    return (await names_in(connection, project.workspace_id)).name_and_address(project.lead_id)
