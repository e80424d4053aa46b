"""A repository in memory: identity map, change detection and optimistic locking, as in a database."""

from dataclasses import fields
from typing import Any, Generic, TypeVar
from uuid import UUID

from colonnade.core import AggregateRoot, NotFound, Specification, predicate
from colonnade.testing.fakes.store import AnyAggregate, copied
from colonnade.testing.fakes.unit_of_work import MemoryUnitOfWork

Aggregate = TypeVar("Aggregate", bound=AggregateRoot[Any])  # the identifier's type is the next parameter
Id = TypeVar("Id", bound=UUID)


class MemoryRepository(Generic[Aggregate, Id]):
    """The aggregates of one kind that a tenant owns, within one unit of work."""

    def __init__(
        self, unit_of_work: MemoryUnitOfWork, kind: type[Aggregate], *, tenant: tuple[str, UUID] | None = None
    ) -> None:
        """Join a unit of work.

        Args:
            unit_of_work: The transaction to be part of.
            kind: The class of the aggregates.
            tenant: Name of the attribute that says whose an aggregate is, and whose this repository shows.
        """
        self._unit_of_work = unit_of_work
        self._store = unit_of_work.store
        self._kind = kind
        self._tenant = tenant
        self._tracked: dict[UUID, Aggregate] = {}
        self._read: dict[UUID, Aggregate] = {}
        unit_of_work.join(self)

    async def get(self, aggregate_id: Id, /) -> Aggregate:
        """Return the aggregate, the same object for the same id.

        Raises:
            NotFound: There is none, or it is another tenant's.
        """
        known = self._tracked.get(aggregate_id)
        if known is not None:
            return known
        stored = self._store.find(self._kind, aggregate_id)
        if stored is None or not self._is_mine(stored):
            raise self._missing()
        return self._adopt(stored)

    async def add(self, aggregate: Aggregate, /) -> None:
        """Put a new aggregate in; it is stored when the unit of work commits."""
        self._tracked[aggregate.id] = aggregate

    async def matching(self, specification: Specification, /, *, limit: int = 100) -> list[Aggregate]:
        """Return up to `limit` stored aggregates that satisfy the specification, in the order of their ids."""
        matches = predicate(specification)
        return [self._adopt(stored) for stored in self._mine() if matches(stored)][:limit]

    def changes(self) -> list[tuple[AnyAggregate, int]]:
        """Return what must be stored, with the versions that were read.

        Raises:
            TypeError: An aggregate changed without recording an event.
            NotFound: A new aggregate is another tenant's.
        """
        changed: list[tuple[AnyAggregate, int]] = []
        for aggregate in self._tracked.values():
            before = self._read.get(aggregate.id)
            if before is None:
                if not self._is_mine(aggregate):
                    raise self._missing()
                changed.append((aggregate, 0))
            elif aggregate.recorded_events:
                changed.append((aggregate, before.version))
            elif different := _differences(before, aggregate):
                raise TypeError(f"{type(aggregate).__name__} changed {different} without recording an event")
        return changed

    def forget(self) -> None:
        """Empty the identity map."""
        self._tracked.clear()
        self._read.clear()

    def _mine(self) -> list[Aggregate]:
        return [stored for stored in self._store.all(self._kind) if self._is_mine(stored)]

    def _is_mine(self, aggregate: Aggregate) -> bool:
        return self._tenant is None or getattr(aggregate, self._tenant[0]) == self._tenant[1]

    def _adopt(self, stored: Aggregate) -> Aggregate:
        if stored.id not in self._tracked:
            self._tracked[stored.id] = stored
            self._read[stored.id] = copied(stored)
        return self._tracked[stored.id]

    def _missing(self) -> NotFound:
        return NotFound(f"there is no such {self._kind.stream_kind}")


def _differences(before: AnyAggregate, after: AnyAggregate) -> list[str]:
    return [field.name for field in fields(before) if getattr(before, field.name) != getattr(after, field.name)]
