"""What access to tasks depends on, read when a decision needs it."""

from collections.abc import Collection, Mapping

from sqlalchemy import Uuid, bindparam, select

from colonnade.application.workspaces import TaskFacts
from colonnade.core import UserId
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.tasks.rows import TaskRow

_tasks = table_of(TaskRow).c
_FACTS = select(_tasks.id, _tasks.project_id, _tasks.created_by, _tasks.assignee_id).where(
    _tasks.workspace_id == bindparam("workspace_id"), _tasks.id.in_(bindparam("ids", type_=Uuid, expanding=True))
)


class SqlResources:
    """Reads from the database, at every decision that needs it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tasks(self, workspace_id: WorkspaceId, task_ids: Collection[TaskId]) -> Mapping[TaskId, TaskFacts]:
        """Return the facts of those of the tasks that are there, deleted ones included."""
        rows = await self._database.fetch(_FACTS, {"workspace_id": workspace_id, "ids": list(task_ids)})
        return {
            TaskId(row.id): TaskFacts(
                ProjectId(row.project_id),
                UserId(row.created_by),
                None if row.assignee_id is None else UserId(row.assignee_id),
            )
            for row in rows
        }
