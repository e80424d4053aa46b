"""A library's events: what happens to books, and what others hear of it."""

from datetime import UTC, datetime
from uuid import UUID

from colonnade.application.publishing import Publications, PublishedEvent
from colonnade.core import DomainEvent, RecordedEvent
from colonnade.core.events import EventId

publications = Publications()


class BookLent(DomainEvent, type="books.book_lent", version=3):
    """Somebody took a book home."""

    book_id: UUID
    reader: str


class BookShelved(DomainEvent, type="books.book_shelved"):
    """A book has another place: nobody outside cares."""

    shelf: int


class BookLentV1(PublishedEvent, type="books.book_lent", version=1):
    """Somebody took a book home."""

    book_id: UUID


class BookLentV2(PublishedEvent, type="books.book_lent", version=2):
    """Somebody took a book home."""

    book: UUID
    renewals: int = 0


@publications.publishes(BookLent)
def book_lent(event: BookLent, recorded: RecordedEvent) -> BookLentV1:
    """Leave out who it was."""
    return BookLentV1(book_id=event.book_id)


@publications.publishes(BookLent)
def book_lent_again(event: BookLent, recorded: RecordedEvent) -> BookLentV2 | None:
    """Only regular readers count."""
    return BookLentV2(book=event.book_id) if event.reader != "guest" else None


BOOK = UUID("01890a5d-ac96-7000-8000-000000000001")
EVENT_ID = EventId(UUID("01890a5d-ac96-7000-8000-000000000009"))


def recorded(event: DomainEvent, **metadata: str) -> RecordedEvent:
    """Return an event as the log holds it."""
    return RecordedEvent(
        position=7,
        event_id=EVENT_ID,
        stream=f"book-{BOOK}",
        stream_version=12,
        event=event,
        metadata=metadata,
        recorded_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    )
