"""A subscription: a named function that hears of events, and how."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NewType

from colonnade.application.messaging.retries import RetryPolicy
from colonnade.core import DomainEvent

Reaction = Callable[..., Awaitable[None]]  # the event first (or the batch), then whatever the signature asks for

Generation = NewType("Generation", int)
"""Which edition of a projection is written: a rebuilt one grows beside the one that is read, then takes its place."""


class Mode(Enum):
    """When a subscription hears of an event, and what is promised about it."""

    IN_TRANSACTION = "in the transaction"
    DURABLE = "durable"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a module wants to hear of.

    Attributes:
        name: Stable name, `<context>.<what>`; its checkpoint is kept under it, so it is never renamed.
        events: The kinds of events that it knows.
        mode: When it hears of them.
        reaction: The function.
        partitions: How many shares the streams are divided into; a slow stream holds up only its share.
        outside: Whether the effect is outside the database: then it may happen twice, and is to be keyed by event id.
        batch: Whether the function takes a sequence of recorded events instead of one event.
        forget: For a projection, which can be rebuilt from the log: deletes the rows of a generation.
        retries: How often a failing event is tried before it is a dead letter.
        every_type: Whether it takes every event of the log, those included that only newer processes know: such an
            event waits until one of them reads it, and so does its stream, instead of being passed by.
    """

    name: str
    events: tuple[type[DomainEvent], ...]
    mode: Mode
    reaction: Reaction
    partitions: int = 1
    outside: bool = False
    batch: bool = False
    forget: Reaction | None = None
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    every_type: bool = False

    @property
    def projection(self) -> bool:
        """Whether it writes generations, so that it can be rebuilt from the log."""
        return self.forget is not None

    @property
    def types(self) -> tuple[str, ...]:
        """The wire names of the events that it knows."""
        return tuple(sorted({kind.event_type for kind in self.events}))

    def concerns(self, event: Any) -> bool:  # anything that may be an event
        """Tell whether it wants to hear of an event."""
        return isinstance(event, self.events)
