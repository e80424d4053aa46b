"""Bring tasks in from elsewhere, as often as needed: what is known already is left alone."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from colonnade.application.messaging import Caller, Command, Handlers
from colonnade.application.views import View
from colonnade.application.workspaces.memberships import Memberships, projects_seen_by, require_member
from colonnade.core import Clock, UserId, new_id
from colonnade.core.moments import Moment
from colonnade.domain.projects import Project, ProjectId, ProjectRepository
from colonnade.domain.tasks import LabelName, Origin, Priority, Task, TaskDescription, TaskId, TaskRepository, TaskTitle
from colonnade.domain.workspaces import Permission, WorkspaceId

handlers = Handlers()


class ImportedTask(BaseModel):
    """A task as it was elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: Origin
    title: TaskTitle
    description: TaskDescription = TaskDescription("")
    assignee_id: UserId | None = None
    labels: Annotated[tuple[LabelName, ...], Field(max_length=50)] = ()
    priority: Priority = Priority.NONE
    due_on: date | None = None
    created_at: Moment
    completed_at: Moment | None = None


class ImportOutcome(StrEnum):
    """What became of a record."""

    CREATED = "created"
    KNOWN = "known"


class ImportedRecord(View):
    """What became of one record.

    Attributes:
        source: The record's source, as it was sent.
        key: The task's key here; none for one that a dry run would make, or that is in a project that you do not see.
    """

    source: str
    outcome: ImportOutcome
    key: str | None


class ImportReport(View):
    """What became of each record, in the order in which they were sent."""

    records: tuple[ImportedRecord, ...]


class ImportTasks(Command[ImportReport], name="tasks.import", requires=Permission.TASK_CREATE):
    """Bring up to 100 tasks in; one whose source is known in the workspace is left as it is."""

    workspace_id: WorkspaceId
    project_id: ProjectId
    tasks: Annotated[tuple[ImportedTask, ...], Field(min_length=1, max_length=100)]
    dry_run: Annotated[bool, Field(description="Only say what would become of each record.")] = False


@handlers.handles(ImportTasks)
async def import_tasks(
    command: ImportTasks,
    projects: ProjectRepository,
    tasks: TaskRepository,
    memberships: Memberships,
    caller: Caller,
    clock: Clock,
) -> ImportReport:
    """Open a task for each source that is new, in one unit of work."""
    for assignee in {record.assignee_id for record in command.tasks}:
        await require_member(
            assignee, command.workspace_id, memberships, field="assignee_id", project_id=command.project_id
        )
    known = await tasks.known_sources(frozenset(record.origin.source for record in command.tasks))
    seen = await projects_seen_by(caller, command.workspace_id, memberships)
    keys = {source: key for source, (project_id, key) in known.items() if seen is None or project_id in seen}
    fresh = {record.origin.source: record for record in command.tasks if record.origin.source not in known}
    if fresh and not command.dry_run:
        project, numbers = await projects.take_numbers(command.project_id, len(fresh))
        for record, number in zip(fresh.values(), numbers, strict=True):
            task = _adopted(record, project, number, by=caller.user_id, at=clock.now())
            await tasks.add(task)
            keys[record.origin.source] = task.key
    return ImportReport(
        records=tuple(
            ImportedRecord(
                source=record.origin.source,
                outcome=ImportOutcome.KNOWN if record.origin.source in known else ImportOutcome.CREATED,
                key=keys.get(record.origin.source),
            )
            for record in command.tasks
        )
    )


def _adopted(record: ImportedTask, project: Project, number: int, *, by: UserId, at: datetime) -> Task:
    return Task.open(
        new_id(TaskId),
        project=project,
        number=number,
        title=record.title,
        description=record.description,
        assignee_id=record.assignee_id,
        labels=record.labels,
        priority=record.priority,
        due_on=record.due_on,
        origin=record.origin,
        by=by,
        at=min(record.created_at, at),
        completed_at=min(record.completed_at, at) if record.completed_at is not None else None,
    )
