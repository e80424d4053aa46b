"""A PostgreSQL server that may crash, a database of its own for each test, and a line for what came of it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from chaos.books import Books
from chaos.customers import Customers, customers_of
from chaos.processes import Workers, workers
from chaos.servers import Postgres, postgres
from chaos.service import MADE_TABLES
from sqlalchemy import make_url, text

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.tables import metadata

Say = Callable[[str], None]


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    with postgres() as server:
        yield server


@pytest.fixture
async def url(server: Postgres) -> AsyncIterator[str]:
    """The URL of a database with the tables of the service."""
    name = f"chaos_{uuid4().hex}"
    url = make_url(server.url).set(database=name).render_as_string(hide_password=False)
    await _execute(server, f"CREATE DATABASE {name}")
    database = Database(DatabaseSettings(url))
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all, MADE_TABLES)
    await database.dispose()
    yield url
    await _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """That database."""
    opened = Database(DatabaseSettings(url))
    yield opened
    await opened.dispose()


@pytest.fixture
def books(database: Database) -> Books:
    """What must have happened in it, and what did."""
    return Books(database)


@pytest.fixture
async def customers(database: Database) -> Customers:
    """Those who use the service."""
    return await customers_of(database)


@pytest.fixture
def staff(url: str, tmp_path: Path) -> Iterator[Workers]:
    """Its workers."""
    with workers(tmp_path, url) as staff:
        yield staff


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """Prints a line at once, whatever is captured."""
    plugins = request.config.pluginmanager
    reporter, capture = plugins.getplugin("terminalreporter"), plugins.getplugin("capturemanager")

    def write(line: str) -> None:
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            reporter.write_line(line)

    return write


async def _execute(server: Postgres, statement: str) -> None:
    database = Database(DatabaseSettings(server.url, pool_size=1))
    await database.write(text(statement))
    await database.dispose()
