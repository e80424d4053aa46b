"""Running tests by name, those of each member in a process of their own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from colonnade_workspace.asvs.recording import RECORD

_MEMBERS = ("packages", "apps", "tooling")


class Outcome(StrEnum):
    """How a test ended; a test with parameters as the worst of its cases."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_RUN = "not run"


def run_tests(root: Path, tests: Iterable[str], options: Sequence[str] = ()) -> dict[str, Outcome]:
    """Run exactly these tests, and say how each of them ended; what pytest writes goes to the terminal.

    Those of one member, of `docs` or of `e2e` share a process, as in that member's own suite: real servers are started
    once for it, and no suite sees the fixtures of another one.

    Args:
        root: Folder of the workspace, whose settings of pytest hold.
        tests: Names as pytest has them, relative to the root; without `[…]` all cases of a test are meant.
        options: What else pytest is told.
    """
    wanted = sorted(set(tests), key=lambda test: (_suite(test), test))
    cases: list[tuple[str, str]] = []
    for _, names in groupby(wanted, _suite):
        cases += _run(root, [*names], options)
    return {test: _worst(outcome for case, outcome in cases if _is_of(case, test)) for test in wanted}


def _suite(test: str) -> str:
    folders = test.partition("::")[0].split("/")
    return "/".join(folders[: 2 if folders[0] in _MEMBERS else 1])


def _run(root: Path, tests: list[str], options: Sequence[str]) -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="colonnade-asvs-") as folder:
        record = Path(folder) / "record"
        record.touch()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "colonnade_workspace.asvs.recording", *options, *tests]
        subprocess.run(command, cwd=root, env={**os.environ, RECORD: str(record)}, check=False)  # noqa: S603 - our own arguments # nosec B603
        return [tuple(json.loads(line)) for line in record.read_text(encoding="utf-8").splitlines()]


def _is_of(case: str, test: str) -> bool:
    return case == test or case.startswith(f"{test}[")


def _worst(outcomes: Iterable[str]) -> Outcome:
    seen = set(outcomes)
    return next(
        (outcome for outcome in (Outcome.FAILED, Outcome.SKIPPED, Outcome.PASSED) if outcome in seen), Outcome.NOT_RUN
    )
