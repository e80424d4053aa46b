"""Redis Streams (Valkey, Redis): a stream for each topic, consumer groups, and the entries of dead members claimed."""

import os
import socket
import ssl
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "redis", "faststream.redis", "redis")

from faststream import AckPolicy
from faststream.exceptions import FastStreamException
from faststream.redis import RedisBroker, RedisStreamMessage, StreamSub
from faststream.redis.parser import MessageFormat
from faststream.security import BaseSecurity
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from colonnade.application.publishing import STRUCTURED_MEDIA_TYPE, CloudEventEnvelope
from colonnade.application.publishing.encoding import to_structured
from colonnade.infrastructure.brokers.consuming import Consumer
from colonnade.infrastructure.brokers.delivery import deliver, encoded, undecoded
from colonnade.infrastructure.brokers.settings import BrokerSettings

_ENTRY = b"__data__"
_MILLISECONDS = 1000


class RedisLink:
    """A connection to Redis or Valkey."""

    failures: tuple[type[Exception], ...] = (RedisError, FastStreamException, OSError)
    refusals: tuple[type[Exception], ...] = ()

    def __init__(self, url: str, settings: BrokerSettings, tls: ssl.SSLContext | None = None) -> None:
        """Prepare to connect.

        Args:
            url: `redis://…`, `rediss://…`, `valkey://…` or `valkeys://…`.
            settings: How the broker is used.
            tls: How the server is verified; none if the connection has no TLS, or the address says it.
        """
        self._settings = settings
        self._member = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        self._topics: set[str] = set()
        self._groups: set[tuple[str, str]] = set()
        self._redis: Redis
        self.client = RedisBroker(
            url.replace("valkey", "redis", 1) if url.startswith("valkey") else url,
            socket_connect_timeout=settings.connect_seconds,
            socket_timeout=settings.publish_seconds + settings.poll_seconds,
            graceful_timeout=settings.close_seconds,
            message_format=_PlainEntry,
            security=None if tls is None else BaseSecurity(ssl_context=tls),
            apply_types=False,
            logger=None,  # type: ignore[arg-type]  # means none, as with the other brokers
        )

    async def open(self) -> None:
        """Connect."""
        self._redis = await self.client.connect()
        await self._redis.ping()

    async def publish(self, topic: str, event: CloudEventEnvelope) -> None:
        """Append an event to the topic's stream."""
        await self.client.publish(to_structured(event).body, stream=topic)
        self._topics.add(topic)

    async def consume(self, consumer: Consumer) -> None:
        """Read a stream as a member of a group, from its beginning if the group is new."""
        try:
            await self._redis.xgroup_create(consumer.topic, consumer.group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        for _ in range(self._settings.concurrency):
            await self._read(consumer, StreamSub(**self._place(consumer), polling_interval=self._poll))
        claiming = StreamSub(
            **self._place(consumer),
            polling_interval=self._poll,
            min_idle_time=round(self._settings.hold_seconds * _MILLISECONDS),
        )
        await self._read(consumer, claiming)
        self._groups.add((consumer.topic, consumer.group))

    async def check(self) -> None:
        """Make sure that the server answers and that every consumer still reads; drop what is too old."""
        seconds, _ = await self._redis.time()
        oldest = round((seconds - self._settings.retention_seconds) * _MILLISECONDS)
        for topic in self._topics:
            await self._redis.xtrim(topic, minid=str(max(oldest, 0)), approximate=True)
        if not all(subscriber.running for subscriber in self.client.subscribers):
            raise RedisConnectionError("a consumer has stopped: its group is gone")

    async def close(self) -> None:
        """Let running handlers finish, leave the groups unless entries wait for this member, and disconnect."""
        try:
            for subscriber in self.client.subscribers:
                await subscriber.stop()
            for topic, group in self._groups:
                pending = await self._redis.xpending_range(topic, group, "-", "+", 1, consumername=self._member)
                if not pending:
                    await self._redis.xgroup_delconsumer(topic, group, self._member)
        finally:
            await self.client.stop()

    async def _read(self, consumer: Consumer, stream: StreamSub[Any]) -> None:
        async def receive(message: RedisStreamMessage) -> None:
            delivery = _RedisDelivery(message, self._redis, self._member, self._settings)
            await deliver(consumer, encoded(message), delivery, self._settings.hold_seconds)

        subscriber = self.client.subscriber(
            stream=stream, ack_policy=AckPolicy.MANUAL, parser=_parse, decoder=undecoded, no_reply=True
        )
        subscriber(receive)
        await subscriber.start()

    def _place(self, consumer: Consumer) -> dict[str, Any]:  # arguments of several types
        return {
            "stream": consumer.topic,
            "group": consumer.group,
            "consumer": self._member,
            "max_records": 1,
            "last_id": ">",
        }

    @property
    def _poll(self) -> int:
        return max(1, round(self._settings.poll_seconds * _MILLISECONDS))


class _RedisDelivery:
    """Answers for an entry in the list of those that are pending."""

    def __init__(self, message: RedisStreamMessage, redis: Redis, member: str, settings: BrokerSettings) -> None:
        self._message = message
        self._redis = redis
        self._member = member
        self._settings = settings

    async def count(self) -> int:
        return await self._message.get_delivery_count()

    async def hold(self) -> None:
        await self._idle(0)

    async def done(self) -> None:
        await self._message.ack()

    async def again(self, pause: float) -> None:
        """Have the entry claimed after the pause: as if it had been idle for all of the term but that."""
        await self._idle(max(self._settings.hold_seconds - pause, 0))

    async def _idle(self, seconds: float) -> None:
        raw = self._message.raw_message
        await self._redis.xclaim(
            raw["channel"],
            str(self._message.group),
            self._member,
            0,
            list(raw["message_ids"]),
            idle=round(seconds * _MILLISECONDS),
            justid=True,
        )


class _PlainEntry(MessageFormat):
    """An entry whose one field is the event in JSON: anybody can read it, not only FastStream."""

    @classmethod
    async def encode(cls, *, message: bytes | Sequence[Any], **_: object) -> bytes:  # type: ignore[override]  # bytes only
        return bytes(message)

    @classmethod
    def parse(cls, data: bytes) -> tuple[bytes, dict[str, Any]]:  # headers, of which there are none but this
        return data, {"content-type": STRUCTURED_MEDIA_TYPE}


async def _parse(raw: dict[str, Any], original: Any) -> RedisStreamMessage:  # FastStream's own types are private
    """Parse an entry; one with other fields is passed on as text, so that it can be parked."""
    if not raw["data"].get(_ENTRY):
        raw["data"] = {_ENTRY: b"\n".join(name + b"=" + value for name, value in raw["data"].items())}
    message: RedisStreamMessage = await original(raw)
    return message
