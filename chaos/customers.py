"""Customers, who fill jars and remember which coins were acknowledged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from chaos.service import FillJar, handlers, resolver_of

from colonnade.application.messaging import LocalBus
from colonnade.core import Unavailable
from colonnade.infrastructure.database import Database

COINS = 3


class Customers:
    """Everybody who fills jars.

    Attributes:
        acknowledged: The coins of which they heard that they are there.
        unanswered: How often they heard that the service is not available, and so do not know.
    """

    def __init__(self, bus: LocalBus) -> None:
        self.acknowledged: list[int] = []
        self.unanswered = 0
        self._bus = bus
        self._numbers = count(1)

    async def fill(self, coins: int = COINS) -> None:
        """Fill one jar."""
        numbers = tuple(next(self._numbers) for _ in range(coins))
        try:
            await self._bus.send(FillJar(numbers=numbers))
        except Unavailable:
            self.unanswered += 1
        else:
            self.acknowledged.extend(numbers)

    @asynccontextmanager
    async def busy(self, *, at_a_time: int = 1, pause_seconds: float = 0.4) -> AsyncIterator[None]:
        """Fill jars while the context is open.

        Args:
            at_a_time: How many customers there are.
            pause_seconds: How long each rests between two jars.
        """

        async def fill_for_ever() -> None:
            while True:
                await asyncio.gather(self.fill(), asyncio.sleep(pause_seconds))

        tasks = [asyncio.create_task(fill_for_ever()) for _ in range(at_a_time)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(error, asyncio.CancelledError) for error in ended), ended


async def customers_of(database: Database) -> Customers:
    """Return customers of the service, who use a process that does nothing but answer them."""
    return Customers(await LocalBus.start(handlers=[handlers], resolver=resolver_of(database)))
