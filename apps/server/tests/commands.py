"""Commands in this process, as an operator would give them at the machine."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from colonnade.server.cli import main

from .running import CHEAP


def run(*arguments: str, cwd: Path, **variables: str) -> Result:
    """Run a command in this process; what is left of it besides a sentence and an exit code is a fault."""
    runner = CliRunner()
    with contextlib.chdir(cwd):
        result = runner.invoke(main, arguments, env=CHEAP | variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


class Console:
    """An operator at the machine of an installation."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    def __call__(self, *arguments: str) -> Result:
        """Run a command."""
        return run(*arguments, cwd=self.data_dir, COLONNADE_DATA_DIR=str(self.data_dir))

    def says(self, *arguments: str) -> str:
        """Run a command that succeeds, and return what it says."""
        result = self(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def table(self, *arguments: str) -> list[dict[str, str]]:
        """Run a command that prints a table for people, and return its rows by the table's heads."""
        heads, *rows = (re.split(" {2,}", line.strip()) for line in self.says(*arguments).splitlines())
        return [dict(zip(heads, row, strict=True)) for row in rows]

    def json(self, *arguments: str) -> Any:  # JSON values
        """Run a command for scripts, and return what it prints."""
        return json.loads(self.says(*arguments, "--json"))

    def refusal(self, *arguments: str, code: int = 1) -> str:
        """Run a command that is refused, and return the sentence that says why."""
        result = self(*arguments)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.stderr
