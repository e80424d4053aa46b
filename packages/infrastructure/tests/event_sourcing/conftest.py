"""The database of the product, with the table of snapshots added."""

import pytest

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.event_sourcing import snapshots
from colonnade.testing import FrozenClock

from .jars import Cellar


@pytest.fixture
async def cellar(database: Database, clock: FrozenClock) -> Cellar:
    """Jars in a database of the test's own, on each engine in turn."""
    async with database.engine.begin() as connection:
        await connection.run_sync(snapshots.create)
    return Cellar(database, clock)
