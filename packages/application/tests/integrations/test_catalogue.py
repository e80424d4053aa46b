"""What an endpoint can be told of, and how it is said."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from colonnade.application.integrations import WebhookEvents, webhook_subscriptions
from colonnade.application.publishing import Publications, PublishedEvent
from colonnade.core import DomainEvent, Invalid, RecordedEvent, new_id
from colonnade.core.events import EventId
from colonnade.domain.integrations import EventTypeName
from colonnade.domain.workspaces import WorkspaceId

publications = Publications()
WORKSPACE = new_id(WorkspaceId)


class Lent(DomainEvent, type="library.lent", version=1):
    """A book was lent."""

    workspace_id: UUID
    book: str
    reader: str


class Closed(DomainEvent, type="library.closed", version=1):
    """The library closed, in every workspace."""

    day: str


class LentV1(PublishedEvent, type="library.lent", version=1):
    """A book was lent."""

    book: str


class LentV2(PublishedEvent, type="library.lent", version=2):
    """A book was lent, by somebody."""

    title: str
    reader: str


class ClosedV1(PublishedEvent, type="library.closed", version=1):
    """The library closed."""


@publications.publishes(Lent)
def lent(event: Lent, recorded: RecordedEvent) -> LentV1 | None:
    """Say which book, unless it is a secret one."""
    return None if event.book == "Diary" else LentV1(book=event.book)


@publications.publishes(Lent)
def lent_by(event: Lent, recorded: RecordedEvent) -> LentV2:
    """Say which book and to whom."""
    return LentV2(title=event.book, reader=event.reader)


@publications.publishes(Closed)
def closed(event: Closed, recorded: RecordedEvent) -> ClosedV1:
    """Say so."""
    return ClosedV1()


EVENTS = WebhookEvents([publications])


def recorded(event: DomainEvent) -> RecordedEvent:
    """Return an event as the log holds it."""
    return RecordedEvent(1, new_id(EventId), "book-1", 1, event, {}, datetime(2026, 3, 2, 12, 0, 0, 5000, tzinfo=UTC))


def test_an_event_is_told_as_the_standard_says() -> None:
    """Type, time and what is published of it; under the identity that it has in the log."""
    happened = recorded(Lent(workspace_id=WORKSPACE, book="Emma", reader="Zoë"))
    first = EVENTS.of(happened)[0]

    assert (first.id, first.type) == (happened.event_id, "library.lent")
    assert json.loads(first.payload) == {
        "type": "library.lent",
        "timestamp": "2026-03-02T12:00:00.005000Z",
        "data": {"book": "Emma"},
    }


def test_versions_side_by_side_are_events_of_their_own() -> None:
    """With names and identities of their own, which are the same whenever they are told."""
    happened = recorded(Lent(workspace_id=WORKSPACE, book="Emma", reader="Zoë"))
    told = EVENTS.of(happened)

    assert [one.type for one in told] == ["library.lent", "library.lent.v2"]
    assert told[0].id != told[1].id
    assert EVENTS.of(happened) == told
    assert '"reader":"Zoë"' in told[1].payload


def test_what_is_not_published_is_not_told() -> None:
    """The other version of it may be."""
    told = EVENTS.of(recorded(Lent(workspace_id=WORKSPACE, book="Diary", reader="Zoë")))

    assert [one.type for one in told] == ["library.lent.v2"]


def test_what_belongs_to_no_workspace_is_nobodys_to_hear_of() -> None:
    """Endpoints are of workspaces."""
    assert EVENTS.kinds == (Lent,)
    assert list(EVENTS.types) == ["library.lent", "library.lent.v2"]
    assert EVENTS.of(recorded(Closed(day="Monday"))) == []


def test_only_what_is_published_can_be_asked_for() -> None:
    """The star always can; all that cannot is named."""
    EVENTS.require([EventTypeName("*"), EventTypeName("library.lent"), EventTypeName("library.lent.v2")])
    with pytest.raises(Invalid, match=r"there is no library\.closed, library\.lent\.v3$") as refused:
        EVENTS.require(
            [EventTypeName("library.lent.v3"), EventTypeName("library.closed"), EventTypeName("library.lent")]
        )
    assert refused.value.facts == {"field": "event_types"}


def test_the_subscription_hears_of_all_that_can_be_told() -> None:
    """Its name is where its checkpoint is kept."""
    (subscription,) = webhook_subscriptions(EVENTS)

    assert (subscription.name, subscription.events, subscription.outside) == ("integrations.webhooks", (Lent,), False)
