"""Ports to message brokers, and to what makes reading from one safe: an inbox, and a place for poison messages."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from colonnade.application.publishing.envelope import CloudEventEnvelope
from colonnade.core import Invalid

EventHandler: TypeAlias = Callable[[CloudEventEnvelope], Awaitable[None]]
"""Does what is to be done about an event. It may be called again for the same one: an inbox tells."""

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,15}")
_GROUP = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_topic(topic: str) -> str:
    """Return the topic, if every broker can have one of that name: words with dots between.

    Raises:
        Invalid: It cannot.
    """
    if not _TOPIC.fullmatch(topic):
        raise Invalid("a topic is words of letters, digits, - and _ with dots between", field="topic")
    return topic


def check_group(group: str) -> str:
    """Return the name of a consumer group, if every broker can have it: one word.

    Raises:
        Invalid: It cannot.
    """
    if not _GROUP.fullmatch(group):
        raise Invalid("a group is one word of letters, digits, - and _", field="group")
    return group


class Broker(Protocol):
    """Takes events to whoever is interested in them, in this process or elsewhere, each at least once.

    Every consumer group gets every event of a topic; within a group one member gets it. An event whose handler fails
    is delivered again after a pause, and parked after a limit. The connection is looked after by the broker itself.
    """

    async def start(self) -> None:
        """Begin to connect; returns when connected, or when the first attempt has failed and further ones follow."""
        ...

    async def publish(self, topic: str, event: CloudEventEnvelope) -> None:
        """Send an event; when this returns, the broker has it.

        Raises:
            Invalid: The topic or the event can never be sent.
            Unavailable: The broker does not answer in time; it may have the event nevertheless.
        """
        ...

    async def subscribe(self, topic: str, group: str, handler: EventHandler) -> None:
        """Have a handler called for the events of a topic, as one more member of a consumer group.

        It may be asked for before and after the start, and holds until the broker is closed.

        Raises:
            Invalid: The topic or the group cannot have that name.
        """
        ...

    async def ping(self) -> None:
        """Make sure that the broker answers.

        Raises:
            Unavailable: It does not.
        """
        ...

    async def close(self) -> None:
        """Take no more events, let running handlers finish, and disconnect."""
        ...


class Inbox(Protocol):
    """Remembers which events had their effect (idempotent receiver, Hohpe and Woolf).

    It belongs to a unit of work: what it notes becomes permanent together with the effect, or not at all.
    """

    async def first_time(self, consumer: str, event_id: str) -> bool:
        """Note that a consumer has done what is to be done about an event, and tell whether it had not before.

        Args:
            consumer: Who: a name that stays, such as that of the consumer group.
            event_id: Which event: `CloudEventEnvelope.identity`.
        """
        ...


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A message that could not be dealt with, as it came.

    Attributes:
        topic: Where it was published.
        group: Who could not deal with it.
        headers: Its transport headers.
        body: Its bytes.
        error: What was wrong, in a line.
        deliveries: How often it was delivered.
        event_id: `CloudEventEnvelope.identity`; none if it cannot be read.
    """

    topic: str
    group: str
    headers: Mapping[str, str]
    body: bytes
    error: str
    deliveries: int
    event_id: str | None


class Parking(Protocol):
    """Keeps messages that nobody could deal with until somebody looks at them."""

    async def park(self, message: ParkedMessage) -> None:
        """Keep a message; it is not delivered again by itself. If this fails, it is."""
        ...
