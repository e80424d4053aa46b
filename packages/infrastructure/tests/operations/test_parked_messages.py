"""Messages of brokers that nobody could deal with are listed and dropped."""

from uuid import UUID

import pytest

from colonnade.application.operations import DropParkedMessage, ListActs, ListParkedMessages
from colonnade.application.publishing import ParkedMessage
from colonnade.core import NotFound, Page
from colonnade.infrastructure.publishing import SqlParking

from ..processes.services import Service
from ..processes.works import Works


async def parked(works: Works, *topics: str, group: str = "billing", event_id: str | None = "/books 1") -> Service:
    """Park a message for each topic, and return a service."""
    for topic in topics:
        await SqlParking(works.database, works.clock).park(
            ParkedMessage(topic, group, {"content-type": "text/plain"}, b"secret", "must be JSON", 20, event_id)
        )
        works.clock.advance(seconds=1)
    return await works.service()


async def test_they_are_listed_the_oldest_first(works: Works) -> None:
    """With what is known of them but for what they hold."""
    began = works.clock.now()
    service = await parked(works, "books", "lamps")
    page = await service.send(ListParkedMessages())
    assert [view.topic for view in page.items] == ["books", "lamps"]
    first = page.items[0]
    assert (first.group, first.event_id, first.deliveries, first.error) == ("billing", "/books 1", 20, "must be JSON")
    assert (first.bytes, first.parked_at) == (6, began)
    assert b"secret" not in page.model_dump_json().encode()


async def test_they_are_listed_by_topic_and_group_and_page_by_page(works: Works) -> None:
    await parked(works, "books", "lamps", group="mailing")
    service = await parked(works, "books", "books")
    mine = ListParkedMessages(topic="books", group="billing", limit=1)
    first = await service.send(mine)
    second = await service.send(mine.model_copy(update={"cursor": first.next}))
    assert [(view.topic, view.group) for view in (*first.items, *second.items)] == [("books", "billing")] * 2
    assert second.next is None
    assert await service.send(ListParkedMessages(topic="chairs")) == Page(items=())


@pytest.mark.parametrize("event_id", ["/books 1", None])
async def test_one_that_is_dropped_is_gone_and_its_end_is_noted(works: Works, event_id: str | None) -> None:
    """Even if nobody knows which event it was."""
    service = await parked(works, "books", "lamps", event_id=event_id)
    (first, second) = (await service.send(ListParkedMessages())).items
    await service.send(DropParkedMessage(parked_message_id=first.id), console="ada")
    assert [view.id for view in (await service.send(ListParkedMessages())).items] == [second.id]
    (act,) = (await service.send(ListActs())).items
    assert (act.act, act.subject, act.detail, act.by) == (
        "operations.drop_parked_message",
        event_id or str(first.id),
        "books for billing",
        "ada",
    )


async def test_what_is_not_there_cannot_be_dropped(works: Works) -> None:
    service = await works.service()
    with pytest.raises(NotFound):
        await service.send(DropParkedMessage(parked_message_id=UUID(int=1)))
