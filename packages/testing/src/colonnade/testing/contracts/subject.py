"""What the persistence suites ask of whoever runs them."""

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar
from uuid import UUID

from colonnade.core import AggregateRoot, Repository, UnitOfWork
from colonnade.core.events import RecordedEvent

Aggregate = TypeVar("Aggregate", bound=AggregateRoot[Any])  # identifiers of any type
Opened = tuple[UnitOfWork, Repository[Aggregate, UUID]]


class PersistenceSubject(ABC, Generic[Aggregate]):
    """Aggregates of one kind in one store: how they are made, changed, kept and read.

    All units of work of a subject share the store.

    Attributes:
        one_writer_at_a_time: Whether a second unit of work waits until the first has ended: nobody is overtaken.
    """

    one_writer_at_a_time: bool = False

    @abstractmethod
    async def make(self) -> Aggregate:
        """Make an aggregate that is not stored yet, whatever it refers to being stored already."""

    @abstractmethod
    def change(self, aggregate: Aggregate) -> None:
        """Change an aggregate through one of its methods, each time in another way."""

    @abstractmethod
    def tamper(self, aggregate: Aggregate) -> None:
        """Change an attribute behind the aggregate's back, so that no event is recorded."""

    @abstractmethod
    def open(self) -> Opened[Aggregate]:
        """Open a unit of work with a repository in it."""

    def open_as_stranger(self) -> Opened[Aggregate] | None:
        """Open the same as another tenant; none where there are no tenants."""
        return None

    @abstractmethod
    async def events(self) -> list[RecordedEvent]:
        """Return every event in the log, in the order in which readers see them."""

    async def store(self, *aggregates: Aggregate) -> None:
        """Store new aggregates in a unit of work of their own."""
        unit_of_work, repository = self.open()
        for aggregate in aggregates:
            await repository.add(aggregate)
        await unit_of_work.commit()

    async def load(self, aggregate_id: UUID) -> Aggregate:
        """Read an aggregate in a unit of work of its own."""
        unit_of_work, repository = self.open()
        try:
            return await repository.get(aggregate_id)
        finally:
            await unit_of_work.rollback()
