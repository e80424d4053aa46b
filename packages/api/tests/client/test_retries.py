"""A request is repeated where the server takes a repetition for one, and nowhere else."""

import httpx2
import pytest

from colonnade.api.client import HttpBus
from colonnade.application import Context
from colonnade.application.messaging import Message
from colonnade.core import ColonnadeError, Conflict, Invalid, Unavailable

from ..library import CONTRACT, READER, AddBook, EditBook, GetBook, Greet, RemoveBook, ReplaceBook
from .scripted import QUICK, ScriptedTransport, Step, good, refused

BOOK_ID = READER.user_id
BOOK = {"id": str(BOOK_ID), "title": "a", "version": 1}
UNSENT = (httpx2.ConnectError("refused"), httpx2.ConnectTimeout("late"), httpx2.PoolTimeout("busy"))
SENT = (
    httpx2.ReadError("reset"),
    httpx2.ReadTimeout("late"),
    httpx2.RemoteProtocolError("gone"),
    httpx2.WriteError("no"),
)
READ: Message[object] = GetBook(book_id=BOOK_ID)  # type: ignore[arg-type]
COMMAND: Message[object] = AddBook(title="a")
EDIT: Message[object] = EditBook(book_id=BOOK_ID, title="b")  # type: ignore[arg-type]
REPLACE: Message[object] = ReplaceBook(book_id=BOOK_ID, title="b")  # type: ignore[arg-type]


async def attempts(message: Message[object], *steps: Step, context: Context | None = None) -> ScriptedTransport:
    """Send a message through a script that ends well."""
    transport = ScriptedTransport([*steps, good(BOOK)])
    async with HttpBus("http://library", CONTRACT, transport=transport, retries=QUICK) as bus:
        await bus.send(message, context or Context())
    return transport


@pytest.mark.parametrize("fault", [*UNSENT, *SENT], ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("message", [READ, COMMAND, REPLACE], ids=["GET", "POST", "PUT"])
async def test_what_can_be_repeated_is(message: Message[object], fault: Exception) -> None:
    """Reads, replacements and commands with a key survive two faults of the network."""
    assert len((await attempts(message, fault, fault)).requests) == 3


async def test_a_repeated_command_has_one_key() -> None:
    """The server recognises it; two commands have two keys."""
    first = await attempts(COMMAND, *SENT[:2])
    second = await attempts(COMMAND)
    assert len(first.keys()) == 1
    assert first.keys() != second.keys()
    assert None not in first.keys() | second.keys()


async def test_the_key_of_the_context_is_the_one() -> None:
    """A queue that replays a command after a restart knows it again."""
    transport = await attempts(COMMAND, SENT[0], context=Context(idempotency_key="mine"))
    assert transport.keys() == {"mine"}


async def test_reads_have_no_key() -> None:
    """There is nothing to remember."""
    assert (await attempts(READ)).keys() == {None}


@pytest.mark.parametrize("fault", UNSENT, ids=lambda fault: type(fault).__name__)
async def test_an_edit_is_repeated_if_it_was_never_sent(fault: Exception) -> None:
    """It cannot have happened."""
    assert len((await attempts(EDIT, fault)).requests) == 2


@pytest.mark.parametrize("fault", SENT, ids=lambda fault: type(fault).__name__)
async def test_an_edit_that_was_sent_is_not_repeated(fault: Exception) -> None:
    """It may have happened, and somebody else may have edited since."""
    transport = ScriptedTransport([fault, good(BOOK)])
    async with HttpBus("http://library", CONTRACT, transport=transport, retries=QUICK) as bus:
        with pytest.raises(Unavailable):
            await bus.send(EDIT)
    assert len(transport.requests) == 1


@pytest.mark.parametrize("message", [READ, COMMAND], ids=["GET", "POST"])
async def test_a_busy_server_is_asked_again(message: Message[object]) -> None:
    """After the pause that it asked for."""
    assert len((await attempts(message, refused(503, "unavailable"))).requests) == 2


async def test_a_command_that_still_runs_is_waited_for() -> None:
    """Its answer is what the repetition gets."""
    assert len((await attempts(COMMAND, refused(409, "idempotency.in_progress"))).requests) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(422, "invalid"), Invalid),
        (refused(409, "conflict"), Conflict),
        (refused(403, "forbidden"), ColonnadeError),
        (refused(404, "not_found"), ColonnadeError),
        (refused(412, "stale_version"), ColonnadeError),
    ],
    ids=["422", "409", "403", "404", "412"],
)
async def test_a_refusal_is_final(answer: httpx2.Response, kind: type[ColonnadeError]) -> None:
    """Asking again would change nothing."""
    transport = ScriptedTransport([answer])
    async with HttpBus("http://library", CONTRACT, transport=transport, retries=QUICK) as bus:
        with pytest.raises(kind):
            await bus.send(COMMAND)
    assert len(transport.requests) == 1


@pytest.mark.parametrize("fault", [SENT[1], refused(503, "unavailable")], ids=["silence", "503"])
async def test_patience_ends(fault: Step) -> None:
    """After as many attempts as the settings allow, it is unavailable."""
    transport = ScriptedTransport([fault])
    async with HttpBus("http://library", CONTRACT, transport=transport, retries=QUICK) as bus:
        with pytest.raises(Unavailable):
            await bus.send(Greet())
    assert len(transport.requests) == QUICK.attempts


async def test_a_deletion_is_repeated() -> None:
    """What is gone is gone."""
    transport = ScriptedTransport([SENT[0], httpx2.Response(204)])
    async with HttpBus("http://library", CONTRACT, transport=transport, retries=QUICK) as bus:
        await bus.send(RemoveBook(book_id=BOOK_ID))  # type: ignore[arg-type]
    assert len(transport.requests) == 2
