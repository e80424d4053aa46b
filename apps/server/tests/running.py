"""The installed command in a process of its own."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

COMMAND = Path(sys.executable).with_name("colonnade-server")
DEADLINE_SECONDS = 60.0
CHEAP = {
    "COLONNADE_IDENTITY__PASSWORD_MEMORY_KIBIBYTES": "8",
    "COLONNADE_IDENTITY__PASSWORD_ITERATIONS": "1",
    "COLONNADE_IDENTITY__CONFIRM_EMAIL": "false",
    "COLONNADE_LOGS__LEVEL": "WARNING",
    "COLONNADE_RATES__ENABLED": "false",
}


def environment(**variables: str) -> dict[str, str]:
    """Return an environment without settings of whoever runs the tests."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("COLONNADE_")}
    return mine | CHEAP | variables


class Process:
    """A command that runs until it is told to end."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(pipe,), daemon=True) for pipe in (process.stdout, process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def line_with(self, text: str) -> str:
        """Wait for a line that contains a text, on either stream."""
        while True:
            try:
                line = self.lines.get(timeout=DEADLINE_SECONDS)
            except queue.Empty:
                raise AssertionError(f"it never said {text!r}, but: {self.said}") from None
            if text in line:
                return line
            if not line:
                raise AssertionError(f"it ended without saying {text!r}, but: {self.said}")

    def end(self, signal: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(signal)
        code = self.process.wait(DEADLINE_SECONDS)
        for reader in self._readers:
            reader.join(DEADLINE_SECONDS)
        return code

    def _read(self, pipe: object) -> None:
        for line in pipe:  # type: ignore[attr-defined]
            self.said.append(line)
            self.lines.put(line)
        self.lines.put("")


@contextmanager
def started(arguments: Sequence[str], cwd: Path, variables: Mapping[str, str]) -> Iterator[Process]:
    """Start a command; it is killed if it is still there in the end."""
    with subprocess.Popen(
        [COMMAND, *arguments],
        cwd=cwd,
        env=environment(**variables),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield Process(process)
        finally:
            process.kill()
