"""Tasks."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.tasks.changes import AssignTask, EditTask, LabelTask, RankTask
from colonnade.application.tasks.importing import ImportedTask, ImportOutcome, ImportReport, ImportTasks
from colonnade.application.tasks.lifecycle import (
    CompleteTask,
    CreateTask,
    DeleteTask,
    MoveTask,
    ReopenTask,
    RestoreTask,
)
from colonnade.application.tasks.queries import CountTasks, GetTask, GetTaskByKey, ListTasks, ShowDescription, TaskOrder
from colonnade.application.tasks.views import DescriptionView, TaskCount, TaskView

__all__ = [
    "AssignTask",
    "CompleteTask",
    "CountTasks",
    "CreateTask",
    "DeleteTask",
    "DescriptionView",
    "EditTask",
    "GetTask",
    "GetTaskByKey",
    "ImportOutcome",
    "ImportReport",
    "ImportTasks",
    "ImportedTask",
    "LabelTask",
    "ListTasks",
    "MoveTask",
    "RankTask",
    "ReopenTask",
    "RestoreTask",
    "ShowDescription",
    "TaskCount",
    "TaskOrder",
    "TaskView",
]
