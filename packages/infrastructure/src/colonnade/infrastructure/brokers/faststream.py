"""The broker over FastStream: one class for NATS JetStream, Redis Streams, RabbitMQ and Kafka.

FastStream speaks to the brokers; this class looks after the connection. Drivers give up after some attempts, stop
consumers for good when a stream is gone, or wait without end, each in its own way. Here a link that does not answer is
thrown away and another is made, for as long as it takes.
"""

import asyncio
import logging

from colonnade.application.publishing import CloudEventEnvelope, EventHandler, Parking, check_group, check_topic
from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.brokers.consuming import Consumer
from colonnade.infrastructure.brokers.link import Connect, Link
from colonnade.infrastructure.brokers.settings import BrokerSettings

_log = logging.getLogger("colonnade.brokers")
_FIRST_PAUSE_SECONDS = 0.1
_CANCEL_AGAIN_SECONDS = 0.2  # drivers wait with asyncio.wait_for, which may lose a cancellation before Python 3.12


class FastStreamBroker:
    """Publishes to a broker and reads from it; durable as the broker is."""

    def __init__(self, connect: Connect, settings: BrokerSettings, parking: Parking, *, name: str) -> None:
        """Prepare to connect.

        Args:
            connect: Makes a link.
            settings: How the broker is used.
            parking: Where poison messages go.
            name: What the broker is called in errors and logs; never its URL, which may hold a password.
        """
        self._connect = connect
        self._settings = settings
        self._parking = parking
        self._name = name
        self._consumers: list[Consumer] = []
        self._unread: list[Consumer] = []
        self._link: Link | None = None
        self._attempted = asyncio.Event()
        self._suspected = asyncio.Event()
        self._changing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to connect; returns when connected, or when the first attempt has failed and others follow."""
        if self._task is None:
            self._task = asyncio.create_task(self._stay_connected(), name=f"broker-{self._name}")
        await self._attempted.wait()

    async def publish(self, topic: str, event: CloudEventEnvelope) -> None:
        """Send an event; when this returns, the broker has it.

        Raises:
            Invalid: The topic or the event can never be sent.
            Unavailable: The broker does not answer in time; it may have the event nevertheless.
        """
        link = self._present(check_topic(topic))
        try:
            async with asyncio.timeout(self._settings.publish_seconds):
                await link.publish(topic, event)
        except link.refusals as error:
            raise Invalid(f"{self._name} refuses the event: {error}", topic=topic) from error
        except link.failures as error:
            self._suspected.set()
            raise Unavailable(f"{self._name} does not take events", broker=self._name) from error

    async def subscribe(self, topic: str, group: str, handler: EventHandler) -> None:
        """Have a handler called for the events of a topic, now and after every reconnection.

        Raises:
            Invalid: The topic or the group cannot have that name.
        """
        consumer = Consumer(check_topic(topic), check_group(group), handler, self._parking, self._settings)
        self._consumers.append(consumer)
        self._unread.append(consumer)
        if self._link is not None:
            await self._begin_reading(self._link, self._unread)

    async def ping(self) -> None:
        """Make sure that the broker answers.

        Raises:
            Unavailable: It does not.
        """
        link = self._present()
        try:
            async with asyncio.timeout(self._settings.publish_seconds):
                await link.check()
        except link.failures as error:
            self._suspected.set()
            raise Unavailable(f"{self._name} does not answer", broker=self._name) from error

    async def close(self) -> None:
        """Take no more events, let running handlers finish, and disconnect."""
        while self._task is not None:
            self._task.cancel()
            done, _ = await asyncio.wait({self._task}, timeout=_CANCEL_AGAIN_SECONDS)
            if done:
                self._task = None
        await asyncio.gather(*self._closing)
        self._attempted.clear()

    def _present(self, topic: str = "") -> Link:
        if self._link is None:
            raise Unavailable(f"{self._name} is not connected", broker=self._name)
        return self._link

    async def _stay_connected(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            link = self._connect()
            try:
                await self._open(link)
                _log.info("%s is connected", self._name)
                pause = _FIRST_PAUSE_SECONDS
                await self._watch(link)
            except Exception as error:  # noqa: BLE001 - whatever it is, the answer is to try again
                _log.warning("%s is not connected, again in %g s: %r", self._name, pause, error)
            finally:
                self._link = None
                self._attempted.set()
                self._retire(link)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._settings.longest_reconnect_seconds)

    async def _open(self, link: Link) -> None:
        async with asyncio.timeout(self._settings.connect_seconds):
            await link.open()
        unread = self._unread = list(self._consumers)
        await self._begin_reading(link, unread)
        self._link = link
        self._suspected.clear()
        self._attempted.set()

    async def _begin_reading(self, link: Link, unread: list[Consumer]) -> None:
        """Let consumers read that do not yet; one whose topic is not there must not hold up the others."""
        async with self._changing:
            for consumer in list(unread):
                try:
                    async with asyncio.timeout(self._settings.connect_seconds):
                        await link.consume(consumer)
                    unread.remove(consumer)
                except link.failures as error:
                    _log.warning("%s: %s cannot read %s yet: %r", self._name, consumer.group, consumer.topic, error)

    async def _watch(self, link: Link) -> None:
        """Look at a link from time to time, and when something failed; raises what says that it is broken."""
        while True:
            try:
                async with asyncio.timeout(self._settings.check_seconds):
                    await self._suspected.wait()
            except TimeoutError:
                pass
            self._suspected.clear()
            async with asyncio.timeout(self._settings.publish_seconds):
                await link.check()
            await self._begin_reading(link, self._unread)

    def _retire(self, link: Link) -> None:
        """Close a link beside what goes on: its handlers may still be running."""

        async def close() -> None:
            try:
                async with asyncio.timeout(self._settings.close_seconds + self._settings.connect_seconds):
                    await link.close()
            except Exception as error:  # noqa: BLE001 - it is broken, or it would not be closed
                _log.debug("%s: a link did not close well: %r", self._name, error)

        task = asyncio.create_task(close(), name=f"broker-{self._name}-closing")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
