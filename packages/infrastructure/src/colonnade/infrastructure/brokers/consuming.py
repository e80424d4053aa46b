"""What happens to one message that a broker delivers: read, handled, tried again, or parked."""

import asyncio
import logging

from colonnade.application.publishing import CloudEventEnvelope, EventHandler, ParkedMessage, Parking
from colonnade.application.publishing.encoding import Encoded, read
from colonnade.core import Invalid
from colonnade.infrastructure.brokers.settings import BrokerSettings

_log = logging.getLogger("colonnade.brokers")


class Consumer:
    """A member of a consumer group, whichever broker it reads from.

    Attributes:
        topic: What it reads.
        group: Which group it is a member of.
    """

    def __init__(
        self, topic: str, group: str, handler: EventHandler, parking: Parking, settings: BrokerSettings
    ) -> None:
        self.topic = topic
        self.group = group
        self._handler = handler
        self._parking = parking
        self._settings = settings

    async def consume(self, message: Encoded, delivery: int) -> float | None:
        """Deal with a message.

        What can never be read is parked at once; what fails is tried again until the limit. A message that was
        delivered too often although nobody answered has taken its handlers' processes with it, and is parked unseen.

        Args:
            message: As it came.
            delivery: How often it was delivered by now, from 1.

        Returns:
            The seconds after which it has to be delivered again; none if it is dealt with.
        """
        event: CloudEventEnvelope | None = None
        try:
            event = read(message)
            if delivery <= self._settings.max_deliveries:
                async with asyncio.timeout(self._settings.handler_seconds):
                    await self._handler(event)
                return None
            fault = "nobody who got it has ever answered"
        except Invalid as error:
            fault = str(error)
        except Exception as error:  # noqa: BLE001 - a handler may fail in any way
            if delivery < self._settings.max_deliveries:
                pause = self._pause(delivery)
                _log.warning("%s failed in %s, again in %g s: %r", event and event.type, self.group, pause, error)
                return pause
            fault = f"{type(error).__name__}: {error}"
        return await self._park(message, delivery, fault, event)

    async def _park(
        self, message: Encoded, delivery: int, fault: str, event: CloudEventEnvelope | None
    ) -> float | None:
        identity = event.identity if event else None
        parked = ParkedMessage(self.topic, self.group, message.headers, message.body, fault, delivery, identity)
        try:
            await self._parking.park(parked)
        except Exception as error:  # noqa: BLE001 - whatever it is, the message must not be lost
            _log.error("a message of %s for %s cannot be parked: %r", self.topic, self.group, error)
            return self._settings.longest_redelivery_seconds
        _log.error("a message of %s for %s is parked: %s", self.topic, self.group, fault)
        return None

    def _pause(self, delivery: int) -> float:
        doubled: float = self._settings.redelivery_seconds * 2 ** min(delivery - 1, 30)
        return min(doubled, self._settings.longest_redelivery_seconds)
