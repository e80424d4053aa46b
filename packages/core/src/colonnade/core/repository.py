"""Ports to persistence: a collection of aggregates, and the transaction around it (Fowler, PoEAA)."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from colonnade.core.entity import AggregateRoot
from colonnade.core.events import DomainEvent
from colonnade.core.specifications import Specification

Aggregate = TypeVar("Aggregate", bound=AggregateRoot[Any])  # the identifier's type is the next parameter
Id = TypeVar("Id", bound=UUID, contravariant=True)


class Repository(Protocol[Aggregate, Id]):
    """All aggregates of one kind that the present caller's tenant owns, as if they were in memory."""

    async def get(self, aggregate_id: Id, /) -> Aggregate:
        """Return the aggregate, the same object for the same id within a unit of work.

        Raises:
            NotFound: There is none, or it is another tenant's.
        """
        ...

    async def add(self, aggregate: Aggregate, /) -> None:
        """Put a new aggregate in; it is written when the unit of work commits."""
        ...

    async def matching(self, specification: Specification, /, *, limit: int = 100) -> list[Aggregate]:
        """Return up to `limit` aggregates that satisfy the specification, in the order of their ids."""
        ...


class UnitOfWork(Protocol):
    """One business transaction: all changes and their events become permanent together, or none does."""

    def recorded_events(self) -> Sequence[DomainEvent]:
        """Return what happened so far to the aggregates of this unit of work, and is not committed yet."""
        ...

    async def commit(self) -> None:
        """Write every change of the aggregates that were read or added, and append their events.

        Raises:
            VersionConflict: Another unit of work changed one of them first; nothing was written.
        """
        ...

    async def rollback(self) -> None:
        """Forget everything since the last commit. Safe to call at any time, any number of times."""
        ...
