"""Connections that cost little to hold: bounds on the head of a request, which uvicorn leaves to a proxy."""

import asyncio
from typing import ClassVar

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

_REFUSAL = b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class GuardedProtocol(HttpToolsProtocol):
    """Speaks HTTP/1.1 to one client, and closes a connection on which no complete head comes in time.

    Without it, a client that sends a byte now and then holds a connection for ever (slow loris), and one that sends a
    header without an end fills the memory: both before the application hears of a request.

    Attributes:
        head_seconds: How long the head of a request may take, from the connection or from its first byte.
        head_bytes: How much of a head may come without being complete.
    """

    head_seconds: ClassVar[float] = 10.0
    head_bytes: ClassVar[int] = 65_536

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head_timer: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._head_size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read, and give up on a head that has become too long."""
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self._head_timer is None:
            self._wait_for_head()
        super().data_received(data)
        if self._is_in_head:
            self._head_size += len(data)
            if self._head_size > self.head_bytes:
                self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        super().on_message_begin()
        self._is_in_head, self._head_size = True, 0

    def on_headers_complete(self) -> None:
        """Note that it is complete; from here on the application has its own bounds."""
        self._is_in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self._head_timer = self.loop.call_later(self.head_seconds, self._head_is_late)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        """Say why, unless an answer is already on its way, and hang up."""
        if not self.transport.is_closing():
            if self._is_in_head and (self.cycle is None or self.cycle.response_complete):
                self.transport.write(_REFUSAL % status)
            self.transport.close()


def guarded_protocol(*, head_seconds: float, head_bytes: int) -> type[GuardedProtocol]:
    """Return the protocol with its bounds, as uvicorn wants it: a class."""
    return type("BoundedProtocol", (GuardedProtocol,), {"head_seconds": head_seconds, "head_bytes": head_bytes})
