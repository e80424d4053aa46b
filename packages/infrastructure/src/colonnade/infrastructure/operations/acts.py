"""What operators did: written to the event log, read from it."""

from sqlalchemy import bindparam, select

from colonnade.application.messaging import Handlers
from colonnade.application.operations import ActView, ListActs, NoteAct, OperatorAct, OperatorActed, OperatorActs
from colonnade.core import Page
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import event_log
from colonnade.infrastructure.database.events_alone import EventsAlone

handlers = Handlers()

_log = event_log.c
_ACTS = (
    select(_log.data, _log.metadata, _log.recorded_at)
    .where(_log.type == OperatorActed.event_type)
    .order_by(_log.position.desc())
    .limit(bindparam("limit"))
)


class SqlOperatorActs(EventsAlone[OperatorAct]):
    """Keeps acts."""


@handlers.handles(NoteAct)
async def note_act(command: NoteAct, acts: OperatorActs) -> None:
    """Keep the act."""
    acts.note(OperatorAct.of(command.act, command.subject, command.detail))


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
