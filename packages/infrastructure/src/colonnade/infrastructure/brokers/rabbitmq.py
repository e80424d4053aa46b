"""RabbitMQ: a topic exchange, and a durable quorum queue for each group and topic.

A queue begins to fill when its group subscribes for the first time: what was published before is not there.
"""

import asyncio
import ssl

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "rabbitmq", "faststream.rabbit", "aio_pika")

from aio_pika.exceptions import AMQPError
from faststream import AckPolicy
from faststream.exceptions import FastStreamException
from faststream.rabbit import Channel, ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitMessage, RabbitQueue
from faststream.security import BaseSecurity

from colonnade.application.publishing import CloudEventEnvelope
from colonnade.application.publishing.encoding import to_structured
from colonnade.infrastructure.brokers.consuming import Consumer
from colonnade.infrastructure.brokers.delivery import deliver, encoded, undecoded
from colonnade.infrastructure.brokers.settings import BrokerSettings

_DELIVERIES = "x-delivery-count"


class RabbitLink:
    """A connection to RabbitMQ."""

    failures: tuple[type[Exception], ...] = (AMQPError, FastStreamException, OSError)
    refusals: tuple[type[Exception], ...] = ()

    def __init__(self, url: str, settings: BrokerSettings, tls: ssl.SSLContext | None = None) -> None:
        """Prepare to connect.

        Args:
            url: `amqp://…` or `amqps://…`.
            settings: How the broker is used.
            tls: How the server is verified; none if the connection has no TLS, or the address says it.
        """
        self._settings = settings
        self._exchange = RabbitExchange(settings.exchange, type=ExchangeType.TOPIC, durable=True)
        self.client = RabbitBroker(
            url,
            timeout=settings.connect_seconds,
            fail_fast=True,
            default_channel=Channel(prefetch_count=settings.concurrency, publisher_confirms=True),
            graceful_timeout=settings.close_seconds,
            security=None if tls is None else BaseSecurity(ssl_context=tls),
            apply_types=False,
            logger=None,
        )

    async def open(self) -> None:
        """Connect, and make the exchange if it is missing."""
        await self.client.start()
        await self.client.declare_exchange(self._exchange)

    async def publish(self, topic: str, event: CloudEventEnvelope) -> None:
        """Send an event to the exchange; it is kept for the groups that have a queue."""
        message = to_structured(event)
        await self.client.publish(
            message.body,
            exchange=self._exchange,
            routing_key=topic,
            mandatory=False,
            persist=True,
            timeout=self._settings.publish_seconds,
            content_type=message.headers["content-type"],
            message_id=event.identity,
        )

    async def consume(self, consumer: Consumer) -> None:
        """Read the group's queue of a topic."""

        async def receive(message: RabbitMessage) -> None:
            await deliver(consumer, encoded(message), _RabbitDelivery(message), self._settings.hold_seconds)

        queue = RabbitQueue(
            f"{consumer.group}.{consumer.topic}",
            queue_type=QueueType.QUORUM,
            durable=True,
            routing_key=consumer.topic,
            arguments={"x-delivery-limit": -1},
        )
        subscriber = self.client.subscriber(
            queue, self._exchange, ack_policy=AckPolicy.MANUAL, decoder=undecoded, no_reply=True
        )
        subscriber(receive)
        await subscriber.start()

    async def check(self) -> None:
        """Make sure that the server answers."""
        if not await self.client.ping(self._settings.publish_seconds):
            raise ConnectionError("RabbitMQ does not answer")

    async def close(self) -> None:
        """Let running handlers finish, and disconnect."""
        await self.client.stop()


class _RabbitDelivery:
    """Answers RabbitMQ, which keeps a message for as long as the connection lives."""

    def __init__(self, message: RabbitMessage) -> None:
        self._message = message

    async def count(self) -> int:
        return 1 + int(str(self._message.headers.get(_DELIVERIES, 0)))

    async def hold(self) -> None:
        """Do nothing: it is held by the connection."""

    async def done(self) -> None:
        await self._message.ack()

    async def again(self, pause: float) -> None:
        """Return the message after the pause, since RabbitMQ delivers at once what it gets back."""
        await asyncio.sleep(pause)
        await self._message.nack(requeue=True)
