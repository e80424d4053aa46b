"""What is published of a recorded event."""

from uuid import UUID, uuid5

import pytest

from colonnade.application.publishing import (
    Catalogue,
    Publications,
    PublishedEvent,
    Publisher,
    PublishingSettings,
)
from colonnade.core import Invalid, RecordedEvent

from .library import BOOK, EVENT_ID, BookLent, BookLentV1, BookLentV2, BookShelved, publications, recorded

PUBLISHER = Publisher(
    [publications],
    PublishingSettings(
        source="/library",
        type_prefix="org.example",
        schema_base="https://example.org/schemas/",
        extensions={"correlationid": "correlation_id", "causationid": "causation_id", "bookid": "book_id"},
    ),
)
LENT = recorded(BookLent(book_id=BOOK, reader="ada"), correlation_id="c-1")


def test_the_envelope_says_what_happened_to_what() -> None:
    """The identity is the log's, the stream is subject and partition key, the version is the place in the sequence."""
    envelope = PUBLISHER.envelopes(LENT)[0]
    assert envelope.attributes() == {
        "specversion": "1.0",
        "id": str(EVENT_ID),
        "source": "/library",
        "type": "org.example.books.book_lent.v1",
        "subject": f"book-{BOOK}",
        "time": LENT.recorded_at,
        "datacontenttype": "application/json",
        "dataschema": "https://example.org/schemas/books.book_lent.v1",
        "partitionkey": f"book-{BOOK}",
        "sequence": "0000000012",
        "correlationid": "c-1",
        "bookid": str(BOOK),
    }
    assert envelope.data == {"book_id": str(BOOK)}


def test_two_versions_side_by_side_are_two_events() -> None:
    """Each has an identity of its own, the same whenever it is asked for."""
    first, second = PUBLISHER.envelopes(LENT)
    assert UUID(first.id) == EVENT_ID
    assert UUID(second.id) == uuid5(EVENT_ID, "books.book_lent.v2")
    assert PUBLISHER.envelopes(LENT) == [first, second]
    assert BookLentV2.read(second) == BookLentV2(book=BOOK)


def test_a_translation_may_keep_an_event_to_itself() -> None:
    """And events without a translation are nobody's business."""
    assert [envelope.type for envelope in PUBLISHER.envelopes(recorded(BookLent(book_id=BOOK, reader="guest")))] == [
        "org.example.books.book_lent.v1"
    ]
    assert PUBLISHER.envelopes(recorded(BookShelved(shelf=3))) == []
    assert PUBLISHER.kinds == (BookLent,)


def test_a_reader_is_tolerant_of_what_it_does_not_know() -> None:
    """Fields that were added later are left aside."""
    envelope = PUBLISHER.envelopes(LENT)[0]
    grown = envelope.model_copy(update={"data": {**envelope.data, "added_later": True}})
    assert BookLentV1.read(grown) == BookLentV1(book_id=BOOK)


def test_a_reader_refuses_another_event_or_one_that_does_not_fit() -> None:
    """So that it is parked, not misunderstood."""
    first, second = PUBLISHER.envelopes(LENT)
    with pytest.raises(Invalid, match=r"is not books\.book_lent\.v1"):
        BookLentV1.read(second)
    with pytest.raises(Invalid, match="book_id"):
        BookLentV1.read(first.model_copy(update={"data": {}}))
    with pytest.raises(Invalid):
        BookLentV1.read(first.model_copy(update={"data": None}))


@pytest.mark.parametrize(
    "keywords", [{}, {"type": "lent"}, {"type": "Books.Lent"}, {"type": "books.lent", "version": 0}]
)
def test_a_published_event_needs_a_name_and_a_version(keywords: dict[str, object]) -> None:
    """The class cannot be defined without."""
    with pytest.raises(TypeError, match="needs its wire name"):
        type("Nameless", (PublishedEvent,), {}, **keywords)


def test_two_events_of_one_name_and_version_are_refused() -> None:
    """At the start, not when the second is published."""

    class Twin(PublishedEvent, type="books.book_lent", version=1):
        pass

    with pytest.raises(TypeError, match=r"books\.book_lent\.v1"):
        Catalogue([BookLentV1, Twin])


def test_the_catalogue_is_all_that_may_be_published() -> None:
    """Read from what the translations say that they return."""
    catalogue = Catalogue.of([publications])
    assert set(catalogue) == {BookLentV1, BookLentV2}
    assert len(catalogue) == 2
    assert catalogue["books.book_lent.v2"] is BookLentV2
    assert catalogue.schemas()["books.book_lent.v2"]["required"] == ["book", "renewals"]


def test_a_translation_that_does_not_say_what_it_returns_is_refused() -> None:
    """Its events would be missing in the catalogue."""

    def silent(event: BookLent, recorded: RecordedEvent):  # type: ignore[no-untyped-def]  # what is tested
        return None

    with pytest.raises(TypeError, match="silent must say what it publishes"):
        Publications().publishes(BookLent)(silent)
