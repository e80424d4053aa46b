"""The laboratory of the tests of subscriptions, on both engines or on PostgreSQL alone."""

from collections.abc import AsyncIterator

import pytest

from colonnade.application.subscriptions import Subscriptions
from colonnade.infrastructure.database import Database
from colonnade.testing import FrozenClock

from .lab import Lab


@pytest.fixture
async def lab(database_url: str, database: Database, clock: FrozenClock) -> AsyncIterator[Lab]:
    """A laboratory, on each engine in turn."""
    opened = await Lab(database_url, database, clock).open()
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_lab(postgres: Database, clock: FrozenClock) -> AsyncIterator[Lab]:
    """A laboratory on PostgreSQL."""
    url = postgres.engine.url.render_as_string(hide_password=False)
    opened = await Lab(url, postgres, clock).open()
    yield opened
    await opened.close()


@pytest.fixture
def subscriptions() -> Subscriptions:
    """What the processes of a test listen to."""
    return Subscriptions()
