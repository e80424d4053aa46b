"""Which domain event is published as what: pure functions, collected by decorator."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

from colonnade.application.publishing.events import PublishedEvent
from colonnade.core import DomainEvent, RecordedEvent

Event = TypeVar("Event", bound=DomainEvent)
Published = TypeVar("Published", bound=PublishedEvent | None)
Translation = Callable[[Event, RecordedEvent], Published]


class Publication(NamedTuple):
    """A domain event's way out.

    Attributes:
        kind: The domain event.
        translate: Makes the published event of it, or nothing when this one is nobody's business.
        becomes: What it may return.
    """

    kind: type[DomainEvent]
    translate: Callable[[Any, RecordedEvent], PublishedEvent | None]  # takes events of this kind only
    becomes: tuple[type[PublishedEvent], ...]


class Publications:
    """A context's translations, collected by decorator and given to the publisher by the composition root.

    While two versions of an event are published side by side, its domain event has two translations.

    Example:
        >>> publications = Publications()
        >>> @publications.publishes(TaskAssigned)
        ... def task_assigned(event: TaskAssigned, recorded: RecordedEvent) -> TaskAssignedV1: ...
    """

    def __init__(self) -> None:
        self._publications: list[Publication] = []

    def publishes(self, kind: type[Event]) -> Callable[[Translation[Event, Published]], Translation[Event, Published]]:
        """Say that the decorated function translates domain events of this kind.

        Raises:
            TypeError: The function does not say by its return annotation what it publishes.
        """

        def register(translate: Translation[Event, Published]) -> Translation[Event, Published]:
            answer = get_type_hints(translate).get("return")
            becomes = tuple(
                option
                for option in (get_args(answer) or (answer,))
                if isinstance(option, type) and issubclass(option, PublishedEvent)
            )
            if not becomes:
                name = getattr(translate, "__name__", repr(translate))
                raise TypeError(f"{name} must say what it publishes: annotate its return with a PublishedEvent")
            self._publications.append(Publication(kind, translate, becomes))
            return translate

        return register

    def __iter__(self) -> Iterator[Publication]:
        return iter(self._publications)


def published_by(collections: Iterable[Publications]) -> Iterator[type[PublishedEvent]]:
    """Yield every published event that the translations may make, each once."""
    kinds = [kind for publications in collections for publication in publications for kind in publication.becomes]
    yield from dict.fromkeys(kinds)
