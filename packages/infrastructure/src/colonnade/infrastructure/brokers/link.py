"""One connection to a broker: what differs between those that FastStream speaks to."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from colonnade.application.publishing import CloudEventEnvelope
from colonnade.infrastructure.brokers.consuming import Consumer


class Link(Protocol):
    """A connection with its consumers, used until it breaks and then replaced by another.

    Attributes:
        failures: What its driver raises when the broker does not answer.
        refusals: What its driver raises when an event can never be sent, such as one that is too large.
    """

    failures: tuple[type[Exception], ...]
    refusals: tuple[type[Exception], ...]

    async def open(self) -> None:
        """Connect, and make what publishing needs if it is missing."""
        ...

    async def publish(self, topic: str, event: CloudEventEnvelope) -> None:
        """Send an event and wait until the broker has confirmed it."""
        ...

    async def consume(self, consumer: Consumer) -> None:
        """Begin to read what a consumer is interested in, and make what that needs if it is missing."""
        ...

    async def check(self) -> None:
        """Raise whatever says that the link is broken: no answer, or a consumer that has stopped."""
        ...

    async def close(self) -> None:
        """Let running handlers finish, and disconnect."""
        ...


Connect: TypeAlias = Callable[[], Link]
"""Makes a new link, not open yet."""
