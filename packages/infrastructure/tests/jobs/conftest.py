"""What the tests of jobs share: an office on each engine."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.schema import CreateTable

from colonnade.infrastructure.database import Database
from colonnade.testing import FrozenClock

from .office import Office, effects


@pytest.fixture
async def office(database: Database, clock: FrozenClock) -> AsyncIterator[Office]:
    """An office without any worker, on each engine in turn."""
    await database.write(CreateTable(effects))
    opened = Office(database, clock)
    yield opened
    await opened.wakeups.close()
