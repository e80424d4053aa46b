"""Where tasks are kept."""

from sqlalchemy import bindparam, select

from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import Task, TaskId
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import AggregateTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.tasks.mapping import task_to_domain, task_to_row
from colonnade.infrastructure.tasks.rows import TaskRow

_table = table_of(TaskRow)
TASKS = AggregateTable[Task](
    _table, task_to_domain, task_to_row, missing="there is no such task", tenant="workspace_id"
)
_mine = _table.c.workspace_id == bindparam("of_tenant")
_RANKS = (
    select(_table.c.rank)
    .where(_mine, _table.c.project_id == bindparam("project_id"), _table.c.deleted_at.is_(None))
    .limit(1)
)
_NEXT = _RANKS.where(_table.c.rank > bindparam("rank")).order_by(_table.c.rank)
_PREVIOUS = _RANKS.where(_table.c.rank < bindparam("rank")).order_by(_table.c.rank.desc())
_SOURCES = select(_table.c.source, _table.c.project_id, _table.c.key).where(
    _mine, _table.c.source.in_(bindparam("sources", expanding=True))
)


class SqlTaskRepository(SqlRepository[Task, TaskId]):
    """The tasks of a workspace, deleted ones included."""

    def __init__(self, unit_of_work: SqlUnitOfWork, tenant: WorkspaceId) -> None:
        super().__init__(unit_of_work, TASKS, tenant=tenant)

    async def neighbour_rank(self, task: Task, /, *, after: bool) -> str | None:
        """Return the rank next to a task's own in its project, leaving out deleted tasks."""
        statement = _NEXT if after else _PREVIOUS
        parameters = {"project_id": task.project_id, "rank": task.rank, **self._bound}
        rows = await self._unit_of_work.fetch(statement, parameters)
        return rows[0].rank if rows else None

    async def known_sources(self, sources: frozenset[str], /) -> dict[str, tuple[ProjectId, str]]:
        """Return the projects and keys of the tasks that were imported from these sources, by source."""
        rows = await self._unit_of_work.fetch(_SOURCES, {"sources": [str(source) for source in sources], **self._bound})
        return {row.source: (ProjectId(row.project_id), row.key) for row in rows}
