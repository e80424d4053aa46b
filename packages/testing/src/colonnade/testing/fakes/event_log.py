"""The event log of a store in memory."""

from colonnade.core import RecordedEvent
from colonnade.testing.fakes.store import MemoryStore


class MemoryEventLog:
    """Reads what units of work appended; nothing is ever added behind a reader's back, since commits are one step."""

    def __init__(self, store: MemoryStore) -> None:
        self._events = store.events

    async def read(self, after: int = 0, *, limit: int = 500) -> list[tuple[int, RecordedEvent]]:
        """Return the next events after a position, oldest first, each with its own position."""
        return [(event.position, event) for event in self._events[after : after + limit]]

    async def stream(self, stream: str) -> list[RecordedEvent]:
        """Return all events of one aggregate, oldest first."""
        return [event for event in self._events if event.stream == stream]
