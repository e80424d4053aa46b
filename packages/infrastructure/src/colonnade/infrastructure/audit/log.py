"""Notes in the event log: each in a small unit of work of its own."""

from collections.abc import Callable, Mapping

from colonnade.application.audit.circumstances import circumstances
from colonnade.application.audit.notes import AuditNote
from colonnade.application.messaging import Context
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.database.events_alone import EventsAlone


class SqlAuditLog:
    """Appends notes to the event log, from where they come to the chains like every other event."""

    def __init__(self, begin: Callable[[Mapping[str, str]], SqlUnitOfWork]) -> None:
        """Take what begins a unit of work whose events have some metadata."""
        self._begin = begin

    async def note(self, note: AuditNote, context: Context, message: str) -> None:
        """Keep a note.

        Raises:
            Unavailable: The database does not answer.
        """
        unit_of_work = self._begin(circumstances(context, message))
        EventsAlone[AuditNote](unit_of_work).note(note)
        try:
            await unit_of_work.commit()
        finally:
            await unit_of_work.rollback()
