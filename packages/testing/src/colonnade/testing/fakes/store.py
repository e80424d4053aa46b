"""What is permanent in memory: aggregates, events, counters, answers and jobs."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Message
from colonnade.core import AggregateRoot, ColonnadeError, RecordedEvent

AnyAggregate = AggregateRoot[Any]  # identifiers of any type
Aggregate = TypeVar("Aggregate", bound=AnyAggregate)


@dataclass(frozen=True, slots=True)
class UniqueRule:
    """What no two aggregates of a kind may have in common.

    Attributes:
        kind: The class of the aggregates.
        key: Returns what must be unique, or none where the rule does not apply.
        error: What to raise.
    """

    kind: type[AnyAggregate]
    key: Callable[[Any], Hashable | None]  # of any kind of aggregate
    error: ColonnadeError


@dataclass(slots=True)
class Claim:
    """An idempotency key that is taken, and the answer once there is one."""

    command: bytes
    until: datetime
    answer: bytes | None = None


class SentLater(NamedTuple):
    """A message that waits to be sent.

    Attributes:
        job_id: Identity of the job.
        message: What is sent.
        due_at: When, UTC.
        unique: Key that no other waiting message may have.
        then: What is sent when it has been handled, well or not.
    """

    job_id: JobId
    message: Message[Any]
    due_at: datetime
    unique: str | None = None
    then: Message[Any] | None = None


class MemoryStore:
    """Stands for a database; any number of units of work share it."""

    def __init__(self, rules: Iterable[UniqueRule] = ()) -> None:
        self.rules = tuple(rules)
        self.events: list[RecordedEvent] = []
        self.claims: dict[str, Claim] = {}
        self.counters: dict[UUID, int] = defaultdict(int)
        self.jobs: list[SentLater] = []
        self.locks: dict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._aggregates: dict[type[AnyAggregate], dict[UUID, AnyAggregate]] = defaultdict(dict)

    def all(self, kind: type[Aggregate]) -> list[Aggregate]:
        """Return a copy of every stored aggregate of a kind, in the order of their ids."""
        stored = self._aggregates[kind]
        return [copied(aggregate) for key in sorted(stored) if isinstance(aggregate := stored[key], kind)]

    def find(self, kind: type[Aggregate], aggregate_id: UUID) -> Aggregate | None:
        """Return a copy of an aggregate, if it is there."""
        stored = self._aggregates[kind].get(aggregate_id)
        return copied(stored) if isinstance(stored, kind) else None

    def version_of(self, aggregate: AnyAggregate) -> int:
        """Return the version that is stored, 0 if there is none."""
        stored = self._aggregates[type(aggregate)].get(aggregate.id)
        return 0 if stored is None else stored.version

    def put(self, aggregates: Iterable[AnyAggregate]) -> None:
        """Store copies of aggregates, all or none.

        Raises:
            ColonnadeError: A unique rule is broken; nothing was stored.
        """
        after = {kind: dict(stored) for kind, stored in self._aggregates.items()}
        for aggregate in aggregates:
            after.setdefault(type(aggregate), {})[aggregate.id] = copied(aggregate)
        for rule in self.rules:
            keys = [key for aggregate in after.get(rule.kind, {}).values() if (key := rule.key(aggregate)) is not None]
            if len(set(keys)) < len(keys):
                raise type(rule.error)(rule.error.message, **rule.error.facts)
        self._aggregates = defaultdict(dict, after)


def copied(aggregate: Aggregate) -> Aggregate:
    """Return a copy that has recorded nothing yet and shares with the aggregate only what never changes."""
    copy = deepcopy(aggregate, {id(part): part for part in _frozen_parts(aggregate)})
    copy.release_events()
    return copy


def _frozen_parts(aggregate: AnyAggregate) -> Iterator[object]:
    """Return the frozen dataclasses in the attributes; what they hold need not be of a kind that can be copied."""
    for value in vars(aggregate).values():
        for part in value.values() if isinstance(value, dict) else (value,):
            if is_dataclass(part) and getattr(part, "__dataclass_params__").frozen:  # noqa: B009 - not in its type
                yield part
