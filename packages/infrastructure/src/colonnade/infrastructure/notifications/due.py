"""The open tasks of all workspaces that are due, for the service itself."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select

from colonnade.application.notifications.ports import DueTask
from colonnade.domain.tasks import TaskId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.tenancy import every_tenant
from colonnade.infrastructure.projects.rows import ProjectRow
from colonnade.infrastructure.tasks.rows import TaskRow

_tasks, _projects = table_of(TaskRow), table_of(ProjectRow)
_FIRST_PAGE = every_tenant(
    select(*(_tasks.c[name] for name in ("id", "workspace_id", "assignee_id", "key", "title", "due_on")))
    .join(_projects, _projects.c.id == _tasks.c.project_id)
    .where(
        _tasks.c.due_on.between(bindparam("first"), bindparam("last")),
        _tasks.c.assignee_id.is_not(None),
        _tasks.c.completed_at.is_(None),
        _tasks.c.deleted_at.is_(None),
        _projects.c.archived_at.is_(None),
    )
    .order_by(_tasks.c.id)
    .limit(bindparam("limit"))
)
_NEXT_PAGE = _FIRST_PAGE.where(_tasks.c.id > bindparam("after"))


class SqlDueTasks:
    """Looks through the tasks of every workspace, those of archived projects left out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, first: date, last: date, *, after: TaskId | None, limit: int) -> Sequence[DueTask]:
        """Return assigned tasks that are due within these days, in the order of their ids."""
        where = {"first": first, "last": last, "limit": limit, "after": after}
        if after is None:
            del where["after"]
        rows = await self._database.fetch(_FIRST_PAGE if after is None else _NEXT_PAGE, where)
        return [DueTask(*row) for row in rows]
