"""The task: one piece of work, with its rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Self

from colonnade.core import AggregateRoot, Conflict, DomainEvent, Invalid, UserId
from colonnade.core.text import fold
from colonnade.domain.projects import Category, Project, ProjectId, Workflow
from colonnade.domain.tasks import events
from colonnade.domain.tasks.rank import initial_rank
from colonnade.domain.tasks.values import LabelName, Origin, Priority, TaskDescription, TaskId, TaskTitle
from colonnade.domain.workspaces import WorkspaceId

MAX_LABELS = 50


class TaskDeletedError(Conflict):
    """The task is in the bin, so nothing about it changes."""

    code = "tasks.deleted"


@dataclass(eq=False, kw_only=True)
class Task(AggregateRoot[TaskId]):
    """A piece of work in a project.

    Attributes:
        number: Place in the project's own count, from 1; never used again.
        key: The project's key and the number, as people say it: `WEB-12`.
        rank: Place in the order that people put by hand (see `rank`).
        completed_at: When it reached a status that means done.
        deleted_at: When it was put into the bin.
        origin: Where it was imported from.
    """

    stream_kind: ClassVar[str] = "task"

    workspace_id: WorkspaceId
    project_id: ProjectId
    number: int
    key: str
    title: TaskTitle
    description: TaskDescription
    status: str
    assignee_id: UserId | None
    labels: tuple[LabelName, ...]
    priority: Priority
    due_on: date | None
    rank: str
    created_by: UserId
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    deleted_at: datetime | None = None
    origin: Origin | None = None

    @classmethod
    def open(
        cls,
        task_id: TaskId,
        *,
        project: Project,
        number: int,
        title: TaskTitle,
        by: UserId,
        at: datetime,
        description: TaskDescription | None = None,
        assignee_id: UserId | None = None,
        labels: Iterable[LabelName] = (),
        priority: Priority = Priority.NONE,
        due_on: date | None = None,
        origin: Origin | None = None,
        completed_at: datetime | None = None,
    ) -> Self:
        """Open a task in a project, at the end of its order and at the start of its workflow.

        Raises:
            ProjectArchivedError: The project is archived.
            Invalid: There are too many labels.
        """
        project.require_open()
        task = cls(
            id=task_id,
            workspace_id=project.workspace_id,
            project_id=project.id,
            number=number,
            key=f"{project.key}-{number}",
            title=title,
            description=description or TaskDescription(""),
            status=(project.workflow.final if completed_at else project.workflow.initial).slug,
            assignee_id=assignee_id,
            labels=_distinct(labels),
            priority=priority,
            due_on=due_on,
            rank=initial_rank(number),
            created_by=by,
            created_at=at,
            updated_at=at,
            completed_at=completed_at,
            origin=origin,
        )
        task.record(
            events.TaskCreated(
                workspace_id=task.workspace_id,
                project_id=task.project_id,
                task_id=task_id,
                key=task.key,
                title=title,
                description=task.description,
                status=task.status,
                assignee_id=assignee_id,
                labels=task.labels,
                priority=priority,
                due_on=due_on,
                rank=task.rank,
                created_by=by,
                origin=origin,
            )
        )
        if completed_at is not None:
            task._happened(events.TaskCompleted(workspace_id=task.workspace_id, task_id=task_id), completed_at)
        return task

    @property
    def search_text(self) -> str:
        """Title and description as they are searched, folded."""
        return fold(f"{self.title}\n{self.description}")

    def retitle(self, title: TaskTitle, *, at: datetime) -> None:
        """Say in other words what is to be done."""
        if title != self.title:
            self._happened(events.TaskRetitled(workspace_id=self.workspace_id, task_id=self.id, title=title), at)
            self.title = title

    def describe(self, description: TaskDescription, *, at: datetime) -> None:
        """Say at length what is to be done."""
        if description != self.description:
            self._happened(
                events.TaskDescribed(workspace_id=self.workspace_id, task_id=self.id, description=description), at
            )
            self.description = description

    def assign(self, assignee_id: UserId | None, *, at: datetime) -> None:
        """Give the task to somebody, or to nobody."""
        if assignee_id != self.assignee_id:
            self._happened(
                events.TaskAssigned(workspace_id=self.workspace_id, task_id=self.id, assignee_id=assignee_id), at
            )
            self.assignee_id = assignee_id

    def label(self, labels: Iterable[LabelName], *, at: datetime) -> None:
        """Replace the labels.

        Raises:
            Invalid: There are too many.
        """
        distinct = _distinct(labels)
        if distinct != self.labels:
            self._happened(events.TaskLabelled(workspace_id=self.workspace_id, task_id=self.id, labels=distinct), at)
            self.labels = distinct

    def prioritise(self, priority: Priority, *, at: datetime) -> None:
        """Say how much it matters."""
        if priority is not self.priority:
            self._happened(
                events.TaskPrioritised(workspace_id=self.workspace_id, task_id=self.id, priority=priority), at
            )
            self.priority = priority

    def schedule(self, due_on: date | None, *, at: datetime) -> None:
        """Set the day it is due, or none."""
        if due_on != self.due_on:
            self._happened(events.TaskScheduled(workspace_id=self.workspace_id, task_id=self.id, due_on=due_on), at)
            self.due_on = due_on

    def move(self, target: str, workflow: Workflow, *, at: datetime) -> None:
        """Take the task to another status, along the workflow of its project.

        Raises:
            Invalid: The workflow has no such status.
            TransitionRefused: The workflow has no such move.
        """
        if target == self.status:
            return
        was_done = workflow.status(self.status).category is Category.DONE
        reached = workflow.move(self.status, target)
        self._happened(
            events.TaskMoved(workspace_id=self.workspace_id, task_id=self.id, source=self.status, target=reached.slug),
            at,
        )
        self.status = reached.slug
        if was_done and reached.category is not Category.DONE:
            self.completed_at = None
            self._happened(events.TaskReopened(workspace_id=self.workspace_id, task_id=self.id), at)
        elif not was_done and reached.category is Category.DONE:
            self.completed_at = at
            self._happened(events.TaskCompleted(workspace_id=self.workspace_id, task_id=self.id), at)

    def complete(self, workflow: Workflow, *, at: datetime) -> None:
        """Finish the work; a second time changes nothing.

        Raises:
            TransitionRefused: The workflow has no way from here to done.
        """
        if self.completed_at is None:
            self.move(workflow.final.slug, workflow, at=at)

    def reopen(self, workflow: Workflow, *, at: datetime) -> None:
        """Take the work up again; an open task stays as it is.

        Raises:
            TransitionRefused: The workflow has no way from here to the start.
        """
        if self.completed_at is not None:
            self.move(workflow.initial.slug, workflow, at=at)

    def put(self, rank: str, *, at: datetime) -> None:
        """Give the task another place in the order."""
        if rank != self.rank:
            self._happened(events.TaskRanked(workspace_id=self.workspace_id, task_id=self.id, rank=rank), at)
            self.rank = rank

    def delete(self, *, at: datetime) -> None:
        """Put the task into the bin; a second time changes nothing."""
        if self.deleted_at is None:
            self._happened(events.TaskDeleted(workspace_id=self.workspace_id, task_id=self.id), at)
            self.deleted_at = at

    def restore(self, *, at: datetime) -> None:
        """Take the task out of the bin; a second time changes nothing."""
        if self.deleted_at is not None:
            self.deleted_at = None
            self._happened(events.TaskRestored(workspace_id=self.workspace_id, task_id=self.id), at)

    def _happened(self, event: DomainEvent, at: datetime) -> None:
        if self.deleted_at is not None:
            raise TaskDeletedError("the task is deleted: restore it first", key=self.key)
        self.updated_at = at
        self.record(event)


def _distinct(labels: Iterable[LabelName]) -> tuple[LabelName, ...]:
    distinct = tuple(sorted(set(labels)))
    if len(distinct) > MAX_LABELS:
        raise Invalid(f"must have at most {MAX_LABELS} labels", field="labels")
    return distinct
