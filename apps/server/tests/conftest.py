"""A server on a fresh copy of a migrated database, on each engine in turn."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from colonnade.testing import FrozenClock
from colonnade.testing.databases import Prepare, SqliteTemplate
from colonnade.testing.fixtures import (  # noqa: F401 - fixtures
    database_url,
    postgres_template,
    postgres_url,
    sqlite_template,
)
from colonnade.testing.work import migrated

from .house import House, open_house, settings_for


@pytest.fixture(scope="session")
def prepare_database() -> Prepare:
    """Every test starts from the newest schema."""
    return migrated


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """All logs go where pytest captures them and looks for planted secrets; what a command configures is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
async def sqlite_url(sqlite_template: SqliteTemplate) -> AsyncIterator[str]:  # noqa: F811 - a fixture
    """The URL of a fresh SQLite database."""
    async with sqlite_template.copy() as url:
        yield url


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server on SQLite."""
    async with open_house(settings_for(tmp_path, sqlite_url)) as house:
        yield house


@pytest.fixture
async def each_house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:  # noqa: F811 - a fixture
    """A server on each engine in turn."""
    settings = settings_for(tmp_path, database_url, database={"pool_size": 20})
    async with open_house(settings) as house:
        yield house


@pytest.fixture
async def working_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server on SQLite that does what follows commits in its own process."""
    async with open_house(settings_for(tmp_path, sqlite_url), works=True) as house:
        yield house


@pytest.fixture
async def each_working_house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:  # noqa: F811 - a fixture
    """A server that works, on each engine in turn."""
    async with open_house(settings_for(tmp_path, database_url), works=True) as house:
        yield house


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that the test moves."""
    return FrozenClock()
