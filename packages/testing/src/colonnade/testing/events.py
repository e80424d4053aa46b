"""Typed assertions on what aggregates recorded."""

from typing import Any, TypeVar

from colonnade.core import AggregateRoot, DomainEvent

Event = TypeVar("Event", bound=DomainEvent)


def recorded(aggregate: AggregateRoot[Any], kind: type[Event]) -> list[Event]:
    """Return the events of one kind that an aggregate recorded since it was made or read, oldest first."""
    return [event for event in aggregate.recorded_events if isinstance(event, kind)]


def assert_recorded(aggregate: AggregateRoot[Any], kind: type[Event], /, **facts: object) -> Event:
    """Check that exactly one event of a kind was recorded, with at least these facts, and return it.

    Example:
        moved = assert_recorded(task, TaskMoved, source="todo", target="done")

    Raises:
        AssertionError: There is none or more than one, or its facts are others; the message lists what there is.
    """
    found = [event for event in recorded(aggregate, kind) if _has(event, facts)]
    if len(found) != 1:
        listed = "\n".join(f"  {event!r}" for event in aggregate.recorded_events) or "  nothing"
        wanted = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        raise AssertionError(f"expected one {kind.__name__}({wanted}), found {len(found)}; recorded were\n{listed}")
    return found[0]


def assert_nothing_recorded(aggregate: AggregateRoot[Any]) -> None:
    """Check that nothing happened to an aggregate since it was made or read.

    Raises:
        AssertionError: Something did; the message lists it.
    """
    if aggregate.recorded_events:
        listed = "\n".join(f"  {event!r}" for event in aggregate.recorded_events)
        raise AssertionError(f"expected no event; recorded were\n{listed}")


def _has(event: DomainEvent, facts: dict[str, object]) -> bool:
    unknown = facts.keys() - type(event).model_fields
    if unknown:
        raise AssertionError(f"{type(event).__name__} has no fact named {', '.join(sorted(unknown))}")
    return all(getattr(event, name) == value for name, value in facts.items())
