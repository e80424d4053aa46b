"""Where projects are kept."""

from sqlalchemy import bindparam, update

from colonnade.core import NotFound
from colonnade.domain.projects import Project, ProjectId
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import AggregateTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.projects.mapping import project_to_domain, project_to_row
from colonnade.infrastructure.projects.rows import ProjectRow

_table = table_of(ProjectRow)
PROJECTS = AggregateTable[Project](
    _table, project_to_domain, project_to_row, missing="there is no such project", tenant="workspace_id"
)
_TAKE = (
    update(_table)
    .where(_table.c.id == bindparam("of_id"), _table.c.workspace_id == bindparam("of_tenant"))
    .values(last_number=_table.c.last_number + bindparam("count"))
    .returning(_table)
)


class SqlProjectRepository(SqlRepository[Project, ProjectId]):
    """The projects of a workspace."""

    def __init__(self, unit_of_work: SqlUnitOfWork, tenant: WorkspaceId) -> None:
        super().__init__(unit_of_work, PROJECTS, tenant=tenant)

    async def take_numbers(self, project_id: ProjectId, count: int = 1, /) -> tuple[Project, range]:
        """Reserve the next task numbers: one statement that reads the project, counts on, and makes others wait.

        Raises:
            NotFound: There is no such project in the workspace.
        """
        rows = await self._unit_of_work.fetch_and_lock(_TAKE, {"of_id": project_id, "count": count, **self._bound})
        if not rows:
            raise NotFound(PROJECTS.missing, field="project_id")
        last: int = rows[0].last_number
        return await self._adopt(rows[0]), range(last - count + 1, last + 1)
