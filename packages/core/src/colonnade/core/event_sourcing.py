"""Event-sourced aggregates: the events are all that is kept, and the state follows from them (Fowler, Young)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from colonnade.core.entity import AggregateRoot
from colonnade.core.events import DomainEvent

Id = TypeVar("Id", bound=UUID)
Event = TypeVar("Event", bound=DomainEvent)
Aggregate = TypeVar("Aggregate", bound="EventSourced[Any]")  # identifiers of any type
Application = Callable[[Aggregate, Event], None]

_APPLIES = "_applies"


def applies(kind: type[Event]) -> Callable[[Application[Aggregate, Event]], Application[Aggregate, Event]]:
    """Say that the decorated method lets events of this kind change the state.

    Such a method checks nothing and fails never: what it is told has happened. Whatever it needs is in the event,
    moments included, for it must come to the same in ten years.
    """

    def mark(method: Application[Aggregate, Event]) -> Application[Aggregate, Event]:
        setattr(method, _APPLIES, kind)
        return method

    return mark


@dataclass(eq=False, kw_only=True)
class EventSourced(AggregateRoot[Id]):
    """An aggregate whose state is what its events have made of it.

    Its methods check the rules and record an event; what the event changes is said in a method of its own, which is
    called when it is recorded and again whenever the aggregate is read. Every attribute needs a default: the state
    before the first event. An aggregate of which there is no such state overrides `blank`. In short::

        @dataclass(eq=False, kw_only=True)
        class Lamp(EventSourced[LampId]):
            stream_kind = "lamp"
            lit: bool = False

            def light(self) -> None:
                self.record(LampLit())

            @applies(LampLit)
            def _lit(self, event: LampLit) -> None:
                self.lit = True

    Raises:
        TypeError: The class is defined with two methods for one kind of event.
    """

    _applications: ClassVar[Mapping[type[DomainEvent], Application[Any, Any]]] = {}  # each of its own kind of event

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own: dict[type[DomainEvent], Application[Any, Any]] = {}  # each of its own kind of event
        for method in vars(cls).values():
            kind = getattr(method, _APPLIES, None)
            if kind is not None and own.setdefault(kind, method) is not method:
                raise TypeError(f"{cls.__name__} has two methods that apply {kind.__name__}: drop one")
        cls._applications = {**cls._applications, **own}

    @classmethod
    def events(cls) -> tuple[type[DomainEvent], ...]:
        """Return the kinds of events that can happen to it: what its streams are read with."""
        return tuple(cls._applications)

    @classmethod
    def blank(cls, aggregate_id: Id) -> Self:
        """Return the aggregate before its first event."""
        return cls(id=aggregate_id)

    @classmethod
    def replayed(cls, aggregate_id: Id, events: Iterable[DomainEvent]) -> Self:
        """Return the aggregate as these events, all of its stream from the first one on, have made it.

        Raises:
            TypeError: There is no method for one of them.
        """
        aggregate = cls.blank(aggregate_id)
        aggregate.replay(events)
        return aggregate

    def replay(self, events: Iterable[DomainEvent]) -> None:
        """Let the next events of its stream happen, which are recorded already.

        Raises:
            TypeError: There is no method for one of them.
        """
        for event in events:
            self.apply(event)
            self.version += 1

    def record(self, event: DomainEvent) -> None:
        """Let something happen, and note it.

        Raises:
            TypeError: There is no method for it.
        """
        self.apply(event)
        super().record(event)

    def apply(self, event: DomainEvent) -> None:
        """Change the state to what it is after an event.

        Raises:
            TypeError: There is no method for it.
        """
        application = self._applications.get(type(event))
        if application is None:
            name = type(event).__name__
            raise TypeError(f"{type(self).__name__} does not apply {name}: give it a method with @applies({name})")
        application(self, event)
