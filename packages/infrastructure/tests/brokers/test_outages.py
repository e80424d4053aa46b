"""Worse things than a restart: data that is gone, connections that a driver has given up, events that are too large."""

import asyncio

import nats
import pytest

from colonnade.application.publishing.encoding import to_structured
from colonnade.core import Invalid
from colonnade.infrastructure.brokers.faststream import FastStreamBroker
from colonnade.infrastructure.brokers.nats import NatsLink
from colonnade.infrastructure.brokers.redis import RedisLink
from colonnade.testing.contracts.broker_subject import (
    DEADLINE_SECONDS,
    Deliveries,
    MemoryParking,
    happened,
    published,
)

from .restartable import running_nats, running_valkey
from .settings import SETTINGS

pytestmark = pytest.mark.integration


async def test_valkey_that_forgot_everything_is_read_from_again() -> None:
    """Its streams and groups are gone after a restart: they are made again."""
    async with running_valkey(keeps=False) as server:
        url = f"valkey://127.0.0.1:{server.port}"
        broker = FastStreamBroker(lambda: RedisLink(url, SETTINGS), SETTINGS, MemoryParking(), name="Redis")
        deliveries = Deliveries()
        await broker.subscribe("topic", "readers", deliveries)
        await broker.start()
        await published(broker, "topic", happened(1))
        await deliveries.until(lambda: deliveries.numbers == [1])
        await server.stop()
        await server.start()
        await published(broker, "topic", happened(2))
        await deliveries.until(lambda: 2 in deliveries.numbers)
        await broker.close()


async def test_a_stream_that_an_operator_deleted_is_made_again() -> None:
    """The consumers of NATS vanish with it."""
    async with running_nats() as server:
        links: list[NatsLink] = []

        def connect() -> NatsLink:
            links.append(NatsLink([f"nats://127.0.0.1:{server.port}"], SETTINGS))
            return links[-1]

        broker, deliveries = FastStreamBroker(connect, SETTINGS, MemoryParking(), name="NATS"), Deliveries()
        await broker.subscribe("org.colonnade.topic", "readers", deliveries)
        await broker.start()
        await links[-1].client.connection.jetstream().delete_stream(SETTINGS.stream)
        await published(broker, "org.colonnade.topic", happened(1))
        await deliveries.until(lambda: deliveries.numbers == [1])
        await broker.close()


async def test_a_connection_that_the_driver_has_given_up_is_replaced() -> None:
    """And the process is not held up meanwhile by a loop that never gives way."""
    async with running_nats() as server:
        links: list[NatsLink] = []

        def connect() -> NatsLink:
            links.append(NatsLink([f"nats://127.0.0.1:{server.port}"], SETTINGS))
            return links[-1]

        broker, deliveries = FastStreamBroker(connect, SETTINGS, MemoryParking(), name="NATS"), Deliveries()
        await broker.subscribe("org.colonnade.topic", "readers", deliveries)
        await broker.start()
        await links[-1].client.connection.close()
        async with asyncio.timeout(DEADLINE_SECONDS):
            await published(broker, "org.colonnade.topic", happened(1))
        await deliveries.until(lambda: deliveries.numbers == [1])
        assert len(links) > 1
        await broker.close()


async def test_an_event_that_is_too_large_is_refused_for_good() -> None:
    """Sending it again would not help, so it does not count as an outage."""
    async with running_nats() as server:
        url = f"nats://127.0.0.1:{server.port}"
        broker = FastStreamBroker(lambda: NatsLink([url], SETTINGS), SETTINGS, MemoryParking(), name="NATS")
        await broker.start()
        large = happened(1).model_copy(update={"data": {"number": 1, "text": "x" * 2_000_000}})
        with pytest.raises(Invalid):
            await broker.publish("org.colonnade.topic", large)
        await broker.ping()
        await broker.close()


async def test_a_topic_that_no_stream_keeps_is_not_read_and_stops_nothing_else() -> None:
    """Its consumer waits until there is one; the others go on."""
    async with running_nats() as server:
        url = f"nats://127.0.0.1:{server.port}"
        broker = FastStreamBroker(lambda: NatsLink([url], SETTINGS), SETTINGS, MemoryParking(), name="NATS")
        deliveries = Deliveries()
        await broker.subscribe("com.example.elsewhere", "readers", deliveries)
        await broker.subscribe("org.colonnade.topic", "readers", deliveries)
        await broker.start()
        await broker.publish("org.colonnade.topic", happened(1))
        await deliveries.until(lambda: deliveries.numbers == [1])
        elsewhere = await nats.connect(url)
        await elsewhere.jetstream().add_stream(name="elsewhere", subjects=["com.example.>"])
        message = to_structured(happened(2))
        await elsewhere.jetstream().publish("com.example.elsewhere", message.body, headers=dict(message.headers))
        await deliveries.until(lambda: deliveries.numbers == [1, 2])
        await elsewhere.close()
        await broker.close()
