"""Where workspaces are kept."""

from colonnade.domain.workspaces import Workspace, WorkspaceId
from colonnade.infrastructure.database import AggregateTable, ChildTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.workspaces.mapping import members_to_rows, workspace_to_domain, workspace_to_row
from colonnade.infrastructure.workspaces.rows import MembershipRow, WorkspaceRow

WORKSPACES = AggregateTable[Workspace](
    table_of(WorkspaceRow),
    workspace_to_domain,
    workspace_to_row,
    missing="there is no such workspace",
    child=ChildTable(table_of(MembershipRow), "workspace_id", members_to_rows),
)


class SqlWorkspaceRepository(SqlRepository[Workspace, WorkspaceId]):
    """All workspaces, with their members."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, WORKSPACES)
