"""Servers that speak TLS: one that only notes what it hears, and one that passes everything on."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass
class Listener:
    """Whoever listens, and what came.

    Attributes:
        port: Where it is on this machine.
        calls: How many connections were made.
        heard: What was said to it inside TLS.
    """

    port: int = 0
    calls: int = 0
    heard: bytes = b""


@asynccontextmanager
async def listening(serving: ssl.SSLContext, greeting: bytes = b"") -> AsyncIterator[Listener]:
    """Answer nobody; the greeting goes out in the clear, before TLS."""
    listener = Listener()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.calls += 1
        if greeting:
            writer.write(greeting)
            await writer.drain()
        with suppress(OSError):
            await writer.start_tls(serving)
            listener.heard += await reader.read(1_000)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


@asynccontextmanager
async def in_front_of(port: int, serving: ssl.SSLContext) -> AsyncIterator[int]:
    """Speak TLS for a server that cannot, and give the port where that is."""

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(65_536):
                sink.write(chunk)
                await sink.drain()
        sink.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, here), pump(there, writer))

    async with await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=serving) as server:
        yield server.sockets[0].getsockname()[1]
