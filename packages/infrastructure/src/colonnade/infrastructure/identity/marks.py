"""Marks in the database, which all processes share: what is good once is good once everywhere."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.passkey_rows import MarkRow

_table = table_of(MarkRow)
_INSERTS = {
    kind.__name__: kind.insert(_table).on_conflict_do_nothing(index_elements=[_table.c.mark]).returning(_table.c.mark)
    for kind in (postgresql, sqlite)
}
_OLD = (
    select(_table.c.mark)
    .where(_table.c.until < bindparam("before", type_=_table.c.until.type))
    .order_by(_table.c.until)
    .limit(bindparam("limit"))
)
_PURGE = delete(_table).where(_table.c.mark.in_(_OLD)).returning(_table.c.mark)


class SqlMarks:
    """What was used already, within one unit of work."""

    def __init__(self, unit_of_work: SqlUnitOfWork, database: Database) -> None:
        self._unit_of_work = unit_of_work
        self._insert = _INSERTS[(postgresql if database.is_postgresql else sqlite).__name__]

    async def take(self, mark: str, until: datetime) -> bool:
        """Put a mark if nobody has, and tell whether it was this call that put it.

        Whoever wants the same mark waits until this unit of work has ended, and gets it if that was in vain.
        """
        return bool(await self._unit_of_work.fetch_and_lock(self._insert, {"mark": mark, "until": until}))


class SqlMarkRetention:
    """Forgets marks, within one unit of work."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def purge(self, before: datetime, limit: int) -> int:
        """Delete marks of what stopped being good before a moment; return how many."""
        return len(await self._unit_of_work.fetch_and_lock(_PURGE, {"before": before, "limit": limit}))
