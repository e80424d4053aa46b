"""A server that webhooks go to."""

import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from .terminal import DEADLINE_SECONDS


class Received(NamedTuple):
    """A request that came."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Takes requests at an address and answers them.

    Attributes:
        url: The address.
        answer: What every request gets.
    """

    url: str
    answer: bytes = b""
    requests: "queue.Queue[Received]" = field(default_factory=queue.Queue)

    def next(self) -> Received:
        """Wait for the next request."""
        return self.requests.get(timeout=DEADLINE_SECONDS)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive requests on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.requests.put(Received({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, ThreadPoolExecutor(1) as threads:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
        threads.submit(server.serve_forever)
        yield receiver
        server.shutdown()
