"""The books: what the log says must have happened, and what did."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from chaos.service import KINDS, CoinDropped, effects
from sqlalchemy import func, select

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import event_log
from colonnade.infrastructure.jobs.tables import ENDED, jobs
from colonnade.infrastructure.subscriptions.tables import parked_events

DEADLINE_SECONDS = 120
LOOK_SECONDS = 0.3

_COINS = select(event_log.c.data).where(event_log.c.type == CoinDropped.event_type)
_LEFT = select(effects.c.kind, effects.c.number)
_STREAMS = select(effects.c.stream, effects.c.number).where(effects.c.stream.is_not(None)).order_by(effects.c.id)
_LEFT_COUNT = select(func.count()).select_from(effects)
_OPEN_JOBS = select(func.count()).select_from(jobs).where(jobs.c.state.not_in(ENDED))
_FAILED_JOBS = select(func.count()).select_from(jobs).where(jobs.c.state == "failed")
_PARKED = select(func.count()).select_from(parked_events)


class Balance(NamedTuple):
    """What is missing and what is too much, of so many things."""

    expected: int
    lost: int
    doubled: int

    def __str__(self) -> str:
        return f"{self.expected} expected, {self.lost} lost, {self.doubled} doubled"


def balance(expected: Collection[object], found: Iterable[object]) -> Balance:
    """Compare what must be there once with what is there."""
    counted = Counter(found)
    lost = sum(one not in counted for one in expected)
    return Balance(len(expected), lost, sum(counted.values()) - (len(expected) - lost))


class Books:
    """What the database of the service says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def coins(self) -> list[int]:
        """Return the numbers of all coins in the log."""
        return [int(row[0]["number"]) for row in await self._database.fetch(_COINS)]

    async def lost_acknowledgements(self, acknowledged: Collection[int]) -> int:
        """Return how many acknowledged coins are not in the log."""
        return len(set(acknowledged) - set(await self.coins()))

    async def balance(self, kinds: Collection[str] = KINDS) -> Balance:
        """Return what is missing and too much among the effects of coins, of these kinds."""
        coins = await self.coins()
        assert len(set(coins)) == len(coins)
        left = [tuple(row) for row in await self._database.fetch(_LEFT) if row.kind in kinds]
        return balance([(kind, number) for kind in kinds for number in coins], left)

    async def settle(self, kinds: Collection[str] = KINDS, *, seconds: float = DEADLINE_SECONDS) -> float:
        """Wait until nothing is missing or waits, or nothing changes any more; return how long it took, in seconds."""
        began = changed = time.monotonic()
        before = -1
        while time.monotonic() - changed < seconds:
            left = (await self._database.fetch(_LEFT_COUNT))[0][0]
            if left != before:
                before, changed = left, time.monotonic()
            if not (await self._database.fetch(_OPEN_JOBS))[0][0] and not (await self.balance(kinds)).lost:
                break
            await asyncio.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    async def out_of_order(self) -> int:
        """Return how many streams there are whose effects did not happen in the order of their events."""
        streams = defaultdict[str, list[int]](list)
        for stream, number in await self._database.fetch(_STREAMS):
            streams[stream].append(number)
        return sum(numbers != sorted(numbers) for numbers in streams.values())

    async def failed_jobs(self) -> int:
        """Return how many jobs have failed for good."""
        return int((await self._database.fetch(_FAILED_JOBS))[0][0])

    async def set_aside(self) -> int:
        """Return how many events wait to be tried again, or for a person."""
        return int((await self._database.fetch(_PARKED))[0][0])
