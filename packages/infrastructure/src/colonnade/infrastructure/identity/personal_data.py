"""Collects all that is kept of somebody, as the classification says; secrets and sealed forms are left out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Select, Table, Text, bindparam, or_, select

from colonnade.application.workspaces.export import ExportPage
from colonnade.core import UserId
from colonnade.infrastructure.audit.tables import entries
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.engine import Rows
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.tenancy import every_tenant
from colonnade.infrastructure.notifications.naming import NamedFacts
from colonnade.infrastructure.notifications.rows import NotificationRow
from colonnade.infrastructure.protection import Circumstances, PersonalTexts, PersonKeys
from colonnade.infrastructure.protection.classification import CLASSIFICATION, Classified, Fate

Values = dict[str, Any]  # by column, of any type

_SEALED = "_sealed"
_OF_TABLE = {"search_text", "source"}  # what tables keep for themselves
_OF_CALLER = ("address", "agent", "session", "token")
_CIRCUMSTANCES = Circumstances()


class SqlPersonalData:
    """Goes through the tables one by one, a page at a time."""

    def __init__(self, database: Database, keys: PersonKeys, named: NamedFacts, *, page: int = 500) -> None:
        self._database = database
        self._keys = keys
        self._named = named
        self._page = page

    async def collect(self, user_id: UserId) -> AsyncIterator[ExportPage]:
        """Yield it piece by piece, a section for each table.

        Raises:
            Unavailable: A database does not answer.
        """
        for table in metadata.sorted_tables:
            classified = CLASSIFICATION.get(table.name)
            if classified is None or not classified.people:
                continue
            statement, offset = _of_person(table, classified, user_id), 0
            while rows := await self._database.fetch(statement, {"limit": self._page, "offset": offset}):
                opened = await self._opened(table, rows, user_id)
                records = tuple(to_jsonable_python(_shown(values, classified), bytes_mode="hex") for values in opened)
                yield ExportPage(section=table.name, records=records, next=None)
                offset += len(rows)

    async def _opened(self, table: Table, rows: Rows, user_id: UserId) -> Sequence[Values]:
        found = [dict(row._mapping) for row in rows]
        if table is entries:
            return await self._opened_entries(found, user_id)
        if table.name == NotificationRow.__tablename__:
            facts = await self._named.of([values["facts"] for values in found])
            return [{**values, "facts": its} for values, its in zip(found, facts, strict=True)]
        sealed = [name for name in table.c.keys() if name.endswith(_SEALED) and name[: -len(_SEALED)] in table.c]  # noqa: SIM118 - not a dict
        if not sealed:
            return found
        texts = PersonalTexts(self._keys, table.name)
        await texts.load([user_id])
        return [_with_texts(values, sealed, texts, user_id) for values in found]

    async def _opened_entries(self, found: Sequence[Values], user_id: UserId) -> Sequence[Values]:
        """Return entries of the audit; where somebody else came from who did something to the person is not theirs."""
        stored = [(UUID(values["event_id"]), {name: values[name] for name in _CIRCUMSTANCES.names}) for values in found]
        opened = await _CIRCUMSTANCES.opened(self._keys, stored)
        return [
            {**values, **its} if values["caller"] in {None, str(user_id)} else _without(values, _OF_CALLER)
            for values, its in zip(found, opened, strict=True)
        ]


def _of_person(table: Table, classified: Classified, user_id: UserId) -> Select[Any]:  # rows of any table
    columns = [table.c[name] for name in classified.people]
    theirs = (column == (str(user_id) if isinstance(column.type, Text) else user_id) for column in columns)
    order = table.primary_key.columns.values()
    statement = select(table).where(or_(*theirs)).order_by(*order)
    return every_tenant(statement.limit(bindparam("limit")).offset(bindparam("offset")))


def _with_texts(values: Values, sealed: Sequence[str], texts: PersonalTexts, user_id: UserId) -> Values:
    opened: Values = {}
    for name in sealed:
        column = name[: -len(_SEALED)]
        if values[name] is not None:
            opened[column] = texts.open(values["id"], column, values[name], owner=user_id, erased="")
    return {**values, **opened}


def _shown(values: Mapping[str, Any], classified: Classified) -> Values:
    return {
        name: value
        for name, value in values.items()
        if classified.fates[name] is not Fate.WITHHELD and not name.endswith(_SEALED) and name not in _OF_TABLE
    }


def _without(values: Values, names: Sequence[str]) -> Values:
    return {name: value for name, value in values.items() if name not in names}
