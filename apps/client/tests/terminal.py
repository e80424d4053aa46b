"""People at their terminals, and the server that they talk to."""

import asyncio
import json
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from click.testing import CliRunner, Result

from colonnade.api.client import HttpBus
from colonnade.api.work import CONTRACT
from colonnade.application.identity import Register
from colonnade.client.group import cli
from colonnade.infrastructure.database import Database
from colonnade.server.application import running_server
from colonnade.server.settings import Settings
from colonnade.testing.work import migrated

PASSWORD = "correct horse battery"
DEADLINE_SECONDS = 20
NOWHERE = "http://127.0.0.1:9"
"""An address where nothing listens (the discard port)."""


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

    def sign_in(self) -> Result:
        """Sign in as the person whose terminal it is."""
        words = ("login", "--server", self.server, "--email", self.email, "--password-stdin")
        return self.type(*words, typed=f"{PASSWORD}\n")


def the_sentence(stderr: str) -> str:
    """Return what a failed command said, which must be one line."""
    (line,) = stderr.splitlines()
    assert line.startswith("Error: "), stderr
    return line.removeprefix("Error: ")


def register(server: str, email: str, name: str) -> None:
    """Make an account."""

    async def send() -> None:
        async with HttpBus(server, CONTRACT) as bus:
            await bus.send(Register.model_validate({"email": email, "name": name, "password": PASSWORD}))

    asyncio.run(send())


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve an empty SQLite database in another thread, since each command runs an event loop of its own."""
    settings = Settings(
        data_dir=folder, identity={"password_memory_kibibytes": 8, "password_iterations": 1}, logs={"level": "ERROR"}
    )
    ready: Future[uvicorn.Server] = Future()
    # Asyncio switches Nagle's delay off only where the protocol is named: it costs 40 ms for each request.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with listening, ThreadPoolExecutor(1) as threads:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        ended = threads.submit(asyncio.run, _serve(settings, listening, ready))
        ended.add_done_callback(lambda end: None if ready.done() else ready.set_exception(end.exception()))
        server = ready.result(DEADLINE_SECONDS)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        ended.result(DEADLINE_SECONDS)


async def _serve(settings: Settings, listening: socket.socket, ready: "Future[uvicorn.Server]") -> None:
    async with running_server(settings) as server:
        await migrated(await server.container.get(Database))
        config = uvicorn.Config(
            server.application, http="httptools", ws="none", lifespan="off", access_log=False, log_config=None
        )
        running = uvicorn.Server(config)
        ready.set_result(running)
        await running.serve([listening])
