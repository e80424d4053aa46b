"""The schema's history: where a database stands, how it gets forward and back, and what that would do (Alembic)."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData

from colonnade.core import Invalid
from colonnade.infrastructure.database.engine import Database, translated_faults
from colonnade.infrastructure.database.tenancy import EVERY_TENANT, setting

Answer = TypeVar("Answer")

HEAD = "head"
BASE = "base"


class Schema:
    """Takes one database through one history of migrations."""

    def __init__(self, database: Database, history: Path, metadata: MetaData) -> None:
        """Use a history.

        Args:
            database: Which database.
            history: The folder with `env.py` and `versions/`.
            metadata: The tables as the code knows them.
        """
        self._database = database
        self._metadata = metadata
        self._config = Config(output_buffer=io.StringIO())
        self._config.set_main_option("script_location", str(history))
        self._config.set_main_option("path_separator", "os")

    async def upgrade(self, revision: str = HEAD) -> None:
        """Go forward to a revision."""
        await self._run(lambda: command.upgrade(self._config, revision))

    async def downgrade(self, revision: str) -> None:
        """Go back to a revision; `-1` is the one before, `base` the beginning."""
        await self._run(lambda: command.downgrade(self._config, revision))

    async def preview(self, revision: str = HEAD, *, back: bool = False) -> str:
        """Return the SQL that going forward (or back) to a revision would execute; nothing is executed."""
        current = await self.current()
        if back:
            span = f"{current or BASE}:{self._before(current) if revision == '-1' else revision}"
        else:
            span = f"{current}:{revision}" if current else revision
        script = io.StringIO()
        config = Config(output_buffer=script)
        config.set_main_option("script_location", self._config.get_main_option("script_location") or "")
        config.set_main_option("path_separator", "os")
        config.attributes["metadata"] = self._metadata
        config.attributes["dialect"] = self._database.engine.dialect.name
        with _explained_faults():
            (command.downgrade if back else command.upgrade)(config, span, sql=True)
        return script.getvalue()

    async def current(self) -> str | None:
        """Return the revision that the database is at, or none before the first."""
        return await self._with_connection(
            lambda connection: MigrationContext.configure(connection).get_current_revision()
        )

    def head(self) -> str | None:
        """Return the newest revision of the history."""
        return ScriptDirectory.from_config(self._config).get_current_head()

    async def drift(self) -> list[object]:
        """Return the differences between the database and the code's tables; none when migrations are complete."""

        def compare(connection: Connection) -> list[object]:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, self._metadata))

        return await self._with_connection(compare)

    def _before(self, revision: str | None) -> str:
        script = ScriptDirectory.from_config(self._config).get_revision(revision) if revision else None
        return str(script.down_revision) if script is not None and script.down_revision else BASE

    async def _run(self, migrate: Callable[[], None]) -> None:
        def migrate_with(connection: Connection) -> None:
            self._config.attributes["connection"] = connection
            self._config.attributes["metadata"] = self._metadata
            migrate()

        with _explained_faults():
            await self._run_in_transaction(migrate_with)

    async def _run_in_transaction(self, migrate: Callable[[Connection], None]) -> None:
        if self._database.is_postgresql:
            async with self._database.engine.begin() as connection:
                await connection.exec_driver_sql(setting(EVERY_TENANT))
                await connection.run_sync(migrate)
            return
        async with self._database.engine.connect() as connection:
            # A table that is copied to be altered is dropped in between, and would take with it what refers to it.
            await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            try:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
                await connection.run_sync(migrate)
                await connection.commit()
            finally:
                await connection.invalidate()

    async def _with_connection(self, ask: Callable[[Connection], Answer]) -> Answer:
        with _explained_faults():
            async with self._database.engine.connect() as connection:
                return await connection.run_sync(ask)


@contextmanager
def _explained_faults() -> Iterator[None]:
    """Turn what drivers and Alembic raise into errors of ours.

    Raises:
        Unavailable: The database does not answer.
        Invalid: There is no such revision.
    """
    with translated_faults():
        try:
            yield
        except CommandError as error:
            raise Invalid(str(error)) from error
