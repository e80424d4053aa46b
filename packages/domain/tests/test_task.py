"""Tasks: each rule of the work, and that nothing happens without an event."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from colonnade.core import Invalid, UserId, new_id
from colonnade.domain.projects import (
    DEFAULT_WORKFLOW,
    Category,
    Project,
    ProjectArchivedError,
    Status,
    TransitionRefused,
    Workflow,
)
from colonnade.domain.tasks import (
    LabelName,
    Origin,
    Priority,
    Task,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDeleted,
    TaskDeletedError,
    TaskDescribed,
    TaskDescription,
    TaskId,
    TaskLabelled,
    TaskMoved,
    TaskPrioritised,
    TaskRanked,
    TaskReopened,
    TaskRestored,
    TaskRetitled,
    TaskScheduled,
    TaskTitle,
    initial_rank,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def task(project: Project, ada: UserId, now: datetime) -> Task:
    """A fresh task of Ada's, with nothing recorded yet."""
    made = Task.open(new_id(TaskId), project=project, number=12, title=TaskTitle("Ship it"), by=ada, at=now)
    made.release_events()
    return made


def test_a_task_is_opened_at_the_start_of_the_workflow_and_the_end_of_the_order(
    project: Project, ada: UserId, ben: UserId, now: datetime
) -> None:
    """It has its project's key and its number; the event holds all that it starts with."""
    task_id, origin = new_id(TaskId), Origin.model_validate({"source": "github:octo/hello#12"})
    task = Task.open(
        task_id,
        project=project,
        number=12,
        title=TaskTitle("Ship it"),
        description=TaskDescription("Soon."),
        assignee_id=ben,
        labels=[LabelName("ui"), LabelName("bug"), LabelName("ui")],
        priority=Priority.HIGH,
        due_on=date(2026, 12, 24),
        origin=origin,
        by=ada,
        at=now,
    )

    assert (task.key, task.status, task.rank, task.completed_at) == ("WEB-12", "todo", initial_rank(12), None)
    assert task.created_at == task.updated_at == now
    assert task.recorded_events == (
        TaskCreated(
            workspace_id=project.workspace_id,
            project_id=project.id,
            task_id=task_id,
            key="WEB-12",
            title="Ship it",
            description="Soon.",
            status="todo",
            assignee_id=ben,
            labels=("bug", "ui"),
            priority=Priority.HIGH,
            due_on=date(2026, 12, 24),
            rank=initial_rank(12),
            created_by=ada,
            origin=origin,
        ),
    )


def test_no_task_is_opened_in_an_archived_project(project: Project, ada: UserId, now: datetime) -> None:
    """It has to be restored first."""
    project.archive(at=now)

    with pytest.raises(ProjectArchivedError):
        Task.open(new_id(TaskId), project=project, number=1, title=TaskTitle("Ship it"), by=ada, at=now)


