"""Assertions on events say what is there when they fail."""

import pytest

from colonnade.domain.projects import DEFAULT_WORKFLOW
from colonnade.domain.tasks import Task, TaskCompleted, TaskCreated, TaskMoved
from colonnade.testing import FrozenClock, assert_nothing_recorded, assert_recorded, recorded
from colonnade.testing.factories import EntityFactory


@pytest.fixture
def task(clock: FrozenClock) -> Task:
    """A task that went through its workflow."""
    task = EntityFactory(seed=1).task()
    task.move("in_progress", DEFAULT_WORKFLOW, at=clock.now())
    task.complete(DEFAULT_WORKFLOW, at=clock.now())
    return task


def test_events_are_found_by_kind(task: Task) -> None:
    """The events of one kind come typed and in order."""
    assert [event.target for event in recorded(task, TaskMoved)] == ["in_progress", "done"]


def test_one_event_with_these_facts(task: Task) -> None:
    """The facts pick the event; without one that has them, or with two, the message lists what was recorded."""
    assert assert_recorded(task, TaskMoved, target="done").source == "in_progress"
    assert_recorded(task, TaskCompleted)
    with pytest.raises(AssertionError, match="found 2"):
        assert_recorded(task, TaskMoved)
    with pytest.raises(AssertionError, match="TaskCompleted"):
        assert_recorded(task, TaskMoved, target="todo")
    with pytest.raises(AssertionError, match="no fact named"):
        assert_recorded(task, TaskMoved, destination="todo")


def test_nothing_recorded(task: Task) -> None:
    """Something that happened is listed; after it is released there is nothing."""
    with pytest.raises(AssertionError, match=TaskCreated.__name__):
        assert_nothing_recorded(task)
    task.release_events()
    assert_nothing_recorded(task)
