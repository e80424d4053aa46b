"""Send what was read to the server, in batches, as often as needed."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from colonnade.application.tasks import ImportTasks
from colonnade.client.connection import Connection
from colonnade.client.imports.records import Broken, Contents
from colonnade.domain.projects import ProjectId
from colonnade.domain.workspaces import WorkspaceId

BATCH = 50

Progress = Callable[[int], None]


class Summary(NamedTuple):
    """What became of a file.

    Attributes:
        created: How many tasks were made (or would be).
        known: How many were here already and were left alone.
        skipped: What was left out on purpose.
        broken: What could not be imported.
        keys: The key of each task that was made, by its source.
    """

    created: int
    known: int
    skipped: tuple[Broken, ...]
    broken: tuple[Broken, ...]
    keys: dict[str, str]


async def send_tasks(
    connection: Connection,
    contents: Contents,
    *,
    workspace_id: WorkspaceId,
    project_id: ProjectId,
    dry_run: bool,
    progress: Progress,
) -> Summary:
    """Import tasks; a task whose source is known is left as it is, so a second time changes nothing.

    Args:
        connection: Where to.
        contents: What was read.
        workspace_id: The workspace.
        project_id: The project.
        dry_run: Whether only to ask what would become of each.
        progress: Hears how many were dealt with.
    """
    outcomes: Counter[str] = Counter()
    keys: dict[str, str] = {}
    for start in range(0, len(contents.tasks), BATCH):
        batch = tuple(contents.tasks[start : start + BATCH])
        message = ImportTasks(workspace_id=workspace_id, project_id=project_id, tasks=batch, dry_run=dry_run)
        for record in (await connection.bus.send(message)).records:
            outcomes[record.outcome] += 1
            if record.outcome == "created" and record.key is not None:
                keys[record.source] = record.key
        progress(len(batch))
    return Summary(outcomes["created"], outcomes["known"], tuple(contents.skipped), tuple(contents.broken), keys)
