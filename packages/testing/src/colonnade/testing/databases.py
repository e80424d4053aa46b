"""Databases for single tests, copied from a template that is prepared once per run: a copy costs milliseconds."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "servers", "sqlalchemy", "alembic")

from sqlalchemy import make_url, text

from colonnade.infrastructure.database import Database, DatabaseSettings

Answer = TypeVar("Answer")
Prepare = Callable[[Database], Awaitable[None]]
"""Brings an empty database into the state that every test starts from."""


class Template(Protocol):
    """A prepared database to make copies of."""

    def copy(self) -> AbstractAsyncContextManager[str]:
        """Make a copy and give its URL; the copy is gone afterwards."""
        ...


class SqliteTemplate:
    """A template that is a file; every process has its own."""

    def __init__(self, folder: Path, prepare: Prepare) -> None:
        self._folder = folder
        self._file = folder / "template.db"
        run_apart(_prepared(_sqlite_url(self._file), prepare))

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[str]:
        """Copy the file and give the copy's URL; the copy is deleted afterwards."""
        copy = self._folder / f"{uuid4().hex}.db"
        await asyncio.to_thread(shutil.copyfile, self._file, copy)
        try:
            yield _sqlite_url(copy)
        finally:
            for file in self._folder.glob(f"{copy.name}*"):
                file.unlink()


class PostgresTemplate:
    """A template on a PostgreSQL server; its name is its own, so that processes can share the server."""

    def __init__(self, server_url: str, prepare: Prepare) -> None:
        self._server_url = server_url
        self._name = f"template_{uuid4().hex}"
        run_apart(self._create(prepare))

    @asynccontextmanager
    async def copy(self, of: str | None = None) -> AsyncIterator[str]:
        """Copy the template and give the copy's URL; the copy is dropped afterwards, whoever is connected to it.

        Args:
            of: URL of another copy to copy as it stands, as a backup; nobody may be connected to it.
        """
        name, source = f"test_{uuid4().hex}", self._name if of is None else make_url(of).database
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        try:
            yield self._url(name)
        finally:
            await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def drop(self) -> None:
        """Drop the template."""
        run_apart(self._execute(f"DROP DATABASE {self._name} WITH (FORCE)"))

    async def _create(self, prepare: Prepare) -> None:
        await self._execute(f"CREATE DATABASE {self._name}")
        await _prepared(self._url(self._name), prepare)

    async def _execute(self, statement: str) -> None:
        """Execute on a connection of its own, since tests may run on different event loops."""
        server = Database(DatabaseSettings(self._server_url, pool_size=1))
        try:
            await server.write(text(statement))
        finally:
            await server.dispose()

    def _url(self, name: str) -> str:
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)


def run_apart(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run asynchronous work to its end in a thread of its own, whether or not an event loop runs here."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


async def _prepared(url: str, prepare: Prepare) -> None:
    database = Database(DatabaseSettings(url))
    try:
        await prepare(database)
    finally:
        await database.dispose()


def _sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
