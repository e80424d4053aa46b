"""What the broker suite asks of whoever runs it, and the handlers that it counts with."""
# ruff: noqa: S101 - suites assert

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import pytest

from colonnade.application.publishing import Broker, CloudEventEnvelope, ParkedMessage
from colonnade.core import Unavailable

DEADLINE_SECONDS = 20.0
"""How long something that must happen may take before it counts as not happening."""

TICK_SECONDS = 0.02
"""How soon something is tried again."""


class MemoryInbox:
    """Remembers in memory which events had their effect."""

    def __init__(self) -> None:
        self._noted: set[tuple[str, str]] = set()

    async def first_time(self, consumer: str, event_id: str) -> bool:
        """Note that a consumer has done with an event, and tell whether it had not before."""
        known = (consumer, event_id) in self._noted
        self._noted.add((consumer, event_id))
        return not known


class Gathering:
    """Things that are awaited, in the order in which they come."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()

    async def gathered(self) -> None:
        """Tell whoever waits that there is something more."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until a condition holds.

        Raises:
            TimeoutError: It does not for too long.
        """
        async with asyncio.timeout(DEADLINE_SECONDS), self._changed:
            await self._changed.wait_for(reached)


class MemoryParking(Gathering):
    """Keeps parked messages in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.parked: list[ParkedMessage] = []

    async def park(self, message: ParkedMessage) -> None:
        """Keep a message."""
        self.parked.append(message)
        await self.gathered()


class Deliveries(Gathering):
    """A handler that notes what it gets, and fails as often as it is told to.

    Attributes:
        numbers: The number in each event, in the order of the deliveries.
        failures: How many deliveries of an event fail, by its number.
    """

    def __init__(self, *, failures: dict[int, int] | None = None, error: Exception | None = None) -> None:
        super().__init__()
        self.numbers: list[int] = []
        self.keys: list[tuple[str, int]] = []
        self._failures = Counter(failures or {})
        self._error = error or RuntimeError("not today")

    async def __call__(self, event: CloudEventEnvelope) -> None:
        """Note an event, or fail."""
        number = number_of(event)
        self.numbers.append(number)
        self.keys.append((event.partition_key, number))
        await self.gathered()
        if self._failures[number] > 0:
            self._failures[number] -= 1
            raise self._error


class BrokerSubject(ABC):
    """A broker, and what it promises.

    Attributes:
        keeps: Whether a group gets what was published before it was there, and what a member did not finish.
        deduplicates: Whether it drops an event that is published twice.
        shared: Whether others may write past the port: they may write what is no event.
        restartable: Whether the suite may stop its server.
        max_deliveries: After how many deliveries a message is parked.
        hold_seconds: After what silence a member's message goes to another.
        parking: Where the brokers park.
    """

    keeps: bool = True
    deduplicates: bool = False
    shared: bool = True
    restartable: bool = True
    max_deliveries: int
    hold_seconds: float
    parking: MemoryParking

    @abstractmethod
    def connect(self) -> Broker:
        """Return a broker as another process would have it; not started."""

    async def send(self, topic: str, body: bytes) -> None:
        """Send bytes to a topic past the port."""
        raise NotImplementedError

    @staticmethod
    def require(promise: bool, without: str) -> None:
        """Skip a test that is about what this broker does not promise."""
        if not promise:
            pytest.skip(without)

    async def stop_server(self) -> None:
        """Stop the server."""
        raise NotImplementedError

    async def start_server(self) -> None:
        """Start the server again, where it was and with what it had."""
        raise NotImplementedError


def happened(number: int, key: str = "thing-1") -> CloudEventEnvelope:
    """Make an event with a number in it."""
    return CloudEventEnvelope(
        id=str(uuid4()),
        source="/suite",
        type="org.colonnade.suite.happened.v1",
        subject=key,
        extensions={"partitionkey": key},
        data={"number": number},
    )


def number_of(event: CloudEventEnvelope) -> int:
    """Return the number in an event."""
    assert isinstance(event.data, dict)
    number = event.data["number"]
    assert isinstance(number, int)
    return number


async def published(broker: Broker, topic: str, event: CloudEventEnvelope) -> None:
    """Publish an event as soon as the broker takes it.

    Raises:
        TimeoutError: It does not for too long.
    """
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            try:
                return await broker.publish(topic, event)
            except Unavailable:
                await asyncio.sleep(TICK_SECONDS)
