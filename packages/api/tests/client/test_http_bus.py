"""The same messages, the same answers and the same errors as in the server's own process."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from colonnade.api.client import HttpBus, MemoryCredentials, Tokens
from colonnade.application import Context
from colonnade.core import Forbidden, Invalid, NotFound, Page, Unauthenticated, Unavailable
from colonnade.core.errors import StaleVersion

from ..library import (
    CONTRACT,
    READER,
    AddBook,
    Book,
    CountBooks,
    EditBook,
    Fail,
    GetBook,
    Greet,
    LendBook,
    ListBooks,
    RemoveBook,
    ReplaceBook,
    Service,
)
from .scripted import QUICK, ScriptedTransport, good, refused

TOKENS = Tokens("good", "refresh")


@pytest.fixture
async def bus(service: Service) -> AsyncIterator[HttpBus]:
    """A signed-in client of the small service."""
    async with HttpBus(
        "http://library",
        CONTRACT,
        prefix="/api",
        credentials=MemoryCredentials(TOKENS),
        retries=QUICK,
        transport=httpx2.ASGITransport(service.application),
    ) as bus:
        yield bus


async def test_answers_are_those_of_the_local_bus(service: Service, bus: HttpBus) -> None:
    """A caller cannot tell which bus it has."""
    local, here = service.bus, Context(caller=READER)
    book = await bus.send(AddBook(title="Notes", subtitle="By the translator", tags=("a",)))
    assert isinstance(book, Book)
    for query in (GetBook(book_id=book.id), ListBooks(limit=1), CountBooks(), Greet(name="Ada & co")):
        assert await bus.send(query) == await local.send(query, here)


async def test_what_is_answered_with_nothing_is_none(bus: HttpBus) -> None:
    """As the handler returned it."""
    book = await bus.send(AddBook(title="Notes"))
    assert await bus.send(RemoveBook(book_id=book.id)) is None


async def test_only_what_was_set_is_sent(bus: HttpBus) -> None:
    """A field that is left as it is and one that is cleared are not the same."""
    book = await bus.send(AddBook(title="Notes", subtitle="By the translator"))
    assert (await bus.send(EditBook(book_id=book.id, title="Sketch"))).subtitle == "By the translator"
    assert (await bus.send(EditBook(book_id=book.id, subtitle=None))).subtitle is None


async def test_the_version_that_was_seen_travels_along(bus: HttpBus) -> None:
    """Somebody else's change is not overwritten."""
    book = await bus.send(AddBook(title="Notes"))
    await bus.send(ReplaceBook(book_id=book.id, title="Sketch", expected_version=1))
    with pytest.raises(StaleVersion):
        await bus.send(EditBook(book_id=book.id, title="Third", expected_version=1))


async def test_pages_are_followed_by_their_cursors(bus: HttpBus) -> None:
    """Every item comes once."""
    for number in range(5):
        await bus.send(AddBook(title=f"Volume {number}"))
    titles, cursor, page = list[str](), None, Page[Book](items=())
    while titles == [] or cursor is not None:
        page = await bus.send(ListBooks(limit=2, newest=True, cursor=cursor))
        titles += [book.title for book in page.items]
        cursor = page.next
    assert titles == [f"Volume {number}" for number in (4, 3, 2, 1, 0)]


async def test_errors_are_those_of_the_server(service: Service, bus: HttpBus) -> None:
    """Class, sentence and facts."""
    missing = GetBook(book_id=READER.user_id)  # type: ignore[arg-type]
    with pytest.raises(NotFound) as here:
        await bus.send(missing)
    with pytest.raises(NotFound) as there:
        await service.bus.send(missing, Context(caller=READER))
    assert (here.value.message, here.value.facts["field"]) == (there.value.message, there.value.facts["field"])
    with pytest.raises(Forbidden) as refusal:
        await bus.send(Fail(how="forbidden"))
    assert refusal.value.facts["role"] == "guest"