CHANGES: dict[type, Callable[[Task, datetime], None]] = {
    TaskRetitled: lambda task, at: task.retitle(TaskTitle("Ship it now"), at=at),
    TaskDescribed: lambda task, at: task.describe(TaskDescription("At last."), at=at),
    TaskAssigned: lambda task, at: task.assign(UserId(task.workspace_id), at=at),
    TaskLabelled: lambda task, at: task.label([LabelName("bug")], at=at),
    TaskPrioritised: lambda task, at: task.prioritise(Priority.URGENT, at=at),
    TaskScheduled: lambda task, at: task.schedule(date(2026, 12, 24), at=at),
    TaskMoved: lambda task, at: task.move("in_progress", DEFAULT_WORKFLOW, at=at),
    TaskRanked: lambda task, at: task.put("a5V", at=at),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_recorded_and_dated(task: Task, now: datetime, kind: type) -> None:
    """Once: the same change again is none."""
    CHANGES[kind](task, now + HOUR)
    CHANGES[kind](task, now + 2 * HOUR)

    assert [type(event) for event in task.recorded_events] == [kind]
    assert task.updated_at == now + HOUR
    assert task.version == 2


@pytest.mark.parametrize("kind", CHANGES)
def test_a_deleted_task_refuses_every_change(task: Task, now: datetime, kind: type) -> None:
    """It has to be restored first."""
    task.delete(at=now)
    task.release_events()

    with pytest.raises(TaskDeletedError, match="restore it first"):
        CHANGES[kind](task, now + HOUR)
    assert task.recorded_events == ()


@pytest.mark.parametrize("kind", CHANGES)
def test_a_refused_change_leaves_the_task_as_it_was(task: Task, now: datetime, kind: type) -> None:
    """An aggregate is never half changed, whatever its caller does with the refusal."""
    task.delete(at=now)
    before = dict(vars(task))

    with pytest.raises(TaskDeletedError):
        CHANGES[kind](task, now + HOUR)
    assert vars(task) == before


def test_a_task_is_taken_back_and_its_date_cleared(task: Task, ben: UserId, now: datetime) -> None:
    """Nobody and no day are values too."""
    task.assign(ben, at=now)
    task.assign(None, at=now)
    task.schedule(date(2026, 12, 24), at=now)
    task.schedule(None, at=now)

    assert (task.assignee_id, task.due_on) == (None, None)
    assert len(task.recorded_events) == 4


def test_labels_are_sorted_and_distinct(task: Task, now: datetime) -> None:
    """In whatever order they are given; letter case makes two labels of one word."""
    task.label([LabelName("ui"), LabelName("bug"), LabelName("ui"), LabelName("Bug")], at=now)

    assert task.labels == ("Bug", "bug", "ui")


def test_too_many_labels_are_refused(project: Project, task: Task, ada: UserId, now: datetime) -> None:
    """When a task is opened as well as later; fifty are not too many, and doubles do not count."""
    labels = [LabelName(f"label {number}") for number in range(51)]

    with pytest.raises(Invalid, match="at most 50 labels"):
        task.label(labels, at=now)
    with pytest.raises(Invalid, match="at most 50 labels"):
        Task.open(new_id(TaskId), project=project, number=1, title=TaskTitle("x"), by=ada, at=now, labels=labels)
    assert task.labels == ()
    task.label(labels[:50] * 2, at=now)
    assert len(task.labels) == 50


def test_a_task_is_completed_and_reopened(task: Task, now: datetime) -> None:
    """Both are moves along the workflow; doing either twice is doing it once."""
    task.complete(DEFAULT_WORKFLOW, at=now + HOUR)
    task.complete(DEFAULT_WORKFLOW, at=now + 2 * HOUR)
    assert (task.status, task.completed_at) == ("done", now + HOUR)

    task.reopen(DEFAULT_WORKFLOW, at=now + 3 * HOUR)
    task.reopen(DEFAULT_WORKFLOW, at=now + 4 * HOUR)
    assert (task.status, task.completed_at) == ("todo", None)

    ids = {"workspace_id": task.workspace_id, "task_id": task.id}
    assert task.recorded_events == (
        TaskMoved(**ids, source="todo", target="done"),
        TaskCompleted(**ids),
        TaskMoved(**ids, source="done", target="todo"),
        TaskReopened(**ids),
    )


def test_a_move_between_open_statuses_neither_completes_nor_reopens(task: Task, now: datetime) -> None:
    """It is a move and nothing else."""
    task.move("in_progress", DEFAULT_WORKFLOW, at=now)
    task.move("in_review", DEFAULT_WORKFLOW, at=now)

    assert [type(event) for event in task.recorded_events] == [TaskMoved, TaskMoved]
    assert task.completed_at is None


def test_a_task_stays_completed_from_one_final_status_to_another(task: Task, now: datetime) -> None:
    """The moment at which it was finished stays."""
    finished = [
        Status(slug=slug, name=slug, category=category)
        for slug, category in [("todo", Category.TODO), ("done", Category.DONE), ("shipped", Category.DONE)]
    ]
    workflow = Workflow(statuses=tuple(finished), transitions={"todo": ("done",), "done": ("shipped",)})
    task.complete(workflow, at=now)
    task.move("shipped", workflow, at=now + HOUR)

    assert task.completed_at == now
    assert [type(event) for event in task.recorded_events] == [TaskMoved, TaskCompleted, TaskMoved]


def test_a_move_that_the_workflow_lacks_is_refused(task: Task, now: datetime) -> None:
    """As is a status that it lacks; the task stays where it is."""
    with pytest.raises(TransitionRefused):
        task.move("in_review", DEFAULT_WORKFLOW, at=now)
    with pytest.raises(Invalid):
        task.move("blocked", DEFAULT_WORKFLOW, at=now)

    assert task.status == "todo"
    assert task.recorded_events == ()


def test_a_task_goes_into_the_bin_and_comes_out(task: Task, now: datetime) -> None:
    """Each once, and the task is changed again afterwards."""
    task.delete(at=now)
    task.delete(at=now + HOUR)
    binned_at = task.deleted_at
    task.restore(at=now + HOUR)
    task.restore(at=now + 2 * HOUR)
    task.retitle(TaskTitle("Ship it now"), at=now + 3 * HOUR)
    assert (binned_at, task.deleted_at) == (now, None)
    assert [type(event) for event in task.recorded_events] == [TaskDeleted, TaskRestored, TaskRetitled]


def test_a_task_is_searched_by_folded_title_and_description(task: Task, now: datetime) -> None:
    """Case and composition make no difference to whoever searches."""
    task.retitle(TaskTitle("Hauptstraße"), at=now)
    task.describe(TaskDescription("ZOE\u0308"), at=now)

    assert task.search_text == "hauptstrasse\nzoë"


def test_priorities_have_an_order() -> None:
    """From none to urgent."""
    assert [priority.rank for priority in Priority] == [0, 1, 2, 3, 4]
    assert max(Priority, key=lambda priority: priority.rank) is Priority.URGENT


@pytest.mark.parametrize("field", ["url", "author", "milestone"])
def test_what_no_store_takes_is_refused_in_an_origin(field: str) -> None:
    """PostgreSQL keeps no null characters, so they are refused at the door."""
    with pytest.raises(ValueError, match=field):
        Origin.model_validate({"source": "github:octo/hello#12", field: "x\x00y"})
