"""What is somebody's alone, as the classification says: deleted when they are erased."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Delete, bindparam, delete, select

from colonnade.core import UserId
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.protection.classification import CLASSIFICATION
from colonnade.infrastructure.work import TABLES
from colonnade.infrastructure.workspaces.rows import MembershipRow

_memberships = table_of(MembershipRow).c
_WORKSPACES = (
    select(_memberships.workspace_id)
    .where(_memberships.user_id == bindparam("user_id"))
    .order_by(_memberships.workspace_id)
)


@cache
def deletions() -> Sequence[Delete]:
    """Return the statements that delete what is somebody's alone: what refers to others first."""
    return tuple(
        delete(table).where(table.c[classified.people[0]] == bindparam("of_user"))
        for table in reversed(TABLES.sorted_tables)
        if (classified := CLASSIFICATION.get(table.name)) is not None and classified.goes
    )


class SqlBelongings:
    """What is somebody's, within one unit of work that sees every tenant's rows."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def workspaces(self, user_id: UserId) -> Sequence[WorkspaceId]:
        """Return the workspaces that somebody belongs to."""
        rows = await self._unit_of_work.fetch(_WORKSPACES, {"user_id": user_id})
        return [WorkspaceId(row.workspace_id) for row in rows]

    def delete(self, user_id: UserId) -> None:
        """Delete every row that is theirs alone, when the unit of work is committed."""
        for statement in deletions():
            self._unit_of_work.at_commit(statement, {"of_user": user_id})
