"""Kafka: a topic for each topic, partitioned by key, and offsets committed after the handler.

A partition waits while one of its messages is tried again, so that its order is kept even then. Deliveries are counted
by the member that has the partition: another one that takes it over begins again.
"""

import asyncio
from collections import Counter
from typing import Any

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "kafka", "faststream.kafka", "aiokafka")

from aiokafka.client import AIOKafkaClient  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError, MessageSizeTooLargeError  # type: ignore[import-untyped]
from faststream import AckPolicy
from faststream.exceptions import FastStreamException
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.security import parse_security

from colonnade.application.publishing import CloudEventEnvelope
from colonnade.application.publishing.encoding import to_structured
from colonnade.infrastructure.brokers.consuming import Consumer
from colonnade.infrastructure.brokers.delivery import deliver, encoded, undecoded
from colonnade.infrastructure.brokers.kafka_address import KafkaAddress
from colonnade.infrastructure.brokers.settings import BrokerSettings

_MILLISECONDS = 1000


class KafkaLink:
    """A connection to Kafka."""

    failures: tuple[type[Exception], ...] = (KafkaError, FastStreamException, OSError)
    refusals: tuple[type[Exception], ...] = (MessageSizeTooLargeError,)

    def __init__(self, address: KafkaAddress, settings: BrokerSettings) -> None:
        """Prepare to connect.

        Args:
            address: Where the cluster is, and how it is reached.
            settings: How the broker is used.
        """
        self._settings = settings
        self._deliveries: Counter[tuple[str, int, int]] = Counter()
        self._address = address
        self.client = KafkaBroker(
            address.servers,
            security=address.security,
            request_timeout_ms=round(settings.publish_seconds * _MILLISECONDS),
            acks="all",
            enable_idempotence=True,
            graceful_timeout=settings.close_seconds,
            apply_types=False,
            logger=None,
        )

    async def open(self) -> None:
        """Connect, if the cluster answers: FastStream would leave behind a producer that cannot start."""
        probe = AIOKafkaClient(bootstrap_servers=list(self._address.servers), **parse_security(self._address.security))
        try:
            await probe.bootstrap()
        finally:
            await probe.close()
        await self.client.start()

    async def publish(self, topic: str, event: CloudEventEnvelope) -> None:
        """Send an event to the partition of its key."""
        message = to_structured(event)
        key = event.partition_key.encode()
        await self.client.publish(message.body, topic, key=key, headers=dict(message.headers))

    async def consume(self, consumer: Consumer) -> None:
        """Read a topic as a member of a group, from its beginning if the group is new."""

        async def receive(message: KafkaMessage) -> None:
            delivery = _KafkaDelivery(message, self._deliveries)
            await deliver(consumer, encoded(message), delivery, self._settings.hold_seconds)

        slowest = self._settings.handler_seconds + self._settings.longest_redelivery_seconds
        subscriber = self.client.subscriber(
            consumer.topic,
            group_id=consumer.group,
            auto_offset_reset="earliest",
            max_poll_records=1,
            max_poll_interval_ms=round(2 * slowest * _MILLISECONDS),
            session_timeout_ms=round(self._settings.hold_seconds * _MILLISECONDS),
            heartbeat_interval_ms=round(self._settings.hold_seconds / 3 * _MILLISECONDS),
            ack_policy=AckPolicy.MANUAL,
            parser=_parse,
            decoder=undecoded,
            no_reply=True,
        )
        subscriber(receive)
        await subscriber.start()

    async def check(self) -> None:
        """Make sure that the cluster answers."""
        if not await self.client.ping(self._settings.publish_seconds):
            raise ConnectionError("Kafka does not answer")

    async def close(self) -> None:
        """Let running handlers finish, and disconnect."""
        await self.client.stop()


class _KafkaDelivery:
    """Answers Kafka by the position in the partition."""

    def __init__(self, message: KafkaMessage, deliveries: Counter[tuple[str, int, int]]) -> None:
        raw: Any = message.raw_message  # one record: batches are not asked for
        self._message = message
        self._deliveries = deliveries
        self._place = (raw.topic, raw.partition, raw.offset)

    async def count(self) -> int:
        self._deliveries[self._place] += 1
        return self._deliveries[self._place]

    async def hold(self) -> None:
        """Do nothing: the client says by itself that it is alive."""

    async def done(self) -> None:
        del self._deliveries[self._place]
        await self._message.ack()

    async def again(self, pause: float) -> None:
        """Go back to the message after the pause; the partition waits."""
        await asyncio.sleep(pause)
        await self._message.nack()


async def _parse(raw: Any, original: Any) -> KafkaMessage:  # a record, and FastStream's parser
    """Parse a record; headers that are no text are made such, so that it can be parked."""
    readable = tuple((name, (value or b"").decode(errors="replace").encode()) for name, value in raw.headers)
    object.__setattr__(raw, "headers", readable)
    message: KafkaMessage = await original(raw)
    return message
