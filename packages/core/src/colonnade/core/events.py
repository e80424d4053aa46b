"""Domain events: what happened, in the past tense, named and versioned for as long as the data lives."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from colonnade.core.errors import ColonnadeError

EventId = NewType("EventId", UUID)


class DomainEvent(BaseModel):
    """Something that happened to one aggregate.

    Declare the wire name and the schema version on the class; neither is ever reused for another shape:

        class TaskRenamed(DomainEvent, type="tasks.task_renamed", version=1):
            title: str

    Raises:
        TypeError: The class is defined without a type name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_type: ClassVar[str]
    schema_version: ClassVar[int]

    def __init_subclass__(cls, *, type: str | None = None, version: int = 1) -> None:  # noqa: A002 - the term
        super().__init_subclass__()
        if type is None:
            raise TypeError(
                f"{cls.__name__} needs its wire name: class {cls.__name__}(DomainEvent, type='context.what')"
            )
        cls.event_type = type
        cls.schema_version = version


class UnknownEvent(ColonnadeError):
    """The log holds an event that this process has no class for."""

    code = "unknown_event"


class EventTypes:
    """The event classes that a process can read, by type and schema version."""

    def __init__(self, kinds: Iterable[type[DomainEvent]]) -> None:
        self._kinds: dict[tuple[str, int], type[DomainEvent]] = {}
        for kind in kinds:
            other = self._kinds.setdefault((kind.event_type, kind.schema_version), kind)
            if other is not kind:
                raise TypeError(
                    f"{kind.__name__} and {other.__name__} are both {kind.event_type} v{kind.schema_version}"
                )

    def __iter__(self) -> Iterator[type[DomainEvent]]:
        return iter(self._kinds.values())

    def load(self, event_type: str, schema_version: int, facts: Mapping[str, object]) -> DomainEvent:
        """Rebuild an event from its stored facts.

        Raises:
            UnknownEvent: No class is registered for this type and version.
        """
        try:
            kind = self._kinds[event_type, schema_version]
        except KeyError:
            raise UnknownEvent(f"no class reads {event_type} v{schema_version}", type=event_type) from None
        return kind.model_validate(facts)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as the log holds it.

    Attributes:
        position: Place in the whole log; grows, with gaps, and says nothing of commit order.
        event_id: Identity for deduplication.
        stream: The aggregate's stream, `<kind>-<id>`.
        stream_version: Place in the stream, from 1, without gaps.
        event: What happened.
        metadata: Who and why: caller, correlation, causation, tenant.
        recorded_at: When it was appended, UTC.
    """

    position: int
    event_id: EventId
    stream: str
    stream_version: int
    event: DomainEvent
    metadata: Mapping[str, str]
    recorded_at: datetime
