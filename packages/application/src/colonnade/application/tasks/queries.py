"""Ask about tasks. The handlers are in the infrastructure: a query runs SQL and returns views."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from colonnade.application.messaging import Query
from colonnade.application.tasks.views import DescriptionView, TaskCount, TaskView
from colonnade.core import Page
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import Permission, WorkspaceId

FilterText = Annotated[
    str, Field(description='Filter text, such as `status:todo assignee:me due<7d label:bug "some words"`.')
]


class TaskOrder(StrEnum):
    """What a list of tasks is sorted by; a minus turns it round. Ties are broken by creation."""

    CREATED = "created"
    CREATED_DESC = "-created"
    UPDATED = "updated"
    UPDATED_DESC = "-updated"
    DUE = "due"
    DUE_DESC = "-due"
    PRIORITY = "priority"
    PRIORITY_DESC = "-priority"
    RANK = "rank"
    RANK_DESC = "-rank"


class GetTask(Query[TaskView], name="tasks.get", requires=Permission.TASK_READ):
    """Show a task by its id."""

    workspace_id: WorkspaceId
    task_id: TaskId


class ShowDescription(Query[DescriptionView], name="tasks.show_description", requires=Permission.TASK_READ):
    """Show a task's description as HTML that is safe to put into a page."""

    workspace_id: WorkspaceId
    task_id: TaskId


class GetTaskByKey(Query[TaskView], name="tasks.get_by_key", requires=Permission.TASK_READ):
    """Show a task by its key, such as `WEB-12`."""

    workspace_id: WorkspaceId
    key: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$", examples=["WEB-12"])]


class ListTasks(Query[Page[TaskView]], name="tasks.list", requires=Permission.TASK_READ):
    """List the tasks of a workspace or of one of its projects, without the deleted ones unless asked for them."""

    workspace_id: WorkspaceId
    project_id: ProjectId | None = None
    filter: FilterText = ""
    sort: TaskOrder = TaskOrder.CREATED_DESC
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class CountTasks(Query[TaskCount], name="tasks.count", requires=Permission.TASK_READ):
    """Count the tasks that a list would show."""

    workspace_id: WorkspaceId
    project_id: ProjectId | None = None
    filter: FilterText = ""
