"""A server to send requests to: nothing it does leaves the machine, and what it logs is kept."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from e2e.processes import ADDRESS, CHEAP, COMMAND

from .people import Person

DEADLINE_SECONDS = 60
LOOK_SECONDS = 0.02
SETTINGS = CHEAP | {
    "COLONNADE_IDENTITY__CONFIRM_EMAIL": "false",
    "COLONNADE_IDENTITY__PERSONAL_TOKENS": "1000",
    "COLONNADE_IDENTITY__THROTTLE_ACCOUNT_FAILURES": "1000000",
    "COLONNADE_IDENTITY__THROTTLE_NETWORK_FAILURES": "1000000",
    "COLONNADE_RATES__FACTOR": "1000000",
    "COLONNADE_WORKER__IN_SERVER": "false",
}


class Server:
    """A server in a process of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], log: Path) -> None:
        self.url = _address(log)
        self._folder = folder
        self._environment = environment
        self._log = log

    @property
    def errors(self) -> str:
        """What it has logged; only errors are."""
        return "".join(line for line in self._log.read_text().splitlines(keepends=True) if ADDRESS not in line)

    @contextmanager
    def client(self) -> Iterator[httpx2.Client]:
        """Talk to the API."""
        with httpx2.Client(base_url=f"{self.url}/api/v1", timeout=DEADLINE_SECONDS) as http:
            yield http

    def chief(self, http: httpx2.Client) -> Person:
        """Return somebody who looks after the service: appointed at the machine."""
        person = Person(http, "chief")
        command = (str(COMMAND), "operators", "appoint", person.email)
        subprocess.run(command, cwd=self._folder, env=self._environment, check=True, capture_output=True)
        return person


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start a server with its data in a folder; it is killed in the end."""
    log = folder / "log"
    mine = {name: value for name, value in os.environ.items() if not name.startswith("COLONNADE_")}
    environment = mine | SETTINGS | {"COLONNADE_DATA_DIR": str(folder / "data")}
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen((COMMAND, "serve"), cwd=folder, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            yield Server(folder, environment, log)
        finally:
            process.kill()


def _address(log: Path) -> str:
    began = time.monotonic()
    while time.monotonic() - began < DEADLINE_SECONDS:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith(ADDRESS):
                return line.removeprefix(ADDRESS)
        time.sleep(LOOK_SECONDS)
    raise AssertionError(f"the server did not start: {log.read_text(encoding='utf-8')}")
