"""The work itself: tasks."""

from colonnade.domain.tasks.events import (
    EVENTS,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDeleted,
    TaskDescribed,
    TaskLabelled,
    TaskMoved,
    TaskPrioritised,
    TaskRanked,
    TaskReopened,
    TaskRestored,
    TaskRetitled,
    TaskScheduled,
)
from colonnade.domain.tasks.rank import initial_rank, rank_between
from colonnade.domain.tasks.repository import TaskRepository
from colonnade.domain.tasks.task import Task, TaskDeletedError
from colonnade.domain.tasks.values import LabelName, Origin, Priority, TaskDescription, TaskId, TaskTitle

__all__ = [
    "EVENTS",
    "LabelName",
    "Origin",
    "Priority",
    "Task",
    "TaskAssigned",
    "TaskCompleted",
    "TaskCreated",
    "TaskDeleted",
    "TaskDeletedError",
    "TaskDescribed",
    "TaskDescription",
    "TaskId",
    "TaskLabelled",
    "TaskMoved",
    "TaskPrioritised",
    "TaskRanked",
    "TaskReopened",
    "TaskRepository",
    "TaskRestored",
    "TaskRetitled",
    "TaskScheduled",
    "TaskTitle",
    "initial_rank",
    "rank_between",
]
