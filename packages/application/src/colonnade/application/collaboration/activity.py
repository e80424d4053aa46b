"""The activity of a task: what was done to it, by whom and when."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from colonnade.application.messaging import Query
from colonnade.application.views import View
from colonnade.core import Page, UserId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import Permission, WorkspaceId


class ActivityView(View):
    """Something that was done to a task.

    Attributes:
        type: What, as the event's wire name.
        facts: The new values, as JSON.
    """

    event_id: UUID
    type: str
    actor_id: UserId | None
    at: datetime
    facts: dict[str, Any]  # JSON values


class ListActivity(Query[Page[ActivityView]], name="tasks.activity", requires=Permission.TASK_READ):
    """List what was done to a task, the newest first."""

    workspace_id: WorkspaceId
    task_id: TaskId
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None
