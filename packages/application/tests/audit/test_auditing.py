"""What leaves no event is noted: refusals and failures of somebody; of nobody they are only counted."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from colonnade.application.audit import (
    Auditing,
    AuditNote,
    CommandDone,
    CommandFailed,
    CommandRefused,
    done_without_event,
)
from colonnade.application.messaging import INTERNAL, PUBLIC, Caller, Command, Context, Message, Query
from colonnade.application.messaging.behaviours import Authorising, Deadlines
from colonnade.application.operations import OperationsPermission
from colonnade.core import ColonnadeError, DomainEvent, Forbidden, NotFound, Unavailable, UserId, new_id
from colonnade.domain.workspaces import WorkspaceId

from ..fakes import StoppedClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA = Context(caller=Caller(new_id(UserId)))
NOBODY = Context()


class Lend(Command[str], name="books.lend", requires=OperationsPermission.MANAGE):
    """A command."""

    workspace_id: WorkspaceId
    book_id: UserId


class Look(Query[str], name="books.look", requires=OperationsPermission.READ):
    """A query."""


class Join(Command[str], name="books.join", requires=PUBLIC):
    """A command for everybody."""


class Sweep(Command[str], name="books.sweep", requires=INTERNAL):
    """A command of the service's own."""


LEND = Lend(workspace_id=new_id(WorkspaceId), book_id=new_id(UserId))


class Policy:
    """Allows, or refuses with an error."""

    def __init__(self, error: ColonnadeError | None) -> None:
        self._error = error

    async def authorise(self, permission: object, message: Message[Any], caller: Caller) -> None:
        """Decide."""
        if self._error is not None:
            raise self._error


class Log:
    """Keeps notes, fails to, or never ends."""

    def __init__(self) -> None:
        self.events: list[DomainEvent] = []
        self.error: Exception | None = None
        self.open, self.noted = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def note(self, note: AuditNote, context: Context, message: str) -> None:
        """Keep a note."""
        await self.open.wait()
        if self.error is not None:
            raise self.error
        self.events.extend(note.recorded_events)
        self.noted.set()


class Counter:
    """Counts refusals."""

    def __init__(self) -> None:
        self.refusals: list[tuple[str, str, bool]] = []

    def refused(self, message: str, code: str, *, known: bool) -> None:
        """Count one."""
        self.refusals.append((message, code, known))

    def security_event(self, kind: str, severity: str) -> None:
        """Count one."""


class Desk:
    """A bus of one behaviour."""

    def __init__(self, *, refusal: ColonnadeError | None = None, failure: Exception | None = None) -> None:
        self.log, self.counter, self.clock = Log(), Counter(), StoppedClock(NOON)
        self._refusal, self._failure = refusal, failure

    async def send(
        self, message: Message[Any], context: Context = ADA, *, also: Sequence[type[Message[Any]]] = ()
    ) -> Any:
        """Send a message."""
        gates = (Deadlines(self.clock), Authorising(Policy(self._refusal), self.clock))
        auditing = Auditing(self.log, self.counter, gates, also=also, note_seconds=0.05)

        async def handle(message: Message[Any], context: Context) -> str:
            if self._failure is not None:
                raise self._failure
            return "done"

        return await auditing.around(type(message), handle)(message, context)


async def test_what_is_done_is_left_to_its_events() -> None:
    desk = Desk()
    assert await desk.send(LEND) == "done"
    assert desk.log.events == []


@pytest.mark.parametrize("refusal", [Forbidden("no"), NotFound("there is no such workspace")])
@pytest.mark.parametrize("message", [LEND, Look()])
async def test_a_refusal_of_any_message_is_noted(refusal: ColonnadeError, message: Message[Any]) -> None:
    """Also that there is no such workspace, if it is the access rule that says so."""
    desk = Desk(refusal=refusal)
    with pytest.raises(type(refusal)) as raised:
        await desk.send(message)
    assert raised.value is refusal
    (event,) = desk.log.events
    assert isinstance(event, CommandRefused)
    assert (event.message, event.code) == (message.wire_name, refusal.code)
    assert event.workspace_id == getattr(message, "workspace_id", None)
    assert desk.counter.refusals == [(message.wire_name, refusal.code, True)]


async def test_of_ids_a_note_keeps_all_and_of_the_rest_nothing() -> None:
    desk = Desk(refusal=Forbidden("no"))
    with pytest.raises(Forbidden):
        await desk.send(LEND)
    (event,) = desk.log.events
    assert isinstance(event, CommandRefused)
    assert event.ids == {"book_id": LEND.book_id}


