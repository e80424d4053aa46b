"""The rows of a map: what each requirement asks for, whether it is met, and which tests show it."""

import re
from pathlib import Path
from typing import NamedTuple

from colonnade_workspace.errors import WorkspaceError

STATES = ("met", "not met", "does not apply")

_ROW = re.compile(r"\| (?P<id>\d+\.\d+\.\d+) \| (?P<level>\d) \| (?P<asks>.+?) \| (?P<state>.*?) \| (?P<shown>.*?) ?\|")
_LIKE_A_ROW = re.compile(r"\| *V?\d")
_TEST = re.compile(r"`([\w./-]+\.py::[^`]+)`")


class Requirement(NamedTuple):
    """One row.

    Attributes:
        id: Its number in the standard, such as `6.2.1`.
        level: From which level on it is asked for.
        asks: What it asks for, in the words of the map.
        state: One of `STATES`.
        shown: What shows that it is met, or why it is not.
    """

    id: str
    level: str
    asks: str
    state: str
    shown: str

    @property
    def tests(self) -> list[str]:
        """The tests that it names, as pytest does: `packages/core/tests/test_values.py::test_it`."""
        return _TEST.findall(self.shown)


def read_map(path: Path) -> list[Requirement]:
    """Read a map, a row for each requirement.

    Raises:
        WorkspaceError: There is none, it has no rows, or a line begins like a row and is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise WorkspaceError(f"{path} does not exist.") from error
    rows = [_read(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if _LIKE_A_ROW.match(line)]
    if not rows:
        raise WorkspaceError(f"{path} has no rows.")
    return rows


def _read(line: str, place: str) -> Requirement:
    found = _ROW.fullmatch(line)
    if found is None:
        raise WorkspaceError(f"{place} is no row of the map: | id | level | asks for | state | shown by |.")
    row = Requirement(*found.groups())
    if row.state not in STATES:
        raise WorkspaceError(f"{place} has the state {row.state!r}, which is none of {', '.join(STATES)}.")
    return row
