"""What operators did: written to the event log, read from it."""

from sqlalchemy import bindparam, select

from colonnade.application.messaging import Handlers
from colonnade.application.operations import ActView, ListActs, OperatorAct, OperatorActed
from colonnade.core import Page
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.event_log import event_log
from colonnade.infrastructure.database.unit_of_work import Change

handlers = Handlers()

_log = event_log.c
_ACTS = (
    select(_log.data, _log.metadata, _log.recorded_at)
    .where(_log.type == OperatorActed.event_type)
    .order_by(_log.position.desc())
    .limit(bindparam("limit"))
)


class SqlOperatorActs:
    """Keeps acts in the event log, and nowhere else."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._acts: list[OperatorAct] = []
        unit_of_work.join(self)

    def note(self, act: OperatorAct) -> None:
        """Keep an act once the unit of work is committed."""
        self._acts.append(act)

    def changes(self) -> list[Change]:
        """Return what must be written: events alone."""
        return [Change(act, (), 0, 0) for act in self._acts]

    def forget(self) -> None:
        """Drop what was noted."""
        self._acts.clear()


@handlers.handles(ListActs)
async def list_acts(query: ListActs, database: Database) -> Page[ActView]:
    """List acts, the newest first."""
    rows = await database.fetch(_ACTS, {"limit": query.limit})
    return Page(
        items=tuple(
            ActView(
                act=row.data["act"],
                subject=row.data["subject"],
                detail=row.data["detail"],
                by=row.metadata.get("console") or row.metadata.get("caller"),
                at=row.recorded_at,
            )
            for row in rows
        )
    )