async def test_refusals_of_nobody_are_only_counted() -> None:
    desk = Desk()
    with pytest.raises(ColonnadeError):
        await desk.send(LEND, NOBODY)
    assert desk.log.events == []
    assert desk.counter.refusals == [("books.lend", "unauthenticated", False)]


async def test_failures_of_nobody_are_not_noted() -> None:
    desk = Desk(failure=NotFound("no such book"))
    with pytest.raises(NotFound):
        await desk.send(Join(), NOBODY)
    assert desk.log.events == []


@pytest.mark.parametrize(
    ("failure", "code"), [(NotFound("no such book"), "not_found"), (ValueError("bug"), "internal")]
)
async def test_a_command_that_fails_is_noted(failure: Exception, code: str) -> None:
    desk = Desk(failure=failure)
    with pytest.raises(type(failure)) as raised:
        await desk.send(LEND)
    assert raised.value is failure
    assert raised.value.__cause__ is None
    (event,) = desk.log.events
    assert isinstance(event, CommandFailed)
    assert event.code == code


async def test_a_cause_stays_with_a_failure() -> None:
    failure = NotFound("no such book")
    failure.__cause__ = cause = KeyError("book")
    with pytest.raises(NotFound) as raised:
        await Desk(failure=failure).send(LEND)
    assert raised.value.__cause__ is cause


async def test_a_query_that_finds_nothing_is_not_noted() -> None:
    desk = Desk(failure=NotFound("no such book"))
    with pytest.raises(NotFound):
        await desk.send(Look())
    assert desk.log.events == []


async def test_what_a_handler_forbids_is_a_refusal() -> None:
    desk = Desk(failure=Forbidden("not yours"))
    with pytest.raises(Forbidden):
        await desk.send(Look())
    assert [type(event) for event in desk.log.events] == [CommandRefused]


async def test_with_the_database_gone_nothing_is_noted() -> None:
    desk = Desk(failure=Unavailable("the database does not answer"))
    with pytest.raises(Unavailable):
        await desk.send(LEND)
    assert desk.log.events == []


@pytest.mark.parametrize("error", [Unavailable("gone"), RuntimeError("bug")])
async def test_a_note_that_cannot_be_kept_does_not_mask_the_answer(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(refusal=Forbidden("no"))
    desk.log.error = error
    with caplog.at_level(logging.ERROR, "colonnade.audit"), pytest.raises(Forbidden):
        await desk.send(LEND)
    assert [record.message for record in caplog.records] == ["not in the audit"]


async def test_a_note_that_takes_for_ever_holds_nobody_up() -> None:
    desk = Desk(refusal=Forbidden("no"))
    desk.log.open.clear()
    with pytest.raises(Forbidden):
        async with asyncio.timeout(5):
            await desk.send(LEND)


async def test_whoever_goes_away_is_noted_all_the_same() -> None:
    """To hang up is no way to stay out of the audit."""
    desk = Desk(refusal=Forbidden("no"))
    desk.log.open.clear()
    sending = asyncio.create_task(desk.send(LEND))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    desk.log.open.set()
    async with asyncio.timeout(5):
        await desk.log.noted.wait()


async def test_a_deadline_that_has_passed_is_a_failure_and_noted() -> None:
    desk = Desk()
    context = Context(caller=ADA.caller, deadline=desk.clock.now() - timedelta(seconds=1))
    with pytest.raises(ColonnadeError):
        await desk.send(LEND, context)
    assert [getattr(event, "code", None) for event in desk.log.events] == ["deadline_exceeded"]


async def test_some_queries_are_noted_when_they_are_answered() -> None:
    desk = Desk()
    await desk.send(Look(), also=[Look])
    assert [type(event) for event in desk.log.events] == [CommandDone]


def test_a_command_of_somebody_is_recorded_if_nothing_else_is() -> None:
    note = done_without_event(LEND, ADA)
    assert note is not None
    assert [event.event_type for event in note.recorded_events] == ["audit.command_done"]
    assert note.stream == f"audit-{note.id}"
    assert done_without_event(LEND, Context(console="ada")) is not None
    assert done_without_event(LEND, NOBODY) is None
    assert done_without_event(Look(), ADA) is None
    assert done_without_event(Sweep(), ADA) is None
