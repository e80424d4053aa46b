"""The broker inside the process: groups, redelivery and parking, and nothing kept when the process ends."""

import asyncio
import zlib
from dataclasses import dataclass, field

from colonnade.application.publishing import CloudEventEnvelope, EventHandler, Parking, check_group, check_topic
from colonnade.application.publishing.encoding import Encoded, to_structured
from colonnade.core import Unavailable
from colonnade.infrastructure.brokers.consuming import Consumer
from colonnade.infrastructure.brokers.settings import BrokerSettings


@dataclass(eq=False)
class _Member:
    """A consumer with what waits for it."""

    consumer: Consumer
    queue: "asyncio.Queue[tuple[Encoded, int]]" = field(default_factory=asyncio.Queue)
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)


class InProcessBroker:
    """Takes events to handlers in the same process.

    Events with the same partition key go to the same member of a group, in order as long as none fails. What was
    published before a group was there, it does not get; what waits when the process ends is gone.
    """

    def __init__(self, settings: BrokerSettings, parking: Parking) -> None:
        self._settings = settings
        self._parking = parking
        self._groups: dict[str, dict[str, list[_Member]]] = {}
        self._waiting: set[asyncio.TimerHandle] = set()
        self._running = False
        self._working = False

    async def start(self) -> None:
        """Begin to deliver."""
        self._running = self._working = True
        for groups in self._groups.values():
            for members in groups.values():
                for member in members:
                    self._employ(member)

    async def publish(self, topic: str, event: CloudEventEnvelope) -> None:
        """Hand an event to one member of each group.

        Raises:
            Invalid: There cannot be a topic of this name.
            Unavailable: The broker is closed, or more waits for a member than it may.
        """
        groups = self._groups.get(check_topic(topic), {})
        chosen = [members[_place(event.partition_key, len(members))] for members in groups.values()]
        if not self._running or any(member.queue.qsize() >= self._settings.queue_length for member in chosen):
            raise Unavailable("the broker takes no more events at the moment", broker="memory")
        message = to_structured(event)
        for member in chosen:
            member.queue.put_nowait((message, 1))

    async def subscribe(self, topic: str, group: str, handler: EventHandler) -> None:
        """Add a member to a group; its tasks start with the broker.

        Raises:
            Invalid: The topic or the group cannot have that name.
        """
        consumer = Consumer(check_topic(topic), check_group(group), handler, self._parking, self._settings)
        member = _Member(consumer)
        self._groups.setdefault(topic, {}).setdefault(group, []).append(member)
        if self._running:
            self._employ(member)

    async def ping(self) -> None:
        """Make sure that the broker is running.

        Raises:
            Unavailable: It is not.
        """
        if not self._running:
            raise Unavailable("the broker is closed", broker="memory")

    async def close(self) -> None:
        """Take no more events, and let handlers finish what waits, as far as there is time."""
        self._running = False
        members = [member for groups in self._groups.values() for group in groups.values() for member in group]
        try:
            async with asyncio.timeout(self._settings.close_seconds):
                for member in members:
                    await member.queue.join()
        except TimeoutError:
            pass
        for timer in self._waiting:
            timer.cancel()
        self._waiting.clear()
        self._working = False
        tasks = [task for member in members for task in member.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for member in members:
            member.tasks.clear()

    def _employ(self, member: _Member) -> None:
        while len(member.tasks) < self._settings.concurrency:
            member.tasks.append(asyncio.create_task(self._work(member), name=f"broker-{member.consumer.group}"))

    async def _work(self, member: _Member) -> None:
        while self._working:
            message, delivery = await member.queue.get()
            try:
                pause = await member.consumer.consume(message, delivery)
                if pause is not None:
                    self._redeliver(member, message, delivery + 1, pause)
            finally:
                member.queue.task_done()

    def _redeliver(self, member: _Member, message: Encoded, delivery: int, pause: float) -> None:
        def put() -> None:
            self._waiting.discard(timer)
            member.queue.put_nowait((message, delivery))

        timer = asyncio.get_running_loop().call_later(pause, put)
        self._waiting.add(timer)


def _place(key: str, members: int) -> int:
    return zlib.crc32(key.encode()) % members
