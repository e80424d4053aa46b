"""What a server clears away."""

import asyncio
from datetime import UTC, datetime, timedelta

from colonnade.server.housekeeping import housekeeping
from colonnade.testing import FrozenClock


class Store:
    """Writes down until when keys were forgotten, and says so."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[datetime] = asyncio.Queue()

    async def expire(self, before: datetime) -> None:
        """Note the moment."""
        await self.asked.put(before)


async def test_old_keys_are_forgotten_as_soon_as_the_server_runs() -> None:
    """A restart is enough: nobody has to wait an hour for it."""
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    store = Store()
    async with housekeeping(store, FrozenClock(now), keep_seconds=3600):
        async with asyncio.timeout(5):
            assert await store.asked.get() == now - timedelta(hours=1)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "housekeeping"]
