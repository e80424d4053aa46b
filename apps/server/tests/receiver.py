"""Another service, which is told of events by webhooks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from colonnade.core import SystemClock
from colonnade.security.webhooks import WebhookVerifier


class Request(NamedTuple):
    """A request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:  # JSON values
        """What the body says."""
        return json.loads(self.body)

    def verified(self, secret: str) -> str:
        """Return the request's id if whoever has the secret signed it."""
        return WebhookVerifier([secret], SystemClock()).verify(self.headers, self.body).id


class Receiver:
    """Answers each request with a status, and keeps it."""

    def __init__(self) -> None:
        self.status = "204 No Content"
        self.requests: list[Request] = []
        self.url = ""

    async def has_one(self) -> bool:
        """Tell whether a request has come."""
        return bool(self.requests)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request and answer it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in fields}
        self.requests.append(Request(headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Listen on this machine for as long as the context is open."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks"
    async with server:
        yield receiver
