"""A plugin of pytest: writes down how each test ended, a line of JSON for each of its phases."""

import json
import os
from pathlib import Path
from typing import Protocol

RECORD = "COLONNADE_ASVS_RECORD"
"""The environment variable that names the file."""


class Report(Protocol):
    """What pytest tells of one phase of a test."""

    nodeid: str
    outcome: str


def pytest_runtest_logreport(report: Report) -> None:
    """Note a phase (a hook of pytest); with pytest-xdist the process that hears of all of them does."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with Path(os.environ[RECORD]).open("a", encoding="utf-8") as file:
            file.write(json.dumps([report.nodeid, report.outcome]) + "\n")
