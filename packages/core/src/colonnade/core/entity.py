"""Entities and aggregate roots (Evans, Domain-Driven Design): equal by identity, changed only by their own methods."""

from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from colonnade.core.errors import StaleVersion
from colonnade.core.events import DomainEvent

Id = TypeVar("Id", bound=UUID)


@dataclass(eq=False, kw_only=True)
class Entity(Generic[Id]):
    """A thing with an identity: two objects with the same id and kind are the same thing."""

    id: Id

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Entity) and self.id == other.id

    def __hash__(self) -> int:
        return hash((type(self), self.id))


@dataclass(eq=False, kw_only=True)
class AggregateRoot(Entity[Id]):
    """The entity through which a cluster of objects is changed, and the boundary of its consistency.

    Every change records an event, and the version counts them: it is the optimistic lock of the row, the place in the
    event stream and the entity tag of the resource, all at once.

    Attributes:
        version: How many events happened to this aggregate; 0 before the first.
    """

    stream_kind: ClassVar[str]

    version: int = 0
    _recorded: list[DomainEvent] = field(default_factory=list, init=False, repr=False)

    def record(self, event: DomainEvent) -> None:
        """Note that something happened; the unit of work appends it to the event log."""
        self._recorded.append(event)
        self.version += 1

    @property
    def recorded_events(self) -> tuple[DomainEvent, ...]:
        """What happened since the aggregate was made or read, oldest first."""
        return tuple(self._recorded)

    def release_events(self) -> tuple[DomainEvent, ...]:
        """Return the recorded events and forget them: they are persisted now."""
        released = tuple(self._recorded)
        self._recorded.clear()
        return released

    @property
    def stream(self) -> str:
        """Name of this aggregate's event stream."""
        return f"{self.stream_kind}-{self.id}"

    def require_version(self, expected: int | None) -> None:
        """Check the version that a caller says it saw, if it says so.

        Raises:
            StaleVersion: The aggregate has changed since.
        """
        if expected is not None and expected != self.version:
            raise StaleVersion(
                "somebody changed this since you read it: read it again and repeat your change",
                expected=expected,
                current=self.version,
            )
