"""What the tests of operations share: works on each engine, looked after by somebody."""

from collections.abc import AsyncIterator

import pytest

from colonnade.infrastructure.database import Database
from colonnade.testing import FrozenClock

from ..processes.works import Works


@pytest.fixture
async def works(database: Database, clock: FrozenClock) -> AsyncIterator[Works]:
    """Works without any service, on each engine in turn."""
    opened = await Works(database, clock).open()
    yield opened
    await opened.close()
