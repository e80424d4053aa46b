"""Run the application under uvicorn: start, tell where, finish what runs, dispose of all."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack

import uvicorn

from colonnade.core import Clock
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.idempotency import SqlIdempotencyStore
from colonnade.server.application import Server, running_server
from colonnade.server.housekeeping import housekeeping
from colonnade.server.schema import schema_of
from colonnade.server.settings import Settings
from colonnade.server.working import begin_subscriptions, working

Ready = Callable[[str], None]
"""Hears the address once requests are answered there."""


class _Uvicorn(uvicorn.Server):
    """A server that is told to stop rather than killed, so that everything after it is closed as well."""

    def __init__(self, config: uvicorn.Config, ready: Ready) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal, and at the second without waiting for running requests."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self._stop)
        try:
            yield
        finally:
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(name)

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]  # sockets are ours
        """Start, then say where."""
        await super().startup(None)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


async def serve(settings: Settings, ready: Ready, prepare: Callable[[Server], object] | None = None) -> None:
    """Serve until a signal comes.

    Args:
        settings: What the operator has set.
        ready: Hears the address.
        prepare: What to do before requests are answered; may be asynchronous.
    """
    async with running_server(settings) as server:
        if settings.database.migrate_at_start:
            await schema_of(await server.container.get(Database)).upgrade()
        if prepare is not None:
            prepared = prepare(server)
            if asyncio.iscoroutine(prepared):
                await prepared
        if settings.database.migrate_at_start:
            await begin_subscriptions(server.container)
        config = uvicorn.Config(
            server.application,
            host=settings.http.host,
            port=settings.http.port,
            http="httptools",
            ws="websockets-sansio",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=settings.http.keep_alive_seconds,
            timeout_graceful_shutdown=settings.http.shutdown_seconds,
        )
        store, clock = await server.container.get(SqlIdempotencyStore), await server.container.get(Clock)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(
                housekeeping(store, clock, keep_seconds=settings.http.idempotency_key_seconds)
            )
            if settings.works_in_server:
                await stack.enter_async_context(working(server.container, server.bus, settings))
            await _Uvicorn(config, ready).serve()
