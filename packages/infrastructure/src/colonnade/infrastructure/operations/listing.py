"""Pages of what operators list: by identifier, which sorts by creation."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select

from colonnade.application.messaging import Query
from colonnade.core import CursorCodec, Page
from colonnade.infrastructure.database import Database

View = TypeVar("View")


async def page_of(
    query: Query[Page[View]],
    statement: Select[Any],
    by: ColumnElement[UUID],
    build: Callable[[Any], View],  # a row of the statement
    database: Database,
    cursors: CursorCodec,
    *,
    limit: int,
    cursor: str | None,
    newest_first: bool = True,
) -> Page[View]:
    """Return a page of a list.

    Args:
        query: What was asked; a cursor holds for this very list only.
        statement: The whole list, without order.
        by: The identifier that it is sorted by; the first column of the statement.
        build: Makes a view of a row.
        database: Where.
        cursors: Reads and writes cursors.
        limit: How many at most.
        cursor: Where to go on.
        newest_first: Whether the list begins with what came last.
    """
    described = query.wire_name + query.model_dump_json(exclude={"cursor", "limit"})
    if cursor is not None:
        place = UUID(str(cursors.decode(described, cursor, keys=1)[0]))
        statement = statement.where(by < place if newest_first else by > place)
    ordered = statement.order_by(by.desc() if newest_first else by).limit(limit + 1)
    rows: Sequence[Any] = await database.fetch(ordered)
    more = len(rows) > limit
    following = cursors.encode(described, [str(rows[limit - 1][0])]) if more else None
    return Page(items=tuple(build(row) for row in rows[:limit]), next=following)
