"""The installed server in a process of its own, which can be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

COMMAND = Path(sys.executable).with_name("colonnade-server")
ADDRESS = "Colonnade is at "
CHEAP = {
    "COLONNADE_HTTP__PORT": "0",
    "COLONNADE_IDENTITY__PASSWORD_MEMORY_KIBIBYTES": "8",
    "COLONNADE_IDENTITY__PASSWORD_ITERATIONS": "1",
    "COLONNADE_IDENTITY__CONFIRM_EMAIL": "false",
    "COLONNADE_LOGS__LEVEL": "ERROR",
    "COLONNADE_RATES__ENABLED": "false",
}


class ServerProcess:
    """A server that says on standard error where it is."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stderr is not None
        said = list[str]()
        for line in process.stderr:
            said.append(line)
            if line.startswith(ADDRESS):
                self.url = line.removeprefix(ADDRESS).strip()
                return
        raise AssertionError(f"the server did not start: {''.join(said)}")

    def kill(self) -> None:
        """End it in the middle of whatever it does (SIGKILL)."""
        self._process.kill()
        self._process.wait(20)


@contextmanager
def serving(folder: Path, variables: Mapping[str, str]) -> Iterator[ServerProcess]:
    """Start `colonnade-server serve` in a folder; it is killed in the end."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("COLONNADE_")}
    with subprocess.Popen(
        [COMMAND, "serve"],
        cwd=folder,
        env=mine | CHEAP | variables,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield ServerProcess(process)
        finally:
            process.kill()
