"""How aggregates lie in the event log: the streams of one kind, and when and how their state is kept as well."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from colonnade.core.event_sourcing import EventSourced
from colonnade.core.personal import personal_fields
from colonnade.infrastructure.database.aggregates import Values

Aggregate = TypeVar("Aggregate", bound=EventSourced[Any])  # the identifier's type does not matter here


@dataclass(frozen=True)
class SnapshotPolicy(Generic[Aggregate]):
    """When the state of an aggregate is kept beside its events, so that reading it does not take them all.

    Attributes:
        every: After how many events without a snapshot the next one is taken, in the transaction of the last of them.
        to_snapshot: Returns the state as JSON values, without id and version.
        from_snapshot: Rebuilds the aggregate from its id and such values; the version is seen to.
        schema_version: Version of those values. Raise it when they change: a snapshot of another version is ignored,
            and replaced by and by.
    """

    every: int
    to_snapshot: Callable[[Aggregate], Values]
    from_snapshot: Callable[[UUID, Values], Aggregate]
    schema_version: int = 1


@dataclass(frozen=True)
class AggregateStream(Generic[Aggregate]):
    """Where aggregates of one kind are kept: each in its stream of the event log, and nowhere else.

    Attributes:
        kind: The class of the aggregates.
        missing: What to say when there is no such aggregate.
        tenant: Name of the attribute that says whose an aggregate is.
        snapshots: When and how snapshots are taken; never if not said.

    Raises:
        TypeError: Snapshots would keep what its events say of people in the clear, where no destroyed key reaches it.
    """

    kind: type[Aggregate]
    missing: str
    tenant: str | None = None
    snapshots: SnapshotPolicy[Aggregate] | None = None

    def __post_init__(self) -> None:
        personal = [event.__name__ for event in self.kind.events() if personal_fields(event)]
        if self.snapshots is not None and personal:
            raise TypeError(f"{self.kind.__name__} takes no snapshots: {', '.join(personal)} has personal data")

    @property
    def prefix(self) -> str:
        """What the names of all these streams begin with."""
        return f"{self.kind.stream_kind}-"

    def name(self, aggregate_id: UUID) -> str:
        """Return the name of an aggregate's stream."""
        return f"{self.prefix}{aggregate_id}"
