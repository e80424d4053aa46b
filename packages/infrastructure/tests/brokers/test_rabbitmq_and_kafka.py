"""RabbitMQ and Kafka in FastStream's test brokers: messages take the whole way but for the network."""

import asyncio
from collections.abc import AsyncIterator, Callable
from unittest.mock import AsyncMock

import pytest
from aiokafka import ConsumerRecord
from faststream.kafka import TestKafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.rabbit import TestRabbitBroker
from faststream.rabbit.message import RabbitMessage

from colonnade.application.publishing import CloudEventEnvelope
from colonnade.application.publishing.encoding import HeaderStyle, to_binary
from colonnade.core import Unavailable
from colonnade.infrastructure.brokers import create_broker
from colonnade.infrastructure.brokers.faststream import FastStreamBroker
from colonnade.infrastructure.brokers.kafka import KafkaLink
from colonnade.infrastructure.brokers.kafka_address import KafkaAddress
from colonnade.infrastructure.brokers.rabbitmq import RabbitLink
from colonnade.testing.contracts.broker_subject import Deliveries, MemoryParking, happened

from .collecting import collect_connections
from .settings import SETTINGS

TOPIC = "org.colonnade.topic"


class TestedRabbit(RabbitLink):
    """RabbitMQ without a server."""

    __test__ = False

    async def open(self) -> None:
        self.tested = TestRabbitBroker(self.client)
        await self.tested.__aenter__()
        self.client.declare_exchange = AsyncMock()  # type: ignore[method-assign]
        self.client.ping = AsyncMock(return_value=True)  # type: ignore[method-assign]
        await super().open()

    async def close(self) -> None:
        await self.tested.__aexit__(None, None, None)


class TestedKafka(KafkaLink):
    """Kafka without a server."""

    __test__ = False

    async def open(self) -> None:
        self.tested = TestKafkaBroker(self.client)
        await self.tested.__aenter__()
        self.client.ping = AsyncMock(return_value=True)  # type: ignore[method-assign]

    async def close(self) -> None:
        await self.tested.__aexit__(None, None, None)


KAFKA = KafkaAddress.read("kafka://127.0.0.1:1", None)
LINKS: dict[str, Callable[[], TestedRabbit | TestedKafka]] = {
    "rabbitmq": lambda: TestedRabbit("amqp://127.0.0.1:1/", SETTINGS),
    "kafka": lambda: TestedKafka(KAFKA, SETTINGS),
}


class House:
    """A broker with the link that it uses."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.link = LINKS[name]()
        self.parking = MemoryParking()
        self.broker = FastStreamBroker(lambda: self.link, SETTINGS, self.parking, name=name)

    async def send(self, body: bytes, headers: dict[str, str]) -> None:
        """Send a message past the port."""
        if self.name == "kafka":
            await self.link.client.publish(body, TOPIC, headers=headers)
        else:
            exchange = self.link._exchange
            await self.link.client.publish(body, exchange=exchange, routing_key=TOPIC, headers=headers)


@pytest.fixture(params=list(LINKS))
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    made = House(request.param)
    await made.broker.start()
    yield made
    await made.broker.close()


async def test_every_group_gets_an_event_as_it_was(house: House) -> None:
    """Attributes and payload survive the way."""
    came: dict[str, list[CloudEventEnvelope]] = {"first": [], "second": []}
    other = Deliveries()

    async def first(event: CloudEventEnvelope) -> None:
        came["first"].append(event)

    async def second(event: CloudEventEnvelope) -> None:
        came["second"].append(event)

    await house.broker.subscribe(TOPIC, "first", first)
    await house.broker.subscribe(TOPIC, "second", second)
    await house.broker.subscribe("org.colonnade.other", "first", other)
    event = happened(1)
    await house.broker.publish(TOPIC, event)
    assert came == {"first": [event], "second": [event]}
    assert other.numbers == []


async def test_binary_mode_is_read(house: House) -> None:
    """Whoever publishes may choose."""
    deliveries = Deliveries()
    await house.broker.subscribe(TOPIC, "readers", deliveries)
    style = HeaderStyle.KAFKA if house.name == "kafka" else HeaderStyle.HTTP
    message = to_binary(happened(1), style)
    await house.send(message.body, dict(message.headers))
    assert deliveries.numbers == [1]


async def test_what_cannot_be_read_is_parked(house: House) -> None:
    """At once, with its bytes."""
    deliveries = Deliveries()
    await house.broker.subscribe(TOPIC, "readers", deliveries)
    await house.send(b"\xff not an event", {"what": "ever"})
    [parked] = house.parking.parked
    assert (parked.body, parked.event_id, parked.headers["what"]) == (b"\xff not an event", None, "ever")
    assert deliveries.numbers == []


async def test_a_failure_gives_the_message_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is told to deliver it again, or that it is done with."""
    kind = KafkaAckableMessage if house.name == "kafka" else RabbitMessage
    answers: list[str] = []
    for name in ("ack", "nack"):

        async def answer(self: object, *, name: str = name, **_: object) -> None:
            answers.append(name)

        monkeypatch.setattr(kind, name, answer)
    await house.broker.subscribe(TOPIC, "readers", Deliveries(failures={1: 1}))
    await house.broker.publish(TOPIC, happened(1))
    await house.broker.publish(TOPIC, happened(2))
    assert answers == ["nack", "ack"]


@pytest.mark.parametrize("url", ["amqp://127.0.0.1:1/", "kafka://127.0.0.1:1"])
async def test_a_server_that_is_not_there_is_no_reason_to_wait(url: str) -> None:
    """The service starts, and is told that nothing can be published."""
    broker = create_broker(url, MemoryParking(), SETTINGS)
    async with asyncio.timeout(20):
        await broker.subscribe(TOPIC, "readers", Deliveries())
        await broker.start()
        with pytest.raises(Unavailable):
            await broker.publish(TOPIC, happened(1))
        with pytest.raises(Unavailable):
            await broker.ping()
        await broker.close()
        await collect_connections()


async def test_kafka_counts_deliveries_by_position() -> None:
    """A message that always fails is parked although Kafka does not count."""
    house = House("kafka")
    await house.broker.start()
    deliveries = Deliveries(failures={1: 100})
    await house.broker.subscribe(TOPIC, "readers", deliveries)
    for _ in range(SETTINGS.max_deliveries):
        await house.broker.publish(TOPIC, happened(1))  # the test broker gives every message the same position
    assert [parked.deliveries for parked in house.parking.parked] == [SETTINGS.max_deliveries]
    assert house.link._deliveries == {}
    await house.broker.close()


async def test_kafka_headers_of_any_bytes_are_parked() -> None:
    """The driver would fail to read them, again and again."""
    house, deliveries = House("kafka"), Deliveries()
    await house.broker.start()
    await house.broker.subscribe(TOPIC, "readers", deliveries)
    [subscriber] = house.link.client.subscribers
    record = ConsumerRecord(TOPIC, 0, 0, 0, 0, None, b"{}", None, 0, 2, (("bad", b"\xff\xfe"), ("none", None)))
    await subscriber.process_message(record)
    assert [parked.body for parked in house.parking.parked] == [b"{}"]
    await house.broker.close()
