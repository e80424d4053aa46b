"""The guestbook of the tutorial does what the tutorial says."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from colonnade.api.client import HttpBus
from colonnade.application import Context
from colonnade.core import EventTypes, Invalid, NotFound, PersonName, new_id
from colonnade.infrastructure.database import Database, DatabaseSettings, EventLog

from .guestbook import (
    CONTRACT,
    EntryId,
    EntrySigned,
    EntryWithdrawn,
    Greeting,
    ReadBook,
    SignBook,
    WithdrawEntry,
    WithdrawnAlready,
    guestbook,
)

ADA = SignBook(guest=PersonName("Ada"), greeting=Greeting("What a lovely engine."))
CHARLES = SignBook(guest=PersonName("Charles"), greeting=Greeting("It is not finished."))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database file that is not there yet."""
    return f"sqlite:///{tmp_path / 'guestbook.db'}"


@pytest.fixture
async def transport(url: str) -> AsyncIterator[httpx2.ASGITransport]:
    """The way to a running guestbook."""
    async with guestbook(url) as application:
        yield httpx2.ASGITransport(application)


@pytest.fixture
async def bus(transport: httpx2.ASGITransport) -> AsyncIterator[HttpBus]:
    """A client of it."""
    async with HttpBus("http://guestbook", CONTRACT, transport=transport, errors=[WithdrawnAlready]) as client:
        yield client


async def test_what_guests_sign_is_read_newest_first(bus: HttpBus) -> None:
    """The client sends the very messages that the server handles."""
    first, second = await bus.send(ADA), await bus.send(CHARLES)

    page = await bus.send(ReadBook())

    assert page.items == (second, first)
    assert first.version == 1


async def test_a_withdrawn_entry_is_not_shown_and_not_withdrawn_again(bus: HttpBus) -> None:
    """The rule is the aggregate's, and its error reaches the client as the same class."""
    entry = await bus.send(ADA)

    await bus.send(WithdrawEntry(entry_id=entry.id))

    assert (await bus.send(ReadBook())).items == ()
    with pytest.raises(WithdrawnAlready, match="withdrawn already"):
        await bus.send(WithdrawEntry(entry_id=entry.id))


async def test_an_unknown_entry_is_not_found(bus: HttpBus) -> None:
    """The table says what to say."""
    with pytest.raises(NotFound, match="there is no such entry"):
        await bus.send(WithdrawEntry(entry_id=new_id(EntryId)))


async def test_the_same_idempotency_key_signs_once(bus: HttpBus) -> None:
    """The second answer is the first one again."""
    context = Context(idempotency_key="ada-1")

    assert await bus.send(ADA, context) == await bus.send(ADA, context)
    assert len((await bus.send(ReadBook())).items) == 1


async def test_every_change_is_in_the_event_log(bus: HttpBus, url: str) -> None:
    """One event for each change, in the order in which they happened."""
    entry = await bus.send(ADA)
    await bus.send(WithdrawEntry(entry_id=entry.id))

    database = Database(DatabaseSettings(url))
    events = await EventLog(database, EventTypes([EntrySigned, EntryWithdrawn])).stream(f"entry-{entry.id}")
    await database.dispose()

    assert [recorded.event for recorded in events] == [
        EntrySigned(entry_id=entry.id, guest=ADA.guest, greeting=ADA.greeting),
        EntryWithdrawn(entry_id=entry.id),
    ]


async def test_a_bad_greeting_is_refused_with_the_field_at_fault(transport: httpx2.ASGITransport) -> None:
    """Over plain HTTP it is a problem document."""
    async with httpx2.AsyncClient(transport=transport, base_url="http://guestbook/api/v1") as client:
        response = await client.post("/entries", json={"guest": "Ada", "greeting": " "})

    assert response.status_code == 422
    assert response.json()["errors"] == [{"field": "greeting", "message": "must not be empty", "code": "value_error"}]


def test_the_rule_needs_no_server() -> None:
    """What the message refuses over HTTP it refuses here."""
    with pytest.raises(Invalid, match="must not be empty"):
        Greeting("")
