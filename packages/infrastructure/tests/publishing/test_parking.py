"""A message that nobody could deal with is kept as it came."""

import pytest
from sqlalchemy import select

from colonnade.application.publishing import CloudEventEnvelope, ParkedMessage
from colonnade.application.publishing.encoding import Encoded, to_structured
from colonnade.infrastructure.brokers.consuming import Consumer
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.publishing import SqlParking
from colonnade.infrastructure.publishing.tables import parked_messages
from colonnade.testing import FrozenClock
from colonnade.testing.contracts.broker_subject import happened

from ..brokers.settings import SETTINGS


async def test_it_is_kept_with_all_that_is_known_of_it(database: Database, clock: FrozenClock) -> None:
    message = ParkedMessage(
        topic="org.example.books",
        group="billing",
        headers={"content-type": "application/json", "ce-id": "ä"},
        body=b"\x00\xff{",
        error="must be JSON",
        deliveries=20,
        event_id=None,
    )
    await SqlParking(database, clock).park(message)
    (row,) = await database.fetch(select(parked_messages))
    assert row.parked_at == clock.now()
    kept = ParkedMessage(row.topic, row.consumer_group, row.headers, row.body, row.error, row.deliveries, row.event_id)
    assert kept == message


@pytest.mark.parametrize("readable", [True, False])
async def test_a_consumer_parks_what_it_cannot_handle(database: Database, clock: FrozenClock, readable: bool) -> None:
    """A handler that fails again and again, and what is no event at all; each with the reason."""

    async def fail(event: CloudEventEnvelope) -> None:
        raise ValueError("never")

    event, parking = happened(1), SqlParking(database, clock)
    message = to_structured(event) if readable else Encoded({"content-type": "text/plain"}, b"hello")
    consumer = Consumer("org.example.topic", "readers", fail, parking, SETTINGS)
    assert await consumer.consume(message, SETTINGS.max_deliveries) is None
    (row,) = await database.fetch(select(parked_messages))
    assert (row.topic, row.consumer_group) == ("org.example.topic", "readers")
    assert row.event_id == (event.identity if readable else None)
    assert row.body == message.body
    assert row.error


async def test_the_same_message_may_be_parked_by_several_groups(database: Database, clock: FrozenClock) -> None:
    parking = SqlParking(database, clock)
    for group in ("billing", "mailing", "billing"):
        await parking.park(ParkedMessage("books", group, {}, b"", "broken", 1, "/library 1"))
    rows = await database.fetch(select(parked_messages.c.consumer_group).order_by(parked_messages.c.id))
    assert [row.consumer_group for row in rows] == ["billing", "mailing", "billing"]
