"""A registry of people: an aggregate with sealed columns and events with personal fields, as a context would have."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, NewType, Self
from uuid import UUID

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Uuid

from colonnade.core import AggregateRoot, DomainEvent, Email, EventTypes, PersonName, Upcaster, new_id
from colonnade.core.personal import Personal
from colonnade.infrastructure.database import (
    AggregateTable,
    ConstraintErrors,
    Database,
    DatabaseSettings,
    EventLog,
    SqlRepository,
    SqlUnitOfWork,
)
from colonnade.infrastructure.protection import Encrypted, EventProtection, PersonalTexts, PersonKeys, SqlDataKeys
from colonnade.infrastructure.protection.data_keys import INDEX
from colonnade.security.encryption import BlindIndex, DataKey, Envelope, KeyEncryptionKey, LocalKey
from colonnade.testing import FrozenClock

CitizenId = NewType("CitizenId", UUID)


class CitizenRegistered(DomainEvent, type="registry.citizen_registered", version=2):
    """Somebody came."""

    citizen_id: CitizenId
    email: Annotated[Email, Personal("citizen_id")]
    name: Annotated[PersonName, Personal("citizen_id")]
    note: str = ""


class CitizenRenamed(DomainEvent, type="registry.citizen_renamed", version=1):
    """Somebody has another name."""

    citizen_id: CitizenId
    name: Annotated[PersonName, Personal("citizen_id")]


class CitizenCounted(DomainEvent, type="registry.citizen_counted", version=1):
    """Nothing about anybody."""

    number: int


KINDS = (CitizenRegistered, CitizenRenamed, CitizenCounted)
TYPES = EventTypes(
    KINDS, [Upcaster("registry.citizen_registered", 1, lambda facts: {**facts, "note": f"{facts['name']} of old"})]
)

metadata = MetaData()
citizens = Table(
    "citizens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("email_sealed", Encrypted, nullable=False),
    Column("email_index", LargeBinary, unique=True),
    Column("name_sealed", Encrypted, nullable=False),
    Column("number", Integer, nullable=False),
)


@dataclass(eq=False, kw_only=True)
class Citizen(AggregateRoot[CitizenId]):
    """Somebody."""

    stream_kind: ClassVar[str] = "citizen"

    email: Email
    name: PersonName
    number: int = 0

    @classmethod
    def register(cls, email: str, name: str) -> Self:
        """Let somebody come."""
        citizen = cls(id=new_id(CitizenId), email=Email(email), name=PersonName(name))
        citizen.record(CitizenRegistered(citizen_id=citizen.id, email=citizen.email, name=citizen.name))
        return citizen

    def rename(self, name: str) -> None:
        """Give them another name."""
        self.name = PersonName(name)
        self.record(CitizenRenamed(citizen_id=self.id, name=self.name))

    def count(self, number: int) -> None:
        """Give them a number."""
        self.number = number
        self.record(CitizenCounted(number=number))


class CitizenRepository(SqlRepository[Citizen, CitizenId]):
    """All citizens."""

    def __init__(self, unit_of_work: SqlUnitOfWork, keys: PersonKeys, index: BlindIndex) -> None:
        self._texts = PersonalTexts(keys, "citizens")
        self._index = index
        table = AggregateTable[Citizen](citizens, self._to_domain, self._to_row, missing="there is nobody")
        super().__init__(unit_of_work, table)

    async def add(self, aggregate: Citizen, /) -> None:
        """Put somebody new in, with a key of their own."""
        await self._texts.ensure([aggregate.id])
        await super().add(aggregate)

    async def _adopt(self, row: Any) -> Citizen:
        await self._texts.load([row.id])
        return await super()._adopt(row)

    def _to_domain(self, row: Any, parts: Sequence[Any]) -> Citizen:
        opened = partial(self._texts.open, row.id, owner=row.id)
        email = opened("email_sealed", row.email_sealed, erased="erased@erased.invalid")
        name = opened("name_sealed", row.name_sealed, erased="Erased person")
        return Citizen(
            id=CitizenId(row.id), version=row.version, email=Email(email), name=PersonName(name), number=row.number
        )

    def _to_row(self, citizen: Citizen) -> dict[str, Any]:
        return {
            "id": citizen.id,
            "version": citizen.version,
            "email_sealed": self._texts.seal(citizen.id, "email_sealed", citizen.email, owner=citizen.id),
            "email_index": self._index.of(citizen.email),
            "name_sealed": self._texts.seal(citizen.id, "name_sealed", citizen.name, owner=citizen.id),
            "number": citizen.number,
        }


class Registry:
    """The registry as one process has it."""

    def __init__(
        self, url: str, keys_url: str, clock: FrozenClock, *, kek: KeyEncryptionKey | None = None, former: Any = ()
    ) -> None:
        self.url, self.keys_url, self.clock = url, keys_url, clock
        self.database = Database(DatabaseSettings(url))
        self.keys_database = Database(DatabaseSettings(keys_url))
        self.kek = kek or LocalKey(DataKey.generate().secret)
        self.data_keys = SqlDataKeys(self.keys_database, Envelope(self.kek, former), clock)
        self.keys = PersonKeys(self.data_keys, clock, stream_kind="citizen", announced_on=self.database)
        self.protection = EventProtection(self.keys, KINDS)
        self.log = EventLog(self.database, TYPES, self.protection)
        self.opened = [self.database, self.keys_database]

    async def found(self) -> None:
        """Make the table of citizens; those of keys are made when they are needed."""
        await self.database.transact(metadata.create_all)

    def again(self, *, url: str | None = None, kek: KeyEncryptionKey | None = None, former: Any = ()) -> "Registry":
        """Return the registry as another process has it."""
        other = Registry(url or self.url, self.keys_url, self.clock, kek=kek or self.kek, former=former)
        self.opened += other.opened
        return other

    async def close(self) -> None:
        """Close every connection."""
        for database in self.opened:
            await database.dispose()

    def unit_of_work(self, *, protected: bool = True) -> SqlUnitOfWork:
        """Open a unit of work."""
        return SqlUnitOfWork(
            self.database,
            clock=self.clock,
            constraints=ConstraintErrors(metadata, {}),
            protector=self.protection if protected else None,
        )

    async def citizens(self, unit_of_work: SqlUnitOfWork) -> CitizenRepository:
        """Return the citizens."""
        secret = (await self.data_keys.of(INDEX)).current.secret
        return CitizenRepository(unit_of_work, self.keys, BlindIndex(secret, "citizens.email"))

    async def register(
        self, email: str = "ada@example.com", name: str = "Ada Lovelace", *, protected: bool = True
    ) -> CitizenId:
        """Let somebody come."""
        work, citizen = self.unit_of_work(protected=protected), Citizen.register(email, name)
        await (await self.citizens(work)).add(citizen)
        await work.commit()
        return citizen.id

    async def get(self, citizen_id: CitizenId) -> Citizen:
        """Return somebody."""
        work = self.unit_of_work()
        try:
            return await (await self.citizens(work)).get(citizen_id)
        finally:
            await work.rollback()

    async def events(self, citizen_id: CitizenId) -> list[DomainEvent]:
        """Return what happened to somebody."""
        return [recorded.event for recorded in await self.log.stream(f"citizen-{citizen_id}")]
