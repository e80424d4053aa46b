"""What happens to one message, whichever broker it comes from."""

import asyncio
import logging

import pytest

from colonnade.application.publishing import CloudEventEnvelope
from colonnade.application.publishing.encoding import Encoded, to_binary, to_structured
from colonnade.core import Unavailable
from colonnade.infrastructure.brokers.consuming import Consumer
from colonnade.testing.contracts.broker_subject import Deliveries, MemoryParking, happened

from .settings import SETTINGS


@pytest.fixture
def parking() -> MemoryParking:
    return MemoryParking()


def consumer(handler, parking, **changes) -> Consumer:
    return Consumer("org.example.topic", "readers", handler, parking, SETTINGS._replace(**changes))


@pytest.mark.parametrize("encode", [to_structured, to_binary])
async def test_both_modes_are_read(encode, parking: MemoryParking) -> None:
    """Whoever publishes may choose."""
    deliveries = Deliveries()
    assert await consumer(deliveries, parking).consume(encode(happened(1)), 1) is None
    assert deliveries.numbers == [1]


async def test_pauses_double_up_to_a_limit(parking: MemoryParking) -> None:
    """So that what is broken is not hurried."""
    failing = consumer(
        Deliveries(failures={1: 100}),
        parking,
        max_deliveries=100,
        redelivery_seconds=1.0,
        longest_redelivery_seconds=30.0,
    )
    message = to_structured(happened(1))
    assert [await failing.consume(message, delivery) for delivery in (1, 2, 3, 5, 6, 99)] == [1, 2, 4, 16, 30, 30]


async def test_a_handler_that_takes_too_long_has_failed(parking: MemoryParking) -> None:
    """It is stopped, and tried again."""

    async def never_ends(event: CloudEventEnvelope) -> None:
        await asyncio.Event().wait()

    pause = await consumer(never_ends, parking, handler_seconds=0.01).consume(to_structured(happened(1)), 1)
    assert pause == SETTINGS.redelivery_seconds


async def test_a_message_that_took_its_processes_with_it_is_parked_unseen(parking: MemoryParking) -> None:
    """A broker counted more deliveries than there were answers."""
    deliveries, event = Deliveries(), happened(1)
    pause = await consumer(deliveries, parking).consume(to_structured(event), SETTINGS.max_deliveries + 1)
    assert pause is None
    assert deliveries.numbers == []
    assert [(parked.event_id, parked.deliveries) for parked in parking.parked] == [(event.identity, 4)]


async def test_what_cannot_be_parked_is_delivered_again(caplog: pytest.LogCaptureFixture) -> None:
    """While the place for it does not answer, the broker keeps it."""

    class NoParking:
        async def park(self, message: object) -> None:
            raise Unavailable("the database does not answer")

    pause = await consumer(Deliveries(), NoParking()).consume(Encoded({}, b"garbage"), 1)
    assert pause == SETTINGS.longest_redelivery_seconds
    assert "cannot be parked" in caplog.text


async def test_logs_say_what_is_parked_but_not_its_content(
    parking: MemoryParking, caplog: pytest.LogCaptureFixture
) -> None:
    """Payloads hold what people wrote."""
    caplog.set_level(logging.DEBUG, "colonnade.brokers")
    secret = happened(1).model_copy(update={"data": {"number": 1, "title": "the secret plan"}})
    failing = consumer(Deliveries(failures={1: 9}), parking, max_deliveries=2)
    for delivery in (1, 2):
        await failing.consume(to_structured(secret), delivery)
    assert "is parked: RuntimeError: not today" in caplog.text
    assert "secret plan" not in caplog.text
