"""What happened and left no row: written to the event log, and nowhere else."""

from typing import Any, Generic, TypeVar

from colonnade.core import AggregateRoot
from colonnade.infrastructure.database.unit_of_work import Change, SqlUnitOfWork

Occurrence = TypeVar("Occurrence", bound=AggregateRoot[Any])  # the identifier's type does not matter here


class EventsAlone(Generic[Occurrence]):
    """Keeps occurrences, aggregates that never change, once the unit of work is committed."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._occurrences: list[Occurrence] = []
        unit_of_work.join(self)

    def note(self, occurrence: Occurrence) -> None:
        """Keep an occurrence once the unit of work is committed."""
        self._occurrences.append(occurrence)

    def changes(self) -> list[Change]:
        """Return what must be written: events alone."""
        return [Change(occurrence, (), 0, 0) for occurrence in self._occurrences]

    def forget(self) -> None:
        """Drop what was noted."""
        self._occurrences.clear()
