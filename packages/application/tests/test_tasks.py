"""Use cases of tasks whose rules are more than one call of the domain: editing, ranking, importing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from colonnade.application import Caller, Context, LocalBus
from colonnade.application.messaging import StaticResolver
from colonnade.application.tasks import (
    CompleteTask,
    CreateTask,
    EditTask,
    ImportOutcome,
    ImportTasks,
    LabelTask,
    RankTask,
    TaskView,
    changes,
    importing,
    lifecycle,
)
from colonnade.application.workspaces import Memberships
from colonnade.core import Clock, Invalid, UserId, new_id
from colonnade.core.errors import StaleVersion
from colonnade.domain.projects import (
    Category,
    Project,
    ProjectId,
    ProjectKey,
    ProjectName,
    ProjectRepository,
    Status,
    Workflow,
)
from colonnade.domain.tasks import TaskRepository, TaskTitle
from colonnade.domain.workspaces import Role, WorkspaceId

from .fakes import KnownMembers, MemoryProjects, MemoryTasks, StoppedClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA, STRANGER = new_id(UserId), new_id(UserId)
WORKSPACE = new_id(WorkspaceId)
CONTEXT = Context(caller=Caller(ADA))


class House:
    """A bus with the task handlers, and a project to work in."""

    def __init__(self, **project: Any) -> None:
        self.project = Project.create(
            new_id(ProjectId),
            workspace_id=WORKSPACE,
            key=ProjectKey("WEB"),
            name=ProjectName("Relaunch"),
            at=NOON,
            **project,
        )
        self.projects = MemoryProjects(self.project)
        self.tasks = MemoryTasks()
        self.clock = StoppedClock(NOON)
        self.bus = LocalBus({})

    async def start(self) -> "House":
        """Open the bus."""
        objects = {
            Clock: self.clock,
            Memberships: KnownMembers(WORKSPACE, {ADA: Role.MEMBER}),
            ProjectRepository: self.projects,
            TaskRepository: self.tasks,
        }
        handlers = [lifecycle.handlers, changes.handlers, importing.handlers]
        self.bus = await LocalBus.start(handlers=handlers, resolver=StaticResolver(objects))
        return self

    async def task(self, title: str = "Ship it", **more: Any) -> TaskView:
        """Open a task."""
        command = CreateTask(workspace_id=WORKSPACE, project_id=self.project.id, title=TaskTitle(title), **more)
        return await self.bus.send(command, CONTEXT)

    def order(self) -> list[str]:
        """Return the titles in the order that people put them in."""
        return [task.title for task in sorted(self.tasks.all.values(), key=lambda task: task.rank)]


@pytest.fixture
async def house() -> House:
    """A house with an empty project."""
    return await House().start()


async def test_a_task_is_given_to_members_only(house: House) -> None:
    """When it is opened as well as later; nothing changes when that is refused."""
    with pytest.raises(Invalid) as refused:
        await house.task(assignee_id=STRANGER)
    assert refused.value.facts == {"field": "assignee_id"}
    assert house.tasks.all == {}

    task = await house.task(assignee_id=ADA)
    with pytest.raises(Invalid):
        await house.bus.send(EditTask(workspace_id=WORKSPACE, task_id=task.id, assignee_id=STRANGER))
    assert house.tasks.all[task.id].assignee_id == ADA


async def test_an_edit_changes_what_was_sent_and_clears_what_was_null(house: House) -> None:
    """The rest stays as it is."""
    task = await house.task(assignee_id=ADA, due_on=date(2026, 12, 24))
    sent = {"workspace_id": WORKSPACE, "task_id": task.id, "title": "Ship it now", "due_on": None}
    edited = await house.bus.send(EditTask.model_validate(sent))

    assert (edited.title, edited.due_on, edited.assignee_id) == ("Ship it now", None, ADA)
    assert edited.version == task.version + 2


async def test_an_edit_of_nothing_changes_nothing(house: House) -> None:
    """Not even the version."""
    task = await house.task()

    assert await house.bus.send(EditTask(workspace_id=WORKSPACE, task_id=task.id)) == task


async def test_a_change_to_another_version_than_the_one_seen_is_refused(house: House) -> None:
    """Nobody overwrites what they have not read."""
    task = await house.task()
    edit = EditTask(workspace_id=WORKSPACE, task_id=task.id, title=TaskTitle("Mine"), expected_version=task.version)
    await house.bus.send(edit)

    with pytest.raises(StaleVersion):
        await house.bus.send(edit.model_copy(update={"title": TaskTitle("Yours")}))
    assert house.tasks.all[task.id].title == "Mine"


async def test_labels_are_added_and_removed(house: House) -> None:
    """Removing wins over adding, and removing what is not there is nothing."""
    task = await house.task(labels=("bug", "ui"))
    sent = {"workspace_id": WORKSPACE, "task_id": task.id, "add": ["api", "x"], "remove": ["bug", "x", "none"]}
    labelled = await house.bus.send(LabelTask.model_validate(sent))

    assert labelled.labels == ("api", "ui")


@pytest.mark.parametrize(
    ("moved", "place", "other", "order"),
    [
        ("c", "before", "a", "cabd"),
        ("c", "before", "b", "acbd"),
        ("a", "after", "b", "bacd"),
        ("a", "after", "d", "bcda"),
        ("b", "after", "a", "abcd"),
        ("b", "before", "c", "abcd"),
        ("d", "after", "c", "abcd"),
    ],
)
async def test_a_task_is_put_next_to_another(house: House, moved: str, place: str, other: str, order: str) -> None:
    """Right before it or right after it; a task that stands there already stays, and no version changes."""
    tasks = {title: await house.task(title) for title in "abcd"}
    sent = {"workspace_id": WORKSPACE, "task_id": tasks[moved].id, place: tasks[other].id}
    ranked = await house.bus.send(RankTask.model_validate(sent))

    assert "".join(house.order()) == order
    assert (ranked.version == tasks[moved].version) is (order == "abcd")


async def test_a_new_task_comes_last_whatever_was_put_last_by_hand(house: House) -> None:
    """The order of opening goes on."""
    tasks = {title: await house.task(title) for title in "abc"}
    await house.bus.send(RankTask(workspace_id=WORKSPACE, task_id=tasks["a"].id, after=tasks["c"].id))
    await house.task("d")

    assert "".join(house.order()) == "bcad"


async def test_a_task_cannot_be_put_next_to_itself(house: House) -> None:
    """The field at fault is named."""
    task = await house.task()

    with pytest.raises(Invalid, match="is the task itself") as refused:
        await house.bus.send(RankTask(workspace_id=WORKSPACE, task_id=task.id, before=task.id))
    assert refused.value.facts == {"field": "before"}


async def test_a_task_cannot_be_put_into_another_projects_order(house: House) -> None:
    """Each project has its own."""
    task = await house.task()
    other = await House().start()
    stranger = await other.task()
    house.tasks.all |= other.tasks.all

    with pytest.raises(Invalid, match="another project"):
        await house.bus.send(RankTask(workspace_id=WORKSPACE, task_id=task.id, after=stranger.id))


@pytest.mark.parametrize("places", [{}, {"before": new_id(ProjectId), "after": new_id(ProjectId)}])
def test_a_place_is_next_to_one_task(places: dict[str, object]) -> None:
    """Neither none nor two."""
    with pytest.raises(ValueError, match="name either"):
        RankTask.model_validate({"workspace_id": WORKSPACE, "task_id": WORKSPACE, **places})


def importing_from(house: House, records: Sequence[Mapping[str, object]]) -> ImportTasks:
    """Return the message as it comes in, with a date where a record has none."""
    dated = [{"title": "Imported", "created_at": NOON - timedelta(days=9), **record} for record in records]
    return ImportTasks.model_validate({"workspace_id": WORKSPACE, "project_id": house.project.id, "tasks": dated})


async def test_what_was_imported_is_known_the_next_time(house: House) -> None:
    """Each record is reported in its order, with the key that it has here."""
    one, two, three = ({"origin": {"source": f"github:octo/hello#{number}"}} for number in (1, 2, 3))
    first = await house.bus.send(importing_from(house, [one, two]), CONTEXT)
    second = await house.bus.send(importing_from(house, [two, three, one]), CONTEXT)

    assert [(record.outcome, record.key) for record in first.records] == [
        (ImportOutcome.CREATED, "WEB-1"),
        (ImportOutcome.CREATED, "WEB-2"),
    ]
    assert [(record.outcome, record.key) for record in second.records] == [
        (ImportOutcome.KNOWN, "WEB-2"),
        (ImportOutcome.CREATED, "WEB-3"),
        (ImportOutcome.KNOWN, "WEB-1"),
    ]


async def test_one_source_twice_in_a_batch_is_one_task(house: House) -> None:
    """And one number."""
    record = {"origin": {"source": "github:octo/hello#1"}}
    report = await house.bus.send(importing_from(house, [record, record]), CONTEXT)

    assert {record.key for record in report.records} == {"WEB-1"}
    assert len(house.tasks.all) == house.projects.taken == 1


async def test_a_dry_run_says_what_would_be_imported_and_imports_nothing(house: House) -> None:
    """What is known has its key already; what would be new has none yet, and no number is spent on it."""
    known, fresh = ({"origin": {"source": f"github:octo/hello#{number}"}} for number in (1, 2))
    await house.bus.send(importing_from(house, [known]), CONTEXT)
    trial = importing_from(house, [known, fresh]).model_copy(update={"dry_run": True})
    report = await house.bus.send(trial, CONTEXT)

    assert [(record.outcome, record.key) for record in report.records] == [
        (ImportOutcome.KNOWN, "WEB-1"),
        (ImportOutcome.CREATED, None),
    ]
    assert len(house.tasks.all) == house.projects.taken == 1


async def test_an_imported_task_keeps_its_dates_but_none_in_the_future(house: House) -> None:
    """What was finished there is finished here; a time without a zone is in UTC."""
    record = {
        "origin": {"source": "github:octo/hello#1"},
        "created_at": "2026-01-01T10:00:00",
        "completed_at": NOON + timedelta(days=1),
    }
    await house.bus.send(importing_from(house, [record]), CONTEXT)
    (task,) = house.tasks.all.values()

    assert task.created_at == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert (task.status, task.completed_at) == ("done", NOON)


async def test_what_was_finished_elsewhere_is_finished_here_whatever_the_workflow() -> None:
    """An import brings a state, not a move; a workflow without a short cut does not stop a hundred tasks."""
    statuses = [
        Status(slug=category.value, name=category.value, category=category)
        for category in (Category.TODO, Category.ACTIVE, Category.DONE)
    ]
    workflow = Workflow(statuses=tuple(statuses), transitions={"todo": ("active",), "active": ("done",)})
    house = await House(workflow=workflow).start()
    record = {"origin": {"source": "github:octo/hello#1"}, "completed_at": NOON}
    await house.bus.send(importing_from(house, [record]), CONTEXT)
    (task,) = house.tasks.all.values()

    assert (task.status, task.completed_at) == ("done", NOON)


async def test_a_misspelt_field_of_an_imported_task_is_refused(house: House) -> None:
    """As it is in every other message: nothing that was sent is silently left out."""
    with pytest.raises(ValueError, match="prioritty"):
        importing_from(house, [{"origin": {"source": "x"}, "prioritty": "high"}])


async def test_completing_a_task_twice_is_completing_it_once(house: House) -> None:
    """The answer is the same."""
    task = await house.task()
    answers = [await house.bus.send(CompleteTask(workspace_id=WORKSPACE, task_id=task.id)) for _ in range(2)]

    assert answers[0] == answers[1]
