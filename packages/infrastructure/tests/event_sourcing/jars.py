"""An event-sourced aggregate to try everything with, and a place to keep it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NewType, Self
from uuid import UUID

from colonnade.core import DomainEvent, EventTypes, UserId, new_id
from colonnade.core.event_sourcing import EventSourced, applies
from colonnade.infrastructure.database import ConstraintErrors, Database, EventLog, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.event_sourcing import AggregateStream, EventSourcedRepository, SnapshotPolicy
from colonnade.testing import FrozenClock

JarId = NewType("JarId", UUID)


class JarBought(DomainEvent, type="jars.jar_bought"):
    """It is somebody's."""

    owner: UserId


class JarFilled(DomainEvent, type="jars.jar_filled"):
    """Sweets were put in."""

    kind: str
    sweets: int


@dataclass(eq=False, kw_only=True)
class Jar(EventSourced[JarId]):
    """A jar of sweets of several kinds."""

    stream_kind: ClassVar[str] = "jar"

    owner: UserId | None = None
    sweets: dict[str, int] | None = None

    @classmethod
    def buy(cls, owner: UserId) -> Self:
        """Get one."""
        jar = cls.blank(new_id(JarId))
        jar.record(JarBought(owner=owner))
        return jar

    def fill(self, kind: str, sweets: int) -> None:
        """Put sweets in."""
        self.record(JarFilled(kind=kind, sweets=sweets))

    @applies(JarBought)
    def _bought(self, event: JarBought) -> None:
        self.owner, self.sweets = event.owner, {}

    @applies(JarFilled)
    def _filled(self, event: JarFilled) -> None:
        assert self.sweets is not None
        self.sweets[event.kind] = self.sweets.get(event.kind, 0) + event.sweets


def to_snapshot(jar: Jar) -> dict[str, Any]:
    """Return the state of a jar."""
    return {"owner": str(jar.owner), "sweets": dict(jar.sweets or {})}


def from_snapshot(jar_id: UUID, data: dict[str, Any]) -> Jar:
    """Rebuild a jar."""
    return Jar(id=JarId(jar_id), owner=UserId(UUID(data["owner"])), sweets=data["sweets"])


JARS = AggregateStream[Jar](Jar, missing="there is no such jar")
EVERY_THIRD = SnapshotPolicy[Jar](3, to_snapshot, from_snapshot)
JARS_WITH_SNAPSHOTS = replace(JARS, snapshots=EVERY_THIRD)
JARS_OF_OWNERS = replace(JARS_WITH_SNAPSHOTS, tenant="owner")
TYPES = EventTypes(Jar.events())


class Cellar:
    """Jars in a database."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.log = EventLog(database, TYPES)
        self.owner = new_id(UserId)

    def open(
        self, kind: AggregateStream[Jar] = JARS, tenant: UUID | None = None
    ) -> tuple[SqlUnitOfWork, EventSourcedRepository[Jar, JarId]]:
        """Open a unit of work with a repository in it."""
        work = SqlUnitOfWork(self.database, clock=self.clock, constraints=ConstraintErrors(metadata, {}))
        return work, EventSourcedRepository[Jar, JarId](work, kind, TYPES, tenant=tenant)

    async def store(self, *jars: Jar, kind: AggregateStream[Jar] = JARS) -> None:
        """Store new jars."""
        work, repository = self.open(kind)
        for jar in jars:
            await repository.add(jar)
        await work.commit()

    async def change(self, jar: Jar, act: Callable[[Jar], None], kind: AggregateStream[Jar] = JARS) -> None:
        """Change a stored jar in a unit of work of its own."""
        work, repository = self.open(kind)
        act(await repository.get(jar.id))
        await work.commit()

    async def load(self, jar: Jar, kind: AggregateStream[Jar] = JARS) -> Jar:
        """Read a jar in a unit of work of its own."""
        work, repository = self.open(kind)
        try:
            return await repository.get(jar.id)
        finally:
            await work.rollback()
