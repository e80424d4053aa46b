"""A process (saga; Garcia-Molina and Salem, 1987): steps that outlive a crash, each with what undoes it.

A process is declared once, as data. What it does is send messages, one after the other, as jobs; what it knows is a
frozen model that travels with it. When a step fails for good, the steps that were done are undone, last first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from colonnade.application.messaging.messages import Message
from colonnade.core import DomainEvent

State = TypeVar("State", bound=BaseModel)
Facts = Mapping[str, Any]  # a state as JSON values


@dataclass(frozen=True)
class Step(Generic[State]):
    """Send a message, and go on when it is done.

    Attributes:
        name: Stable name within the process.
        send: Makes the message of the state; nothing is sent and the step is skipped if it makes none.
        keep: Takes the answer into the state.
        undo: Makes the message that undoes the step; a step without one need not be undone.
        then: Says which step is next, by name; the next one of the list if it says none. A step may name itself.
    """

    name: str
    send: Callable[[State], Message[Any] | None]
    keep: Callable[[State, Any], State] | None = None  # the answer is of the message's result type
    undo: Callable[[State], Message[Any] | None] | None = None
    then: Callable[[State], str | None] | None = None


@dataclass(frozen=True)
class Wait(Generic[State]):
    """Wait for an event, or for a time, whichever is first.

    Attributes:
        name: Stable name within the process.
        events: The events that end the waiting, each with what tells the process's key of it.
        until: When the waiting ends without an event; never if not said.
        keep: Takes the event into the state.
        late: Which step is next when the time is over; the process fails if not said. With no events to wait for, the
            next one of the list.
    """

    name: str
    events: Mapping[type[DomainEvent], Callable[[Any], str]] = field(default_factory=dict)  # events of the kind
    until: Callable[[State, datetime], datetime] | None = None
    keep: Callable[[State, Any], State] | None = None
    late: str | None = None


@dataclass(frozen=True)
class Process(Generic[State]):
    """The definition of a process.

    Attributes:
        name: Stable name, `<context>.<what>`.
        title: What people call it.
        state: The model of what it knows.
        steps: What it does, in order.
        version: Version of the definition; raise it when steps or state change in a way that running ones would notice.
        starts: Events that start it, each with what makes its key and first state.
        upgrades: How a running process of an older version becomes one of the next: takes the name of its step and its
            facts, and returns the new ones. It is asked for the name of each step that is done as well, with the same
            facts; a step that becomes nothing is never undone. A version without an upgrade must be kept as a
            definition of its own.
    """

    name: str
    title: str
    state: type[State]
    steps: Sequence[Step[State] | Wait[State]]
    version: int = 1
    starts: Mapping[type[DomainEvent], Callable[[Any], tuple[str, State] | None]] = field(default_factory=dict)
    upgrades: Mapping[int, Callable[[str, Facts], tuple[str, Facts]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the names.

        Raises:
            TypeError: There are no steps, two of one name, or a waiting that leads to none of them.
        """
        names = [step.name for step in self.steps]
        if not names or len(set(names)) != len(names):
            raise TypeError(f"{self.name} needs steps, each with a name of its own")
        unknown = {step.late for step in self.steps if isinstance(step, Wait) and step.late is not None} - set(names)
        if unknown:
            raise TypeError(f"{self.name} has no step {', '.join(sorted(unknown))} to go to when a time is over")

    def step(self, name: str) -> Step[State] | Wait[State] | None:
        """Return the step of a name, if there is one."""
        return next((step for step in self.steps if step.name == name), None)

    def after(self, name: str) -> str | None:
        """Return the name of the step after another one; none after the last."""
        names = [step.name for step in self.steps]
        place = names.index(name) + 1
        return names[place] if place < len(names) else None

    @property
    def awaited(self) -> dict[type[DomainEvent], Callable[[Any], str]]:
        """The events that some step waits for, each with what tells the process's key of it."""
        return {kind: key for step in self.steps if isinstance(step, Wait) for kind, key in step.events.items()}
