"""What the tests of subscriptions speak of: two events, a command, two errors, and effects in a table."""

from typing import NamedTuple

from sqlalchemy import Column, Integer, MetaData, Table, Text, insert

from colonnade.application.messaging import INTERNAL, Command
from colonnade.core import ColonnadeError, DomainEvent, EventTypes, RecordedEvent
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.database.partitions import partition_of

effects = Table(
    "lab_effects",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("stream", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
)


class Noted(DomainEvent, type="lab.noted"):
    """Something was noted."""

    text: str


class Struck(DomainEvent, type="lab.struck"):
    """Something was struck out."""

    text: str


class Act(Command[None], name="lab.act", requires=INTERNAL):
    """Something that is done because of an event."""

    text: str


TYPES = EventTypes([Noted, Struck])


class Effect(NamedTuple):
    """What a reaction left in the database."""

    stream: str
    version: int
    text: str


class Broken(ColonnadeError):
    """An error that will not go away."""

    code = "lab.broken"


class Shaky(ColonnadeError):
    """An error that may go away."""

    code = "lab.shaky"
    retryable = True


class Effects:
    """Leaves effects in a unit of work."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    def leave(self, recorded: RecordedEvent, generation: int = 1) -> None:
        """Leave one, when the unit of work commits."""
        event = recorded.event
        assert isinstance(event, Noted | Struck)
        row = {
            "generation": generation,
            "stream": recorded.stream,
            "version": recorded.stream_version,
            "text": event.text,
        }
        self._unit_of_work.at_commit(insert(effects), row)


def stream_in(partition: int, *, of: int) -> str:
    """Return the name of a stream that is in one of several partitions."""
    return next(name for number in range(1000) if partition_of(name := f"s-{number}", of) == partition)
