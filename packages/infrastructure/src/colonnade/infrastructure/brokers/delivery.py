"""One delivery of a message by a broker that waits for an answer."""

import asyncio
import logging
from typing import Any, Protocol

from faststream.message import StreamMessage

from colonnade.application.publishing.encoding import Encoded
from colonnade.infrastructure.brokers.consuming import Consumer

_log = logging.getLogger("colonnade.brokers")
_HOLDS_PER_TERM = 3


class Delivery(Protocol):
    """How a broker is answered about one message."""

    async def count(self) -> int:
        """Return how often the message was delivered by now, from 1."""
        ...

    async def hold(self) -> None:
        """Say that the message is still being worked on."""
        ...

    async def done(self) -> None:
        """Say that the message is dealt with."""
        ...

    async def again(self, pause: float) -> None:
        """Have the message delivered again after so many seconds."""
        ...


async def deliver(consumer: Consumer, message: Encoded, delivery: Delivery, hold_seconds: float) -> None:
    """Have a consumer deal with a message, hold it meanwhile, and answer the broker.

    A broker that cannot be answered delivers the message again: it is at least once.
    """
    answering = asyncio.Event()
    holding = asyncio.create_task(_keep(delivery, hold_seconds / _HOLDS_PER_TERM, answering))
    try:
        pause = await consumer.consume(message, await delivery.count())
    finally:
        answering.set()
        holding.cancel()
    try:
        await (delivery.done() if pause is None else delivery.again(pause))
    except Exception as error:  # noqa: BLE001 - each driver has its own; the answer is the same
        _log.warning("%s cannot be answered, and will deliver again: %r", consumer.topic, error)


async def _keep(delivery: Delivery, every_seconds: float, answering: asyncio.Event) -> None:
    while not answering.is_set():
        await asyncio.sleep(every_seconds)
        try:
            await delivery.hold()
        except Exception as error:  # noqa: BLE001 - the connection is looked after elsewhere
            _log.debug("a message cannot be held: %r", error)


def encoded(message: StreamMessage[Any]) -> Encoded:  # raw messages of any driver
    """Return a message as its transport brought it; headers of other types become text."""
    headers = {str(name): str(value) for name, value in message.headers.items()}
    if message.content_type and not headers.get("content-type"):
        headers["content-type"] = message.content_type
    return Encoded(headers, bytes(message.body))


def undecoded(message: StreamMessage[Any]) -> StreamMessage[Any]:  # raw messages of any driver
    """Decode nothing: what a message says is judged by its consumer, which parks what it cannot read."""
    return message
