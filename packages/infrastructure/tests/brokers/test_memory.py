"""What only the broker in the process does."""

import asyncio

import pytest

from colonnade.application.publishing import CloudEventEnvelope
from colonnade.core import Unavailable
from colonnade.infrastructure.brokers import InProcessBroker
from colonnade.testing.contracts.broker_subject import Deliveries, MemoryParking, happened

from .settings import SETTINGS


async def test_a_key_stays_with_one_member() -> None:
    """Its events are in order however many members there are."""
    broker, members = InProcessBroker(SETTINGS, MemoryParking()), [Deliveries() for _ in range(3)]
    for member in members:
        await broker.subscribe("topic", "readers", member)
    await broker.start()
    for number in range(30):
        await broker.publish("topic", happened(number, key=f"thing-{number % 5}"))
    await broker.close()
    for key in {key for member in members for key, _ in member.keys}:
        [numbers] = [found for member in members if (found := [n for k, n in member.keys if k == key])]
        assert numbers == sorted(numbers)
        assert len(numbers) == 6
    assert sum(bool(member.numbers) for member in members) > 1


async def test_a_member_that_lags_too_far_behind_stops_the_publisher() -> None:
    """Memory stays flat: whoever publishes waits with the rest."""
    broker, release = InProcessBroker(SETTINGS._replace(queue_length=2), MemoryParking()), asyncio.Event()
    running = asyncio.Event()

    async def stuck(event: CloudEventEnvelope) -> None:
        running.set()
        await release.wait()

    await broker.subscribe("topic", "readers", stuck)
    await broker.start()
    await broker.publish("topic", happened(0))
    async with asyncio.timeout(5):
        await running.wait()
    for number in (1, 2):
        await broker.publish("topic", happened(number))
    with pytest.raises(Unavailable):
        await broker.publish("topic", happened(3))
    release.set()
    await broker.close()


async def test_closing_delivers_what_waits() -> None:
    """As far as there is time."""
    broker, deliveries = InProcessBroker(SETTINGS, MemoryParking()), Deliveries()
    await broker.subscribe("topic", "readers", deliveries)
    await broker.start()
    for number in range(5):
        await broker.publish("topic", happened(number))
    await broker.close()
    assert deliveries.numbers == [0, 1, 2, 3, 4]


async def test_closing_does_not_wait_for_ever() -> None:
    """A handler that never ends is stopped."""
    broker, stopped = InProcessBroker(SETTINGS._replace(close_seconds=0.01), MemoryParking()), []

    async def never_ends(event: CloudEventEnvelope) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(event.id)
            raise

    await broker.subscribe("topic", "readers", never_ends)
    await broker.start()
    event = happened(1)
    await broker.publish("topic", event)
    async with asyncio.timeout(5):
        await broker.close()
    assert stopped == [event.id]


async def test_several_at_a_time_when_asked() -> None:
    """A member may handle more than one message at once."""
    broker, together = InProcessBroker(SETTINGS._replace(concurrency=2), MemoryParking()), asyncio.Barrier(2)

    async def meets(event: CloudEventEnvelope) -> None:
        await together.wait()

    await broker.subscribe("topic", "readers", meets)
    await broker.start()
    for number in (1, 2):
        await broker.publish("topic", happened(number))
    async with asyncio.timeout(5):
        await broker.close()
