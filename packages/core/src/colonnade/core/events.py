"""Domain events: what happened, in the past tense, named and versioned for as long as the data lives."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from colonnade.core.errors import ColonnadeError
from colonnade.core.masking import mask
from colonnade.core.personal import personal_fields

EventId = NewType("EventId", UUID)


class DomainEvent(BaseModel):
    """Something that happened to one aggregate.

    Declare the wire name and the schema version on the class; neither is ever reused for another shape:

        class TaskRenamed(DomainEvent, type="tasks.task_renamed", version=1):
            title: str

    Raises:
        TypeError: The class is defined without a type name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

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

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Show what is personal data masked."""
        personal = personal_fields(type(self))
        return ((name, mask(value) if name in personal else value) for name, value in super().__repr_args__())


class UnknownEvent(ColonnadeError):
    """The log holds an event that this process has no class for; a newer process may have one."""

    code = "unknown_event"
    retryable = True


Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Upcaster:
    """Lifts the stored facts of an event to the next schema version (Young, Versioning in an Event Sourced System).

    Attributes:
        event_type: Which events.
        version: The version that it reads; what it returns is of the next one.
        lift: A pure function of the facts.
    """

    event_type: str
    version: int
    lift: Callable[[Facts], Facts]


class EventTypes:
    """The event classes that a process can read, by type and schema version.

    Of an event that has changed its schema, only the newest class need be kept: older facts are lifted by upcasters.
    """

    def __init__(self, kinds: Iterable[type[DomainEvent]], upcasters: Iterable[Upcaster] = ()) -> None:
        """Check that every version that was ever stored can be read.

        Args:
            kinds: The classes.
            upcasters: How the facts of older versions become those of the next one.

        Raises:
            TypeError: Two classes are of one type and version, or an upcaster is missing or superfluous.
        """
        self._kinds: dict[tuple[str, int], type[DomainEvent]] = {}
        for kind in kinds:
            other = self._kinds.setdefault((kind.event_type, kind.schema_version), kind)
            if other is not kind:
                raise TypeError(
                    f"{kind.__name__} and {other.__name__} are both {kind.event_type} v{kind.schema_version}"
                )
        self._lifts: dict[tuple[str, int], Callable[[Facts], Facts]] = {}
        for upcaster in upcasters:
            key = (upcaster.event_type, upcaster.version)
            if key in self._lifts or key in self._kinds:
                raise TypeError(f"{upcaster.event_type} v{upcaster.version} is read already: drop its upcaster")
            self._lifts[key] = upcaster.lift
        self._check_upcasters()

    def __iter__(self) -> Iterator[type[DomainEvent]]:
        return iter(self._kinds.values())

    def load(self, event_type: str, schema_version: int, facts: Mapping[str, object]) -> DomainEvent:
        """Rebuild an event from its stored facts, lifted to the version of its class.

        Raises:
            UnknownEvent: Neither a class nor an upcaster reads this type and version.
        """
        version = schema_version
        kind = self._kinds.get((event_type, version))
        while kind is None:
            lift = self._lifts.get((event_type, version))
            if lift is None:
                raise UnknownEvent(
                    f"no class reads {event_type} v{schema_version}", type=event_type, version=schema_version
                )
            facts, version = lift(facts), version + 1
            kind = self._kinds.get((event_type, version))
        return kind.model_validate(facts)

    def _check_upcasters(self) -> None:
        readable = {*self._kinds, *self._lifts}
        for event_type, version in self._kinds:
            for older in range(1, version):
                if (event_type, older) not in readable:
                    raise TypeError(
                        f"{event_type} v{older} cannot be read: give an upcaster from v{older} to v{older + 1}"
                    )
        for event_type, version in self._lifts:
            if (event_type, version + 1) not in readable:
                raise TypeError(f"the upcaster of {event_type} v{version} leads to v{version + 1}, which nothing reads")


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
