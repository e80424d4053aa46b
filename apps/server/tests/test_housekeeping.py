"""What a server clears away."""

import asyncio
from datetime import UTC, datetime, timedelta

from colonnade.core import Unavailable
from colonnade.server.housekeeping import Chore, housekeeping
from colonnade.testing import FrozenClock


class Store:
    """Writes down until when things were forgotten, and says so."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[datetime] = asyncio.Queue()

    async def expire(self, before: datetime) -> None:
        """Note the moment."""
        await self.asked.put(before)


async def out_of_order(before: datetime) -> None:
    """Fail as while the database does not answer."""
    raise Unavailable("the database does not answer")


async def test_what_is_old_is_forgotten_as_soon_as_the_server_runs() -> None:
    """A restart is enough: nobody has to wait an hour for it. One chore that cannot be done keeps no other back."""
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    store = Store()
    chores = [Chore("keys", out_of_order, 60), Chore("codes", store.expire, 3600)]
    async with housekeeping(chores, FrozenClock(now)):
        async with asyncio.timeout(5):
            assert await store.asked.get() == now - timedelta(hours=1)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "housekeeping"]
