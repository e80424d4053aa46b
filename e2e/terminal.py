"""Somebody at a terminal, with the programs of an installation."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

DEADLINE_SECONDS = 60
PROGRAMS = Path(sys.executable).parent


class Person:
    """Somebody with a configuration folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._environment = {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "COLONNADE_CONFIG_HOME": str(folder),
            "COLONNADE_CREDENTIALS": "file",
            "LANG": "C.UTF-8",
        }

    def run(self, *words: str, exit_code: int = 0, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program to its end, which must be the one that is expected."""
        ended = subprocess.run(
            words,
            check=False,
            env=self._environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
        )
        assert ended.returncode == exit_code, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr
        return ended

    def type(self, *words: str, exit_code: int = 0) -> str:
        """Run a command and return what it prints."""
        return self.run("colonnade", *words, exit_code=exit_code).stdout

    def read(self, *words: str) -> Any:
        """Run a command with `--json` and return the document that it prints."""
        return json.loads(self.type(*words, "--json"))

    def refusal(self, *words: str, exit_code: int) -> str:
        """Return the one sentence in which a command is refused."""
        ended = self.run("colonnade", *words, exit_code=exit_code)
        (line,) = ended.stderr.splitlines()
        assert line.startswith("Error: ")
        return line.removeprefix("Error: ")
