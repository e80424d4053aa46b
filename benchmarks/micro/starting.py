"""How long programs take to start."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

COMMANDS: Mapping[str, Sequence[str]] = {
    "python": (sys.executable, "-c", "pass"),
    "import sqlmodel": (sys.executable, "-c", "import sqlmodel"),
    "import server": (sys.executable, "-c", "import colonnade.server.application"),
    "colonnade --help": (str(Path(sys.executable).with_name("colonnade")), "--help"),
}


def measure(*, rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each command that there is and that works."""
    commands = {name: command for name, command in COMMANDS.items() if _works(command)}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            begin = perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken[name].append((perf_counter() - begin) * 1000)
    return {name: median(values) for name, values in taken.items()}


def _works(command: Sequence[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
