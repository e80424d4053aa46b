"""People at their terminals, and the server that they talk to."""

import asyncio
import json
import os
import pty
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from click.testing import CliRunner, Result

from colonnade.api.client import HttpBus
from colonnade.api.work import CONTRACT
from colonnade.application.identity import Register
from colonnade.client.group import cli
from colonnade.core import Clock
from colonnade.infrastructure.database import Database
from colonnade.server.application import running_server
from colonnade.server.settings import Settings
from colonnade.server.working import working
from colonnade.testing.work import migrated

PASSWORD = "correct horse battery"
DEADLINE_SECONDS = 20
NOWHERE = "http://127.0.0.1:9"
"""An address where nothing listens (the discard port)."""

Found = TypeVar("Found")


class Terminal:
    """Where one person types commands, with a configuration folder of its own."""

    def __init__(self, folder: Path, *, server: str = "", email: str = "") -> None:
        self.folder = folder
        self.server = server
        self.email = email
        self._environment = {
            "COLONNADE_CONFIG_HOME": str(folder),
            "COLONNADE_CREDENTIALS": "file",
            "COLONNADE_SERVER": None,
            # Nothing here speaks TLS, and to read every authority takes longer than a command.
            "SSL_CERT_FILE": None,
            "SSL_CERT_DIR": str(folder),
        }

    def type(self, *words: str, exit_code: int = 0, typed: str | None = None, **environment: str) -> Result:
        """Run a command to its end, which must be the one that is expected."""
        result = CliRunner().invoke(cli, words, input=typed, env={**self._environment, **environment})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == exit_code, result.output
        return result

    def read(self, *words: str, exit_code: int = 0) -> Any:
        """Run a command with `--json` and return the one document that it prints."""
        return json.loads(self.type(*words, "--json", exit_code=exit_code).stdout)

    def refusal(self, *words: str, exit_code: int, **environment: str) -> str:
        """Return the one sentence in which a command is refused."""
        result = self.type(*words, exit_code=exit_code, **environment)
        assert result.stdout == ""
        return the_sentence(result.stderr)

    def start(
        self, *words: str, stdin: int = subprocess.DEVNULL, stderr: int = subprocess.PIPE
    ) -> "subprocess.Popen[str]":
        """Start a command in a process of its own, which has no terminal but those that it is given."""
        return subprocess.Popen(
            [sys.executable, "-m", "colonnade.client.main", *words],
            env={
                **os.environ,
                "COLONNADE_CONFIG_HOME": str(self.folder),
                "COLONNADE_CREDENTIALS": "file",
                "TERM": "xterm",
            },
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )

    def look_at(self, *words: str) -> tuple[str, str]:
        """Run a command at a real screen; return what is shown there beside standard output, and standard output."""
        screen, keyboard = pty.openpty()
        with self.start(*words, stderr=keyboard) as process:
            os.close(keyboard)
            shown = read_screen(screen)
            output, _ = process.communicate(timeout=DEADLINE_SECONDS)
        return shown, output

    def sign_in(self) -> Result:
        """Sign in as the person whose terminal it is."""
        words = ("login", "--server", self.server, "--email", self.email, "--password-stdin")
        return self.type(*words, typed=f"{PASSWORD}\n")


def the_sentence(stderr: str) -> str:
    """Return what a failed command said, which must be one line."""
    (line,) = stderr.splitlines()
    assert line.startswith("Error: "), stderr
    return line.removeprefix("Error: ")


def read_screen(screen: int) -> str:
    """Everything that is shown until the program ends."""
    shown = b""
    try:
        while select.select([screen], [], [], DEADLINE_SECONDS)[0] and (more := os.read(screen, 4096)):
            shown += more
    except OSError:  # Linux says so when the last program on a terminal has ended
        pass
    finally:
        os.close(screen)
    return shown.decode()


def read_until(screen: int, question: str) -> str:
    """What is shown until somebody is asked something; what is typed before is not heard."""
    shown = b""
    while not shown.decode().endswith(question) and select.select([screen], [], [], DEADLINE_SECONDS)[0]:
        shown += os.read(screen, 4096)
    return shown.decode()


def eventually(look: Callable[[], Found | None], what: str) -> Found:
    """Look until there is something, and return it."""
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end:
        if found := look():
            return found
    raise AssertionError(f"not within {DEADLINE_SECONDS} s: {what}")


def register(server: str, email: str, name: str) -> None:
    """Make an account."""

    async def send() -> None:
        async with HttpBus(server, CONTRACT) as bus:
            await bus.send(Register.model_validate({"email": email, "name": name, "password": PASSWORD}))

    asyncio.run(send())


@contextmanager
def serving(folder: Path, clock: Clock | None = None, **identity: object) -> Iterator[str]:
    """Serve an empty SQLite database and work for it in another thread: each command runs an event loop of its own.

    Args:
        folder: Where its data is.
        clock: What tells it the time, if not that of the machine.
        identity: Settings of that section.
    """
    ready: Future[uvicorn.Server] = Future()
    # Asyncio switches Nagle's delay off only where the protocol is named: it costs 40 ms for each request.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with listening, ThreadPoolExecutor(1) as threads:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(
            data_dir=folder,
            http={"public_url": address},
            identity={
                "password_memory_kibibytes": 8,
                "password_iterations": 1,
                "confirm_email": False,
                "device_interval_seconds": 1,
                **identity,
            },
            rates={"enabled": False},
            webhooks={"allowed_networks": ["127.0.0.0/8"]},
            logs={"level": "ERROR"},
        )
        ended = threads.submit(asyncio.run, _serve(settings, listening, ready, clock))
        ended.add_done_callback(lambda end: None if ready.done() else ready.set_exception(end.exception()))
        server = ready.result(DEADLINE_SECONDS)
        yield address
        server.should_exit = True
        ended.result(DEADLINE_SECONDS)


async def _serve(
    settings: Settings, listening: socket.socket, ready: "Future[uvicorn.Server]", clock: Clock | None
) -> None:
    async with running_server(settings, None if clock is None else {Clock: clock}) as server:
        await migrated(await server.container.get(Database))
        config = uvicorn.Config(
            server.application, http="httptools", ws="none", lifespan="off", access_log=False, log_config=None
        )
        running = uvicorn.Server(config)
        async with working(server.container, server.bus, settings):
            ready.set_result(running)
            await running.serve([listening])
