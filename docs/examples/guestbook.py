"""A guestbook: a service of another team, on core, application, infrastructure and api, without a word about tasks."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, NewType, Self
from uuid import UUID

from pydantic import BaseModel
from pydantic import Field as Bounds
from sqlalchemy import Column, Text, bindparam, select
from sqlmodel import Field
from starlette.types import ASGIApp

from colonnade.api import Contract
from colonnade.api.http import create_application
from colonnade.application import PUBLIC, Caller, Command, Context, Handlers, LocalBus, Query
from colonnade.application.messaging import Lifetime, Scope, StaticResolver
from colonnade.application.messaging.behaviours import Idempotency, Retrying
from colonnade.application.messaging.pipeline import Receipts
from colonnade.core import (
    AggregateRoot,
    Clock,
    Conflict,
    DomainEvent,
    MultilineText,
    Page,
    PersonName,
    Repository,
    SystemClock,
    Unauthenticated,
    UnitOfWork,
    new_id,
)
from colonnade.infrastructure.database import (
    AggregateTable,
    ConstraintErrors,
    Database,
    DatabaseSettings,
    SqlRepository,
    SqlUnitOfWork,
)
from colonnade.infrastructure.database.event_log import event_log
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore, SqlReceipts, idempotency_keys
from colonnade.infrastructure.database.tables import Row, metadata, table_of
from colonnade.infrastructure.database.types import UtcDateTime

# domain

EntryId = NewType("EntryId", UUID)


class Greeting(MultilineText):
    """What a guest writes."""

    __slots__ = ()
    min_length = 1
    max_length = 1000


class EntrySigned(DomainEvent, type="guestbook.entry_signed"):
    """A guest wrote something."""

    entry_id: EntryId
    guest: PersonName
    greeting: Greeting


class EntryWithdrawn(DomainEvent, type="guestbook.entry_withdrawn"):
    """It is not shown any more."""

    entry_id: EntryId


class WithdrawnAlready(Conflict):
    """The entry was withdrawn before."""

    code = "guestbook.withdrawn_already"


@dataclass(eq=False, kw_only=True)
class Entry(AggregateRoot[EntryId]):
    """What one guest wrote."""

    stream_kind: ClassVar[str] = "entry"

    guest: PersonName
    greeting: Greeting
    signed_at: datetime
    withdrawn_at: datetime | None = None

    @classmethod
    def sign(cls, *, guest: PersonName, greeting: Greeting, at: datetime) -> Self:
        """Write into the book."""
        entry = cls(id=new_id(EntryId), guest=guest, greeting=greeting, signed_at=at)
        entry.record(EntrySigned(entry_id=entry.id, guest=guest, greeting=greeting))
        return entry

    def withdraw(self, *, at: datetime) -> None:
        """Take it back.

        Raises:
            WithdrawnAlready: It was taken back before.
        """
        if self.withdrawn_at is not None:
            raise WithdrawnAlready("this entry was withdrawn already")
        self.withdrawn_at = at
        self.record(EntryWithdrawn(entry_id=self.id))


class Entries(Repository[Entry, EntryId]):
    """All entries of the book."""


# application

handlers = Handlers()


class EntryView(BaseModel):
    """An entry, as everybody sees it."""

    id: EntryId
    guest: str
    greeting: str
    signed_at: datetime
    version: int


class SignBook(Command[EntryView], name="guestbook.sign", requires=PUBLIC):
    """Write into the guestbook."""

    guest: PersonName
    greeting: Greeting


class WithdrawEntry(Command[None], name="guestbook.withdraw", requires=PUBLIC):
    """Take an entry back."""

    entry_id: EntryId


class ReadBook(Query[Page[EntryView]], name="guestbook.read", requires=PUBLIC):
    """Read the newest entries first."""

    limit: Annotated[int, Bounds(ge=1, le=100)] = 20


@handlers.handles(SignBook)
async def sign_book(command: SignBook, entries: Entries, clock: Clock) -> EntryView:
    """Add an entry."""
    entry = Entry.sign(guest=command.guest, greeting=command.greeting, at=clock.now())
    await entries.add(entry)
    return EntryView(
        id=entry.id, guest=entry.guest, greeting=entry.greeting, signed_at=entry.signed_at, version=entry.version
    )


@handlers.handles(WithdrawEntry)
async def withdraw_entry(command: WithdrawEntry, entries: Entries, clock: Clock) -> None:
    """Withdraw the entry."""
    entry = await entries.get(command.entry_id)
    entry.withdraw(at=clock.now())


# infrastructure


class EntryRow(Row, table=True):
    """The table of entries."""

    __tablename__ = "guestbook_entries"

    id: UUID = Field(primary_key=True)
    version: int
    guest: str = Field(sa_column=Column(Text, nullable=False))
    greeting: str = Field(sa_column=Column(Text, nullable=False))
    signed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    withdrawn_at: datetime | None = Field(sa_column=Column(UtcDateTime))


def to_domain(row: Any, parts: Sequence[Any]) -> Entry:  # a row of the table
    """Rebuild an entry."""
    return Entry(
        id=EntryId(row.id),
        version=row.version,
        guest=PersonName(row.guest),
        greeting=Greeting(row.greeting),
        signed_at=row.signed_at,
        withdrawn_at=row.withdrawn_at,
    )


def to_row(entry: Entry) -> dict[str, Any]:  # values of any type
    """Return the row of an entry."""
    return {
        "id": entry.id,
        "version": entry.version,
        "guest": str(entry.guest),
        "greeting": str(entry.greeting),
        "signed_at": entry.signed_at,
        "withdrawn_at": entry.withdrawn_at,
    }


table = table_of(EntryRow)
TABLES = (table, event_log, idempotency_keys)
ENTRIES = AggregateTable[Entry](table, to_domain, to_row, missing="there is no such entry")
CONSTRAINTS = ConstraintErrors(metadata, {})
NEWEST = (
    select(*(table.c[name] for name in EntryView.model_fields))
    .where(table.c.withdrawn_at.is_(None))
    .order_by(table.c.signed_at.desc(), table.c.id.desc())
    .limit(bindparam("limit"))
)


@handlers.handles(ReadBook)
async def read_book(query: ReadBook, database: Database) -> Page[EntryView]:
    """Read straight from the table: a query needs no aggregate."""
    rows = await database.fetch(NEWEST, {"limit": query.limit})
    return Page(items=tuple(EntryView(**row._mapping) for row in rows))


# api

CONTRACT = Contract("guestbook")
CONTRACT.post("/entries", SignBook, status=201)
CONTRACT.get("/entries", ReadBook)
CONTRACT.delete("/entries/{entry_id}", WithdrawEntry)


class NoAccounts:
    """Refuses every token: there is nothing here that needs one."""

    async def authenticate(self, token: str) -> Caller:
        """Refuse."""
        raise Unauthenticated("there are no accounts here")


# composition


class Resolver:
    """Gives handlers what their signatures ask for: some things for the process, some for one message."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._shared: dict[Any, object] = {Database: database, Clock: clock}

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell how long a dependency lives."""
        if dependency in self._shared:
            return Lifetime.APP
        return Lifetime.REQUEST if dependency in {UnitOfWork, Receipts, Entries} else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Return what lives as long as the process."""
        return self._shared[dependency]

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, object], /) -> AsyncIterator[Scope]:
        """Open one message's transaction."""
        context: Any = values[Context]  # the bus puts the context of the message here
        unit_of_work = SqlUnitOfWork(
            self._database,
            clock=self._clock,
            constraints=CONSTRAINTS,
            metadata={"correlation_id": context.correlation_id},
        )
        mine: dict[Any, object] = {
            UnitOfWork: unit_of_work,
            Receipts: SqlReceipts(unit_of_work, as_it_is),
            Entries: SqlRepository[Entry, EntryId](unit_of_work, ENTRIES),
        }
        try:
            yield StaticResolver(self._shared | mine)
        finally:
            await unit_of_work.rollback()


def as_it_is(answer: bytes, place: bytes) -> bytes:
    """Keep answers in the clear, since everybody may read them; `colonnade.security.sealing` encrypts others."""
    return answer


@asynccontextmanager
async def guestbook(url: str) -> AsyncIterator[ASGIApp]:
    """Put the service together over a database, which gets its tables if it has none."""
    database, clock = Database(DatabaseSettings(url)), SystemClock()
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all, TABLES)
        keys = SqlIdempotencyStore(database, clock, secret=b"of this process", unseal=as_it_is)
        bus = await LocalBus.start(
            handlers=[handlers],
            resolver=Resolver(database, clock),
            behaviours=[Idempotency(keys), Retrying()],
            messages=CONTRACT.messages(),
        )
        yield create_application(CONTRACT, bus, NoAccounts())
    finally:
        await database.dispose()


async def main() -> None:
    """Serve until Ctrl-C."""
    import uvicorn  # noqa: PLC0415 - any ASGI server will do, and the tests need none

    async with guestbook("sqlite:///guestbook.db") as application:
        await uvicorn.Server(uvicorn.Config(application, port=8001, lifespan="off")).serve()


if __name__ == "__main__":
    asyncio.run(main())
