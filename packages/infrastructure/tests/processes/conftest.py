"""What the tests of processes share: works on each engine."""

from collections.abc import AsyncIterator

import pytest

from colonnade.infrastructure.database import Database
from colonnade.testing import FrozenClock

from .works import Works


@pytest.fixture
async def works(database: Database, clock: FrozenClock) -> AsyncIterator[Works]:
    """Works without any service, on each engine in turn."""
    opened = await Works(database, clock).open()
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_works(postgres: Database, clock: FrozenClock) -> AsyncIterator[Works]:
    """Works without any service, on PostgreSQL."""
    opened = await Works(postgres, clock).open()
    yield opened
    await opened.close()
