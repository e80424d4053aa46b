"""The database: connections, reads in one step, and what happens when it does not answer."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only, greenlet_spawn

from colonnade.core import Unavailable, VersionConflict
from colonnade.core.extras import require_extra
from colonnade.infrastructure.database.partitions import partition_of
from colonnade.infrastructure.database.prepared import Prepared, Values
from colonnade.infrastructure.database.tenancy import Tenant, gated
from colonnade.infrastructure.database.tls import Tls, tls_argument
from colonnade.infrastructure.database.types import dump_json, load_json

Answer = TypeVar("Answer")
Rows = Sequence[Row[*tuple[Any, ...]]]  # rows of any table

_LOST_RACE = {"40001", "40P01"}  # serialisation failure, deadlock (PostgreSQL, appendix A)
_SHUT = ("08", "53", "57")  # connection exception, insufficient resources, operator intervention
_DRIVER_OUTAGES = {"InterfaceError", "InternalClientError"}  # asyncpg's words for a connection that ended meanwhile
_SQLITE_OUTAGES = tuple(
    f"SQLITE_{what}" for what in ("BUSY", "LOCKED", "IOERR", "FULL", "CANTOPEN", "READONLY", "PROTOCOL", "NOMEM")
)


class DatabaseSettings(NamedTuple):
    """Where the database is and how its connections are kept.

    Attributes:
        url: `postgresql://…` or `sqlite:///…`.
        pool_size: Connections per process.
        pool_timeout_seconds: How long to wait for a connection.
        pool_recycle_seconds: How old a connection may become.
        busy_timeout_seconds: How long SQLite waits for a lock.
        connect_timeout_seconds: How long one attempt to connect may take.
        idle_transaction_seconds: After what silence PostgreSQL ends a transaction. While one is open, nobody reads
            what was appended to the log after it: a process that stands still must not stop all the others.
        tls: How connections to PostgreSQL are protected; if not said, verified unless it is on this machine.
        tls_ca_file: Certificates in PEM to trust instead of the system's.
    """

    url: str
    pool_size: int = 10
    pool_timeout_seconds: float = 5.0
    pool_recycle_seconds: int = 1800
    busy_timeout_seconds: float = 5.0
    connect_timeout_seconds: float = 5.0
    idle_transaction_seconds: float = 10.0
    tls: Tls | None = None
    tls_ca_file: Path | None = None


class Database:
    """Connections to one database; opens none until it is used."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self.engine = _create_engine(settings)
        self.writer: Engine = self.engine.sync_engine
        # SQLite's driver commits by itself already, and to switch back is a wait in which a cancelled task loses the
        # connection.
        self._reader: Engine = (
            self.engine.execution_options(isolation_level="AUTOCOMMIT").sync_engine
            if self.is_postgresql
            else self.writer
        )
        # SQLite lets one write at a time. Whoever waited for that inside it would hold a connection that readers need,
        # and would be served by luck; so those of this process queue up here.
        self._turn = asyncio.Lock()
        self._turn_seconds = settings.busy_timeout_seconds

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL rather than SQLite."""
        return self.engine.dialect.name == "postgresql"

    async def fetch(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Read rows outside any transaction, in one round trip.

        On PostgreSQL it sees the rows of the tenant that its parameters name (`tenancy.PARAMETERS`), and of none if
        they name none, unless it is marked by `tenancy.every_tenant`. So do `read`, `write` and `touch`.

        Raises:
            Unavailable: The database does not answer.
        """
        return await self.run(self._fetch, statement, parameters)

    async def read(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Sequence[Values]:
        """Execute a prepared statement that is a whole transaction by itself, and return its rows, in one round trip.

        Raises:
            Unavailable: The database does not answer.
        """
        if not self.is_postgresql:
            return [tuple(row) for row in await self.fetch(prepared.statement, parameters)]
        sql, arguments = prepared.arguments(self.engine.dialect, parameters)
        records: Sequence[Values] = await self.run(self._drive, "fetch", sql, arguments)
        return prepared.rows(self.engine.dialect, records)

    async def touch(self, prepared: Prepared, parameters: Mapping[str, Any]) -> int:
        """Execute a prepared statement that is a whole transaction by itself, and return how many rows it touched.

        Raises:
            Unavailable: The database does not answer.
        """
        if not self.is_postgresql:
            return await self.run(self._touch, prepared.statement, parameters)
        sql, arguments = prepared.arguments(self.engine.dialect, parameters)
        status: str = await self.run(self._drive, "execute", sql, arguments)
        return int(status.rpartition(" ")[2])

    async def run(self, work: Callable[..., Answer], *arguments: object) -> Answer:
        """Run blocking-style database work in one switch to the driver's greenlet, which is what makes it cheap.

        Raises:
            Unavailable: The database does not answer.
        """
        with translated_faults():
            if self.is_postgresql:
                return await greenlet_spawn(work, *arguments)
            return await _to_the_end(asyncio.ensure_future(greenlet_spawn(work, *arguments)))

    async def write(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Execute one statement that is a whole transaction by itself, and return the rows it gives.

        Raises:
            Unavailable: The database does not answer.
        """
        return await self.run(self._write, statement, parameters)

    async def transact(self, work: Callable[[Connection], Answer], *, tenant: Tenant | None = None) -> Answer:
        """Run blocking-style database work in one transaction, committed if it returns.

        Args:
            work: What to do.
            tenant: Whose rows it sees and writes on PostgreSQL.

        Raises:
            Unavailable: The database does not answer.
            VersionConflict: The database ended the transaction in favour of another one.
        """
        return await self.run(self._transact, work, tenant)

    async def ping(self) -> None:
        """Make sure that the database answers.

        Raises:
            Unavailable: It does not.
        """
        await self.run(self._ping)

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    def begin(self, tenant: Tenant | None = None) -> Connection:
        """Open a connection in a transaction; on SQLite one that writes at once, so that it cannot deadlock later.

        Whoever opens a connection for writing ends it with `end`.

        Args:
            tenant: Whose rows the transaction sees and writes on PostgreSQL; nobody's if not said.
        """
        connection = self._open(self.writer)
        if self.is_postgresql:
            _next_transaction_is_of(connection, tenant)
        else:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except BaseException:
                self.end(connection)
                raise
        return connection

    def end(self, connection: Connection) -> None:
        """Close a connection that was opened for writing, and let the next one write."""
        try:
            if self.is_postgresql and not connection.invalidated:
                _next_transaction_is_of(connection, None)
            connection.close()
        finally:
            if not self.is_postgresql:
                self._turn.release()

    def _open(self, engine: Engine) -> Connection:
        if self.is_postgresql:
            return engine.connect()
        await_only(asyncio.wait_for(self._turn.acquire(), self._turn_seconds))
        try:
            return engine.connect()
        except BaseException:
            self._turn.release()
            raise

    def _transact(self, work: Callable[[Connection], Answer], tenant: Tenant | None) -> Answer:
        connection = self.begin(tenant)
        try:
            answer = work(connection)
            connection.commit()
        finally:
            self.end(connection)
        return answer

    def _drive(self, method: str, sql: str, arguments: list[Any]) -> Any:  # what the driver's method gives
        pooled = self.writer.raw_connection()
        driver: Any = pooled.driver_connection  # asyncpg's connection
        while driver.is_closed():
            pooled.invalidate()
            pooled = self.writer.raw_connection()
            driver = pooled.driver_connection
        try:
            return await_only(getattr(driver, method)(sql, *arguments))
        except BaseException as error:
            if driver.is_closed() or not isinstance(error, Exception) or _is_driver_outage(error):
                pooled.invalidate()
            raise
        finally:
            pooled.close()

    def _touch(self, statement: Executable, parameters: Mapping[str, Any]) -> int:
        connection = self._open(self._reader)
        try:
            return connection.execute(statement, parameters).rowcount
        finally:
            self.end(connection)

    def _write(self, statement: Executable, parameters: Mapping[str, Any] | None) -> Rows:
        connection = self._open(self._reader)
        try:
            return self._rows(connection, statement, parameters)
        finally:
            self.end(connection)

    def _fetch(self, statement: Executable, parameters: Mapping[str, Any] | None) -> Rows:
        with self._reader.connect() as connection:
            return self._rows(connection, statement, parameters)

    def _rows(self, connection: Connection, statement: Executable, parameters: Mapping[str, Any] | None) -> Rows:
        if self.is_postgresql:
            statement = gated(statement, parameters or ())
        result = connection.execute(statement, parameters)
        return result.all() if result.returns_rows else ()

    def _ping(self) -> None:
        with self._reader.connect() as connection:
            connection.exec_driver_sql("SELECT 1")


def _next_transaction_is_of(connection: Connection, tenant: Tenant | None) -> None:
    driver: Any = connection.connection.driver_connection  # a TenantConnection, which may not be installed
    driver.tenant = tenant


async def _to_the_end(work: "asyncio.Future[Answer]") -> Answer:
    """Wait for SQLite even if nobody waits for the answer: its thread goes on, with a connection that others need."""
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({work})
        if not work.cancelled():
            work.exception()
        raise


@contextmanager
def translated_faults() -> Iterator[None]:
    """Turn the driver's ways of saying "not now" into the two that callers know.

    Raises:
        Unavailable: The database is gone, full or locked.
        VersionConflict: The database ended the transaction in favour of another one.
    """
    try:
        yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if state in _LOST_RACE:
            raise VersionConflict("somebody else changed this at the same moment") from error
        if error.connection_invalidated or state.startswith(_SHUT) or _is_outage(error, state):
            raise Unavailable("the database does not answer") from error
        raise
    except (PoolTimeoutError, OSError) as error:
        raise Unavailable("the database does not answer") from error
    except Exception as error:
        if _is_driver_outage(error):
            raise Unavailable("the database does not answer") from error
        raise


def _is_driver_outage(error: Exception) -> bool:
    """Tell whether PostgreSQL's driver itself says that the database is gone (`Database.read` calls it directly)."""
    state = getattr(error, "sqlstate", None)
    return (isinstance(state, str) and state.startswith(_SHUT)) or type(error).__name__ in _DRIVER_OUTAGES


def _is_outage(error: DBAPIError, state: str) -> bool:
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return str(name).startswith(_SQLITE_OUTAGES)
    return not state and isinstance(error, OperationalError | InterfaceError)


def _create_engine(settings: DatabaseSettings) -> AsyncEngine:
    url = make_url(settings.url)
    pool: dict[str, Any] = {  # keyword arguments of several types
        "pool_size": settings.pool_size,
        "max_overflow": 0,
        "pool_timeout": settings.pool_timeout_seconds,
        "pool_recycle": settings.pool_recycle_seconds,
        "json_serializer": dump_json,
        "json_deserializer": load_json,
        "hide_parameters": True,
    }
    if url.get_backend_name() == "postgresql":
        require_extra("colonnade-infrastructure", "postgres", "asyncpg")
        from colonnade.infrastructure.database.tenant_connection import TenantConnection  # noqa: PLC0415 - of an extra

        idle = {"idle_in_transaction_session_timeout": str(round(settings.idle_transaction_seconds * 1000))}
        arguments: dict[str, Any] = {  # what asyncpg.connect takes, of many types
            "timeout": settings.connect_timeout_seconds,
            "server_settings": {"jit": "off", **idle},
            "connection_class": TenantConnection,
            **tls_argument(url, settings.tls, settings.tls_ca_file),
        }
        return create_async_engine(url.set(drivername="postgresql+asyncpg"), connect_args=arguments, **pool)
    require_extra("colonnade-infrastructure", "sqlite", "aiosqlite")
    arguments = {"timeout": settings.busy_timeout_seconds, "isolation_level": None}
    engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"), connect_args=arguments, **pool)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:  # the driver's own class
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function("stream_partition", 2, partition_of, deterministic=True)
