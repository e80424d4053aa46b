"""The processes of these tests: their messages, what they wait for, what they know, and their steps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, MetaData, Table, Text

from colonnade.application.messaging import INTERNAL, Command, Errand, JobOptions, RetryPolicy
from colonnade.application.processes import Process, ProcessId, Step, Wait
from colonnade.core import ColonnadeError, DomainEvent, UserId

KEY = "trip 1"
TWICE = JobOptions(retries=RetryPolicy(attempts=2, first_pause_seconds=10.0))

effects = Table("works_effects", MetaData(), Column("label", Text))
"""What handlers leave behind, without any rule against doing it twice."""


class Do(Command[str], name="works.do", requires=INTERNAL, job=TWICE):
    """Leave an effect in the database, and answer with the label."""

    label: str


class Call(Errand[str], name="works.call", requires=INTERNAL, job=TWICE):
    """Do something outside, and answer with the label."""

    label: str


class Begin(Command[ProcessId], name="works.begin", requires=INTERNAL):
    """Start the newest process of a name, and leave an effect in the same unit of work."""

    name: str = "works.trip"
    key: str = KEY
    by: UserId | None = None


class Paid(DomainEvent, type="works.paid"):
    """Something that processes wait for and subscriptions hear of."""

    key: str
    amount: int = 0


class Broken(ColonnadeError):
    """A failure that will not go away."""

    code = "works.broken"


class Trip(BaseModel):
    """What the processes of these tests know."""

    model_config = ConfigDict(frozen=True)

    notes: tuple[str, ...] = ()
    amount: int = 0

    def noting(self, note: str) -> "Trip":
        """Return the same with a note more."""
        return self.model_copy(update={"notes": (*self.notes, note)})


def step(name: str, **more: Any) -> Step[Trip]:
    """Return a step that leaves its name, notes the answer, and can be undone."""
    parts: dict[str, Any] = {
        "send": lambda state: Do(label=name),
        "keep": lambda state, answer: state.noting(answer),
        "undo": lambda state: Do(label=f"undo {name}"),
    }
    return Step(name, **{**parts, **more})


def payment(name: str = "payment", **more: Any) -> Wait[Trip]:
    """Return a wait for the payment."""
    parts: dict[str, Any] = {
        "events": {Paid: lambda event: event.key},
        "keep": lambda state, event: state.model_copy(update={"amount": event.amount}),
    }
    return Wait(name, **{**parts, **more})


def trip(*steps: Step[Trip] | Wait[Trip], **more: Any) -> Process[Trip]:
    """Return a process of these steps."""
    return Process("works.trip", "trip", Trip, steps, **more)


def in_days(days: float) -> Callable[[Trip, Any], Any]:
    """Return what tells a time some days from now."""
    return lambda state, now: now + timedelta(days=days)
