"""Reads a workspace piece by piece, for an export."""

from collections.abc import Mapping
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, select
from sqlalchemy.sql.expression import FromClause

from colonnade.application.workspaces.export import ExportPage
from colonnade.core import Invalid
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.engine import Rows
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.people import WHO, UserTexts
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.projects.rows import ProjectRow
from colonnade.infrastructure.tasks.rows import TaskRow
from colonnade.infrastructure.workspaces.rows import MembershipRow, WorkspaceRow

_workspaces, _members, _users, _projects, _tasks = (
    table_of(row).c for row in (WorkspaceRow, MembershipRow, UserRow, ProjectRow, TaskRow)
)
_OF_ROW = {"search_text", "last_number", "source"}  # what tables keep for themselves


def _all_of(row: FromClause, of_workspace: ColumnElement[bool], place: ColumnElement[UUID]) -> Select[tuple[object]]:
    columns = [column for column in row.c if column.name not in _OF_ROW]
    return select(*columns).where(of_workspace, place > bindparam("after")).order_by(place).limit(bindparam("limit"))


_MEMBERS = "members"
_mine: BindParameter[UUID] = bindparam("workspace_id")
_SECTIONS: Mapping[str, tuple[Select[tuple[object]], str]] = {
    "workspace": (_all_of(table_of(WorkspaceRow), _workspaces.id == _mine, _workspaces.id), "id"),
    _MEMBERS: (
        select(*WHO, _members.role)
        .join(table_of(UserRow), _users.id == _members.user_id)
        .where(_members.workspace_id == _mine, _members.user_id > bindparam("after"))
        .order_by(_members.user_id)
        .limit(bindparam("limit")),
        "id",
    ),
    "projects": (_all_of(table_of(ProjectRow), _projects.workspace_id == _mine, _projects.id), "id"),
    "tasks": (_all_of(table_of(TaskRow), _tasks.workspace_id == _mine, _tasks.id), "id"),
}
_ORDER = tuple(_SECTIONS)
_FIRST = UUID(int=0)


class SqlExportSource:
    """Goes through the sections of a workspace by identifier, so that what changes meanwhile moves nothing."""

    def __init__(self, database: Database, users: UserTexts, *, page: int = 500) -> None:
        self._database = database
        self._users = users
        self._page = page

    async def page(self, workspace_id: WorkspaceId, after: str | None) -> ExportPage:
        """Return the next piece.

        Args:
            workspace_id: Of which workspace.
            after: Section and last identifier, as the piece before it said.
        """
        section, last = _place(after)
        statement, key = _SECTIONS[section]
        where = {"workspace_id": workspace_id, "after": last, "limit": self._page}
        rows = await self._database.fetch(statement, where)
        values = await self._members(rows) if section == _MEMBERS else [dict(row._mapping) for row in rows]
        records = tuple(to_jsonable_python(one) for one in values)
        if len(rows) == self._page:
            return ExportPage(section=section, records=records, next=f"{section} {rows[-1]._mapping[key]}")
        following = _ORDER.index(section) + 1
        return ExportPage(section=section, records=records, next=_ORDER[following] if following < len(_ORDER) else None)

    async def _members(self, rows: Rows) -> list[dict[str, object]]:
        people = await self._users.values(rows)
        return [{"user_id": person.pop("id"), **person} for person in people]


def _place(after: str | None) -> tuple[str, UUID]:
    section, _, last = (after or _ORDER[0]).partition(" ")
    if section not in _SECTIONS:
        raise Invalid("is no place in an export", field="after")
    return section, UUID(last) if last else _FIRST
