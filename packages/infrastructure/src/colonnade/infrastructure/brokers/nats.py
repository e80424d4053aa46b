"""NATS JetStream: one stream, a durable pull consumer for each group and topic, duplicates dropped by event id."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "nats", "faststream.nats", "nats")

import nats.errors
from faststream import AckPolicy
from faststream.exceptions import FastStreamException, IncorrectState
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from faststream.security import BaseSecurity
from nats.aio.client import Client
from nats.errors import ConnectionClosedError, MaxPayloadError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy as JetStreamAckPolicy
from nats.js.api import ConsumerConfig, DeliverPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from colonnade.application.publishing import CloudEventEnvelope
from colonnade.application.publishing.encoding import to_structured
from colonnade.core import Invalid
from colonnade.infrastructure.brokers.consuming import Consumer
from colonnade.infrastructure.brokers.delivery import deliver, encoded, undecoded
from colonnade.infrastructure.brokers.settings import BrokerSettings

_FOR_EVER = -1


def nats_servers(url: str) -> Sequence[str]:
    """Return the addresses of a cluster, which stand with commas between; one without a scheme has that of the first.

    Raises:
        Invalid: Some are named with TLS and some without.
    """
    scheme = url.partition("://")[0]
    servers = [server if "://" in server else f"{scheme}://{server}" for server in url.split(",")]
    if any(not server.startswith(f"{scheme}://") for server in servers):
        raise Invalid("all servers of a cluster are reached with TLS, or none", field="url")
    return servers


class NatsLink:
    """A connection to NATS."""

    failures: tuple[type[Exception], ...] = (nats.errors.Error, FastStreamException, OSError)
    refusals: tuple[type[Exception], ...] = (MaxPayloadError,)

    def __init__(self, servers: Sequence[str], settings: BrokerSettings, tls: ssl.SSLContext | None = None) -> None:
        """Prepare to connect.

        Args:
            servers: `nats://…` or `tls://…` each.
            settings: How the broker is used.
            tls: How servers are verified; none if the addresses ask for no TLS.
        """
        self._settings = settings
        self._read: list[tuple[str, str]] = []
        self.client = _EncryptedIfAsked(
            list(servers),
            security=None if tls is None else BaseSecurity(ssl_context=tls),
            max_reconnect_attempts=_FOR_EVER,
            reconnect_time_wait=1,
            connect_timeout=max(1, round(settings.connect_seconds)),
            graceful_timeout=settings.close_seconds,
            apply_types=False,
            logger=None,
        )

    async def open(self) -> None:
        """Connect, and make the stream if it is missing; one that is there stays as its operator wants it."""
        await self.client.start()
        try:
            await self._jetstream.stream_info(self._settings.stream)
        except NotFoundError:
            await self._jetstream.add_stream(
                StreamConfig(
                    name=self._settings.stream,
                    subjects=list(self._settings.subjects),
                    storage=StorageType.FILE,
                    max_age=self._settings.retention_seconds,
                    duplicate_window=min(self._settings.deduplication_seconds, self._settings.retention_seconds),
                    num_replicas=self._settings.replicas,
                )
            )

    async def publish(self, topic: str, event: CloudEventEnvelope) -> None:
        """Send an event; one with the same identity as another in the stream is dropped there."""
        message = to_structured(event)
        await self.client.publish(
            message.body,
            topic,
            headers={**message.headers, "Nats-Msg-Id": event.identity},
            stream=self._settings.stream,
            timeout=self._settings.publish_seconds,
        )

    async def consume(self, consumer: Consumer) -> None:
        """Read a topic from the stream that has it, from its beginning if the group is new."""
        durable = f"{consumer.group}={consumer.topic.replace('.', '=')}"
        stream = await self._jetstream.find_stream_name_by_subject(consumer.topic)
        config = ConsumerConfig(
            durable_name=durable,
            filter_subject=consumer.topic,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=JetStreamAckPolicy.EXPLICIT,
            ack_wait=self._settings.hold_seconds,
            max_deliver=_FOR_EVER,
        )
        await self._jetstream.add_consumer(stream, config)

        async def receive(message: NatsMessage) -> None:
            await deliver(consumer, encoded(message), _NatsDelivery(message), self._settings.hold_seconds)

        subscriber = self.client.subscriber(
            consumer.topic,
            stream=JStream(stream, declare=False),
            durable=durable,
            config=config,
            pull_sub=PullSub(batch_size=self._settings.concurrency, timeout=self._settings.poll_seconds),
            ack_policy=AckPolicy.MANUAL,
            decoder=undecoded,
            no_reply=True,
        )
        subscriber(receive)
        await subscriber.start()
        subscriber.subscription = _Fetching(subscriber.subscription, self._settings)  # type: ignore[assignment]  # stands for it
        self._read.append((stream, durable))

    async def check(self) -> None:
        """Make sure that the server answers and that it knows each consumer."""
        await self.client.connection.flush(max(1, round(self._settings.publish_seconds)))
        for stream, durable in self._read:
            await self._jetstream.consumer_info(stream, durable)

    async def close(self) -> None:
        """Let running handlers finish, and disconnect; a link that never came to be has nothing to close."""
        try:
            connection = self.client.connection
        except IncorrectState:
            return
        try:
            await self.client.stop()
        finally:
            await connection.close()

    @property
    def _jetstream(self) -> JetStreamContext:
        return self.client.connection.jetstream(timeout=self._settings.publish_seconds)


class _EncryptedIfAsked(NatsBroker):
    """A broker whose client takes `tls://` at its word."""

    async def _connect(self) -> Client:
        client = _Client()
        await client.connect(**self._connection_kwargs)
        self.config.connect(client)
        return client


class _Client(Client):
    """Goes on to TLS with `tls://`, whoever answers.

    Servers of NATS begin in the clear and say there whether TLS comes next. The library's client believes them: it
    would give its password to whoever says no.
    """

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        if self._current_server is not None and self._current_server.uri.scheme == "tls":
            info["tls_required"] = True
        await super()._process_info(info, initial_connection)


class _NatsDelivery:
    """Answers JetStream."""

    def __init__(self, message: NatsMessage) -> None:
        self._message = message

    async def count(self) -> int:
        return int(self._message.raw_message.metadata.num_delivered or 1)

    async def hold(self) -> None:
        await self._message.in_progress()

    async def done(self) -> None:
        await self._message.ack()

    async def again(self, pause: float) -> None:
        await self._message.nack(delay=pause)


class _Fetching:
    """A pull subscription that is slow to fail.

    FastStream asks a closed connection for messages again and again without ever giving way to other tasks.
    """

    def __init__(self, subscription: Any, settings: BrokerSettings) -> None:  # a PullSubscription, or what mimics it
        self._subscription = subscription
        self._pause_seconds = settings.poll_seconds

    async def fetch(self, batch: int, timeout: float | None) -> list[Any]:  # noqa: ASYNC109 - FastStream calls it so
        try:
            messages: list[Any] = await self._subscription.fetch(batch=batch, timeout=timeout)
        except (ConnectionClosedError, NotFoundError):
            await asyncio.sleep(self._pause_seconds)
            raise
        return messages

    async def unsubscribe(self) -> None:
        await self._subscription.unsubscribe()
