"""Following a long answer to its end, over any bus."""

from collections.abc import AsyncIterator
from typing import TypeVar

from colonnade.application.messaging.bus import NOBODY, Bus
from colonnade.application.messaging.context import Context
from colonnade.application.messaging.messages import Message
from colonnade.core import Page

Item = TypeVar("Item")


async def pages(bus: Bus, query: Message[Page[Item]], context: Context = NOBODY) -> AsyncIterator[Page[Item]]:
    """Yield the pages of a query that has a `cursor`, each asked for when it is wanted.

    Args:
        bus: Where to ask.
        query: The question; its own cursor says where to begin.
        context: The circumstances.

    Raises:
        ColonnadeError: A page was refused.
    """
    page = await bus.send(query, context)
    yield page
    while page.next is not None:
        page = await bus.send(query.model_copy(update={"cursor": page.next}), context)
        yield page


async def items(bus: Bus, query: Message[Page[Item]], context: Context = NOBODY) -> AsyncIterator[Item]:
    """Yield every item of all pages of a query.

    Raises:
        ColonnadeError: A page was refused.
    """
    async for page in pages(bus, query, context):
        for item in page.items:
            yield item