async def test_nobody_is_signed_in_without_tokens(service: Service) -> None:
    """And `sign_in` takes effect with the next message."""
    transport = httpx2.ASGITransport(service.application)
    async with HttpBus("http://library", CONTRACT, prefix="/api", transport=transport, retries=QUICK) as bus:
        with pytest.raises(Unauthenticated):
            await bus.send(CountBooks())
        bus.sign_in(TOKENS)
        assert await bus.send(CountBooks()) == 0
        bus.sign_in(None)
        with pytest.raises(Unauthenticated):
            await bus.send(CountBooks())


async def test_a_message_without_a_row_is_a_mistake_of_the_programmer(bus: HttpBus) -> None:
    """It is said which message it was."""
    from colonnade.application import PUBLIC, Query

    class Unheard(Query[int], name="tests.unheard", requires=PUBLIC):
        """Has no row."""

    with pytest.raises(TypeError, match="Unheard has no row"):
        await bus.send(Unheard())


async def test_path_and_query_are_quoted() -> None:
    """Whatever a field holds, it stays in its place."""
    transport = ScriptedTransport([good({"text": "hello"})])
    async with HttpBus("http://library", CONTRACT, prefix="/api", transport=transport) as bus:
        await bus.send(Greet(name="a&b=c d/é#?"))
    assert transport.requests[0].url.params["name"] == "a&b=c d/é#?"


async def test_the_correlation_goes_on_in_the_server() -> None:
    """The context's id is the request's id, and its idempotency key travels."""
    transport = ScriptedTransport([good({"id": str(READER.user_id), "title": "a", "version": 1})])
    async with HttpBus("http://library", CONTRACT, prefix="/api", transport=transport) as bus:
        await bus.send(LendBook(book_id=READER.user_id), Context(correlation_id="c-1", idempotency_key="k-1"))  # type: ignore[arg-type]
    sent = transport.requests[0].headers
    assert (sent["x-request-id"], sent["idempotency-key"]) == ("c-1", "k-1")


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(502, content=b"<html>Bad gateway</html>"),
        httpx2.Response(500, content=b"\xff\xfe"),
        httpx2.Response(404, content=b'"not here"'),
        httpx2.Response(503),
    ],
    ids=lambda answer: str(answer.status_code),
)
async def test_what_is_no_problem_document_is_an_unexpected_fault(answer: httpx2.Response) -> None:
    """Something between client and server may answer whatever it likes."""
    from colonnade.api.problems import UnexpectedFault

    transport = ScriptedTransport([answer])
    async with HttpBus("http://library", CONTRACT, transport=transport, retries=QUICK) as bus:
        with pytest.raises(UnexpectedFault, match=str(answer.status_code)):
            await bus.send(Greet())


@pytest.mark.parametrize("content", [b"<html>Welcome to the hotel</html>", b'{"tekst": "hello"}', b""])
async def test_a_good_status_with_something_else_is_an_error_of_ours(content: bytes) -> None:
    """A captive portal answers 200 to everything; callers catch one root."""
    from colonnade.core import ColonnadeError

    transport = ScriptedTransport([httpx2.Response(200, content=content)])
    async with HttpBus("http://library", CONTRACT, transport=transport, retries=QUICK) as bus:
        with pytest.raises(ColonnadeError):
            await bus.send(Greet())


async def test_a_refused_field_keeps_its_name() -> None:
    """A form at the client can mark it."""
    faults = [{"field": "title", "message": "is missing", "code": "missing"}]
    transport = ScriptedTransport([refused(422, "invalid_message", "title: is missing", errors=faults)])
    async with HttpBus("http://library", CONTRACT, transport=transport) as bus:
        with pytest.raises(Invalid) as caught:
            await bus.send(Greet())
    assert caught.value.facts["errors"] == faults


async def test_an_unreachable_server_is_named() -> None:
    """The sentence says which address does not answer."""
    transport = ScriptedTransport([httpx2.ConnectError("refused")])
    async with HttpBus("http://library:81", CONTRACT, transport=transport, retries=QUICK) as bus:
        with pytest.raises(Unavailable, match="http://library:81"):
            await bus.send(Greet())


def test_tokens_are_not_printed() -> None:
    """Neither in logs nor in tracebacks."""
    assert "good" not in repr(TOKENS)
    assert "refresh" not in str(TOKENS)
