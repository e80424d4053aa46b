"""Servers that strangers might run: small, over real sockets, on whatever loopback address a test needs."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

Respond = Callable[["Received", asyncio.StreamWriter], Awaitable[None]]


class Received(NamedTuple):
    """A request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stranger:
    """A server and what it was sent."""

    port: int
    connections: int = 0
    received: list[Received] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> Respond:
    """Answer every request alike."""

    async def respond(request: Received, writer: asyncio.StreamWriter) -> None:
        fields = {"Content-Length": str(len(body)), **{name.replace("_", "-"): text for name, text in headers.items()}}
        head = "".join(f"{name}: {text}\r\n" for name, text in fields.items())
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return respond


@asynccontextmanager
async def stranger(
    respond: Respond, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Stranger]:
    """Run a server until the block ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        it.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            it.received.append(Received(head[0], headers, body))
            await respond(it.received[-1], writer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            it.left.set()
            writer.close()

    server = await asyncio.start_server(serve, host, port, ssl=tls)
    it = Stranger(server.sockets[0].getsockname()[1])
    try:
        yield it
    finally:
        server.close()
