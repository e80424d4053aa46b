"""Fixtures for pytest: import them in a `conftest.py`, or name this module in the topmost one's `pytest_plugins`.

PostgreSQL, Valkey and NATS start when the first test asks for them. What a database holds when a test begins is up to
the fixture `prepare_database`: override it to bring another schema.
"""

from collections.abc import AsyncIterator, Iterator

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "pytest", "pytest", "pytest_asyncio")

import pytest

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.testing import servers
from colonnade.testing.clock import FrozenClock
from colonnade.testing.databases import PostgresTemplate, Prepare, SqliteTemplate, Template

__all__ = [
    "clock",
    "database",
    "database_url",
    "nats_url",
    "postgres_template",
    "postgres_url",
    "prepare_database",
    "sqlite_template",
    "valkey_url",
]

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.integration))
"""Both engines, for `pytest.mark.parametrize`: the real server only in integration runs."""


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that a test moves by hand."""
    return FrozenClock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server's first database."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The URL of a Valkey server."""
    with servers.valkey() as url:
        yield url


@pytest.fixture(scope="session")
def nats_url() -> Iterator[str]:
    """The URL of a NATS server with JetStream."""
    with servers.nats() as url:
        yield url


@pytest.fixture(scope="session")
def prepare_database() -> Prepare:
    """How an empty database is prepared: with nothing, unless overridden."""

    async def leave_empty(database: Database) -> None:
        await database.ping()

    return leave_empty


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, prepare_database: Prepare) -> SqliteTemplate:
    """A prepared SQLite database to be copied."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"), prepare_database)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, prepare_database: Prepare) -> Iterator[PostgresTemplate]:
    """A prepared PostgreSQL database to be copied."""
    template = PostgresTemplate(postgres_url, prepare_database)
    yield template
    template.drop()


@pytest.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The URL of a fresh copy of the template, on each engine in turn."""
    names = {"sqlite": "sqlite_template", "postgresql": "postgres_template"}
    template: Template = request.getfixturevalue(names[request.param])
    async with template.copy() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database of the test's own, on each engine in turn."""
    opened = Database(DatabaseSettings(database_url))
    yield opened
    await opened.dispose()
