"""Note what leaves no event: who was refused what, and which commands failed."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Any

from colonnade.application.audit.notes import AuditLog, AuditNote
from colonnade.application.audit.observer import AuditObserver
from colonnade.application.messaging import Command, Context, Message
from colonnade.application.messaging.pipeline import Behaviour, Call
from colonnade.core import ColonnadeError, Forbidden, NotFound, Unauthenticated, Unavailable
from colonnade.core.errors import LimitExceeded

_REFUSALS = (Forbidden, Unauthenticated, NotFound)
_CRASHED = "internal"

_log = logging.getLogger("colonnade.audit")


class _Inside(Exception):
    """Carries an error from behind the gates past them: what it means depends on which side it comes from."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class Auditing:
    """Stands around the gates (deadline, access rule) and notes what does not come through, and what fails behind.

    Of nobody in particular, refusals and failures are only counted: a flood of them cannot fill the log. The answer
    waits for the note, but no longer than `note_seconds`; a note that cannot be kept is logged, and the answer stays.
    """

    def __init__(
        self,
        log: AuditLog,
        observer: AuditObserver,
        gates: Sequence[Behaviour],
        *,
        also: Collection[type[Message[Any]]] = (),
        note_seconds: float = 2.0,
    ) -> None:
        """Put it together.

        Args:
            log: Keeps notes.
            observer: Counts.
            gates: The behaviours that let messages through, outermost first.
            also: Queries whose answers are noted too.
            note_seconds: How long a note may take.
        """
        self._audit = log
        self._observer = observer
        self._gates = gates
        self._also = frozenset(also)
        self._note_seconds = note_seconds
        self._under_way: set[asyncio.Task[None]] = set()

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Watch the gates and what is behind them."""
        gated = _marked(call)
        for gate in reversed(self._gates):
            gated = gate.around(kind, gated)
        is_noted, name = kind in self._also, kind.wire_name

        async def audited(message: Any, context: Context) -> Any:  # types are stated by the bus
            try:
                answer = await gated(message, context)
            except _Inside as inside:
                error = inside.error
                await self._failed(message, context, error)
                raise error from error.__cause__
            except ColonnadeError as error:
                await self._stopped(message, context, error)
                raise
            if is_noted:
                await self._note(AuditNote.done(message), context, name)
            return answer

        return audited

    async def _stopped(self, message: Message[Any], context: Context, error: ColonnadeError) -> None:
        """Note what the gates did not let through."""
        if not isinstance(error, _REFUSALS):
            await self._failed(message, context, error)
            return
        known = _is_somebody(context)
        self._observer.refused(message.wire_name, error.code, known=known)
        if known:
            await self._note(AuditNote.refused(message, error), context, message.wire_name)

    async def _failed(self, message: Message[Any], context: Context, error: Exception) -> None:
        """Note what failed, unless it left an event, the database is gone, or it would be a flood."""
        kept = isinstance(error, ColonnadeError) and error.keeps_changes
        if kept or isinstance(error, Unavailable | LimitExceeded) or not _is_somebody(context):
            return
        if isinstance(error, Forbidden):
            self._observer.refused(message.wire_name, error.code, known=True)
            await self._note(AuditNote.refused(message, error), context, message.wire_name)
        elif isinstance(message, Command):
            code = error.code if isinstance(error, ColonnadeError) else _CRASHED
            await self._note(AuditNote.failed(message, code), context, message.wire_name)

    async def _note(self, note: AuditNote, context: Context, message: str) -> None:
        """Keep a note, although whoever sent the message may stop waiting meanwhile."""
        task = asyncio.create_task(self._keep(note, context, message), name="audit note")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.shield(task)

    async def _keep(self, note: AuditNote, context: Context, message: str) -> None:
        try:
            async with asyncio.timeout(self._note_seconds):
                await self._audit.note(note, context, message)
        except Exception as error:  # noqa: BLE001 - the answer must not depend on it
            facts = {"message_name": message, "correlation_id": context.correlation_id, "error": type(error).__name__}
            _log.error("not in the audit", extra=facts)


def _is_somebody(context: Context) -> bool:
    return context.caller is not None or context.console is not None


def _marked(call: Call) -> Call:
    async def marked(message: Any, context: Context) -> Any:  # types are stated by the bus
        try:
            return await call(message, context)
        except Exception as error:  # noqa: BLE001 - goes on as it is, once it is known from which side it came
            raise _Inside(error) from None

    return marked
