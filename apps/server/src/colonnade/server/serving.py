"""Run the application under uvicorn: start, tell where, finish what runs, dispose of all."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack

import uvicorn

from colonnade.core import Clock, Unavailable
from colonnade.infrastructure.database import Database
from colonnade.server.application import Server, running_server
from colonnade.server.housekeeping import chores, housekeeping
from colonnade.server.listening import bound
from colonnade.server.people import protect_what_is_there
from colonnade.server.pipeline import uvicorn_options
from colonnade.server.schema import made_ready
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

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say where.

        Raises:
            Unavailable: Somebody else has begun to listen there meanwhile.
        """
        try:
            await super().startup(sockets)
        except OSError as error:
            raise Unavailable(f"nobody can be answered here: {error.strerror}") from error
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            scheme = "https" if self.config.is_ssl else "http"
            self._ready(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


async def serve(settings: Settings, ready: Ready, prepare: Callable[[Server], object] | None = None) -> None:
    """Serve until a signal comes.

    Args:
        settings: What the operator has set.
        ready: Hears the address.
        prepare: What to do before requests are answered; may be asynchronous.

    Raises:
        Unavailable: The port is taken.
    """
    async with AsyncExitStack() as stack:
        sockets = await stack.enter_async_context(bound(settings.http.host, settings.http.port))
        settings = settings.listening_at(sockets[0].getsockname()[1])
        server = await stack.enter_async_context(running_server(settings))
        database = await server.container.get(Database)
        ready_to_begin = await made_ready(database, migrate=settings.database.migrate_at_start)
        if ready_to_begin:
            await protect_what_is_there(server.container, server.bus)
        if prepare is not None:
            prepared = prepare(server)
            if asyncio.iscoroutine(prepared):
                await prepared
        if ready_to_begin:
            await begin_subscriptions(server.container)
        config = uvicorn.Config(
            server.application,
            ws="websockets-sansio",
            lifespan="off",
            access_log=False,
            log_config=None,
            **uvicorn_options(settings),
        )
        expiring, clock = await chores(server.container, settings), await server.container.get(Clock)
        await stack.enter_async_context(housekeeping(expiring, clock))
        if settings.works_in_server:
            await stack.enter_async_context(working(server.container, server.bus, settings))
        await _Uvicorn(config, ready).serve(sockets)
