"""A service as small as can be: a shelf of books, with a contract of its own and no product in it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, NewType
from uuid import UUID

import httpx2
from pydantic import BaseModel, Field

from colonnade.api import Contract
from colonnade.api.http import BodyLimits, HttpSettings, RequestObserver, create_application
from colonnade.application import PUBLIC, SIGNED_IN, Caller, Command, Handlers, LocalBus, Query
from colonnade.application.messaging import UNSET, StaticResolver, Unset, VersionedCommand
from colonnade.core import Forbidden, NotFound, Page, Unauthenticated, Unavailable, UserId, new_id
from colonnade.core.errors import StaleVersion

BookId = NewType("BookId", UUID)
Title = Annotated[str, Field(min_length=1, max_length=100)]
BODY_LIMIT_BYTES = 2_000
READER = Caller(new_id(UserId))


class Book(BaseModel):
    """What the service answers with."""

    id: BookId
    title: str
    subtitle: str | None = None
    version: int = 1


class Greeting(BaseModel):
    """A sentence."""

    text: str


class Greet(Query[Greeting], name="books.greet", requires=PUBLIC):
    """Say hello to anybody."""

    name: str = "you"


class AddBook(Command[Book], name="books.add", requires=SIGNED_IN):
    """Put a book on the shelf."""

    title: Title
    subtitle: str | None = None
    tags: tuple[Title, ...] = ()
    weight: float = 0


class GetBook(Query[Book], name="books.get", requires=SIGNED_IN):
    """Show a book."""

    book_id: BookId


class ListBooks(Query[Page[Book]], name="books.list", requires=SIGNED_IN):
    """List the books in the order in which they came."""

    limit: Annotated[int, Field(ge=1, le=100)] = 2
    cursor: str | None = None
    newest: bool = False


class CountBooks(Query[int], name="books.count", requires=SIGNED_IN):
    """Count the books."""


class EditBook(VersionedCommand[Book], name="books.edit", requires=SIGNED_IN):
    """Change parts of a book; null clears."""

    book_id: BookId
    title: Title | Unset = UNSET
    subtitle: str | Unset | None = UNSET


class ReplaceBook(VersionedCommand[Book], name="books.replace", requires=SIGNED_IN):
    """Replace a book that one has seen."""

    book_id: BookId
    title: Title
    subtitle: str | None = None


class RemoveBook(VersionedCommand[None], name="books.remove", requires=SIGNED_IN):
    """Take a book from the shelf."""

    book_id: BookId


class LendBook(Command[Book], name="books.lend", requires=SIGNED_IN):
    """Lend a book, once for each key."""

    book_id: BookId


class Fail(Command[None], name="books.fail", requires=PUBLIC):
    """Fail in one of several ways."""

    how: str = "unexpectedly"


CONTRACT = Contract("books")
CONTRACT.get("/greeting", Greet)
CONTRACT.post("/books", AddBook, status=201, location="/books/{id}")
CONTRACT.get("/books", ListBooks)
CONTRACT.get("/books/{book_id}", GetBook, etag=True)
CONTRACT.get("/books/count", CountBooks)
CONTRACT.patch("/books/{book_id}", EditBook)
CONTRACT.put("/books/{book_id}", ReplaceBook, if_match="required")
CONTRACT.delete("/books/{book_id}", RemoveBook)
CONTRACT.post("/books/{book_id}/lend", LendBook, idempotency="required")
CONTRACT.post("/fail", Fail, status=204)


class Shelf(dict[UUID, Book]):
    """All books."""

    def find(self, book_id: UUID, expected_version: int | None = None) -> Book:
        """Return a book of the version that somebody saw."""
        if book_id not in self:
            raise NotFound("there is no such book", field="book_id")
        if expected_version not in {None, self[book_id].version}:
            raise StaleVersion("somebody changed this since you read it")
        return self[book_id]


handlers = Handlers()


@handlers.handles(Greet)
async def greet(query: Greet) -> Greeting:
    """Greet."""
    return Greeting(text=f"Hello, {query.name}")


@handlers.handles(AddBook)
async def add_book(command: AddBook, shelf: Shelf) -> Book:
    """Add a book."""
    book = Book(id=new_id(BookId), title=command.title, subtitle=command.subtitle)
    shelf[book.id] = book
    return book


@handlers.handles(GetBook)
async def get_book(query: GetBook, shelf: Shelf) -> Book:
    """Find a book."""
    return shelf.find(query.book_id)


@handlers.handles(ListBooks)
async def list_books(query: ListBooks, shelf: Shelf) -> Page[Book]:
    """Return a page; the cursor is a number."""
    start = int(query.cursor or 0)
    books = list(shelf.values())[:: -1 if query.newest else 1]
    end = start + query.limit
    return Page(items=tuple(books[start:end]), next=str(end) if end < len(books) else None)


@handlers.handles(CountBooks)
async def count_books(query: CountBooks, shelf: Shelf) -> int:
    """Count."""
    return len(shelf)


@handlers.handles(EditBook)
async def edit_book(command: EditBook, shelf: Shelf) -> Book:
    """Change what was sent."""
    book = shelf.find(command.book_id, command.expected_version)
    changes = {name: value for name in ("title", "subtitle") if (value := getattr(command, name)) is not UNSET}
    shelf[book.id] = book.model_copy(update={**changes, "version": book.version + 1})
    return shelf[book.id]


@handlers.handles(ReplaceBook)
async def replace_book(command: ReplaceBook, shelf: Shelf) -> Book:
    """Replace all."""
    book = shelf.find(command.book_id, command.expected_version)
    shelf[book.id] = Book(id=book.id, title=command.title, subtitle=command.subtitle, version=book.version + 1)
    return shelf[book.id]


@handlers.handles(RemoveBook)
async def remove_book(command: RemoveBook, shelf: Shelf) -> None:
    """Forget a book."""
    del shelf[shelf.find(command.book_id, command.expected_version).id]


@handlers.handles(LendBook)
async def lend_book(command: LendBook, shelf: Shelf) -> Book:
    """Lend."""
    return shelf.find(command.book_id)


@handlers.handles(Fail)
async def fail(command: Fail) -> None:
    """Fail as asked."""
    match command.how:
        case "unexpectedly":
            raise RuntimeError("the combination of the safe is 1815")
        case "outage":
            raise Unavailable("the shelf is being moved")
        case "forbidden":
            raise Forbidden("readers only", role="guest")


class Porter:
    """Knows the good tokens, and whom they stand for."""

    def __init__(self) -> None:
        self.good = {"good"}

    async def authenticate(self, token: str) -> Caller:
        """Return the reader."""
        if token not in self.good:
            raise Unauthenticated("this token is not good")
        return READER


class Service:
    """The running service."""

    def __init__(self, bus: LocalBus, shelf: Shelf, porter: Porter, application: Callable[..., object]) -> None:
        self.bus = bus
        self.shelf = shelf
        self.porter = porter
        self.application = application


async def start(*observers: RequestObserver[object]) -> Service:
    """Start the service."""
    shelf, porter = Shelf(), Porter()
    bus = await LocalBus.start(
        handlers=[handlers], resolver=StaticResolver({Shelf: shelf}), messages=CONTRACT.messages()
    )
    settings = HttpSettings(prefix="/api", body=BodyLimits(BODY_LIMIT_BYTES))
    application = create_application(CONTRACT, bus, porter, settings=settings, observers=observers)
    return Service(bus, shelf, porter, application)


@asynccontextmanager
async def talking_to(
    application: Callable[..., object], token: str | None = "good"
) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a client that shows a token."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = httpx2.ASGITransport(application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://library/api", headers=headers) as client:
        yield client
