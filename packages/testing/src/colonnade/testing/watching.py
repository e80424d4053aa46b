"""A pytest plugin that fails a test whose output holds a planted secret.

It reads what pytest captured of standard output, standard error and logs in each phase of a test, what the test itself
took with `capsys` or `capfd`, and every record that a logger passed on. Turn it on in the root's `conftest.py`:
`pytest_plugins = ["colonnade.testing.watching"]`.
"""

import logging
from collections.abc import Generator
from typing import Any

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "pytest", "pytest")

import pytest

from colonnade.testing.planted import find_planted

_FOUND = pytest.StashKey[list[str]]()


class _Grep(logging.Handler):
    """Searches every record, also those that are below the level that pytest shows."""

    def __init__(self, found: list[str]) -> None:
        super().__init__()
        self._found = found
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        _note(self._found, f"a record of the logger {record.name}", self.format(record))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Listen to all loggers while a test runs, from its first fixture to its last."""
    found = item.stash[_FOUND] = []
    handler = _Grep(found)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        return (yield)
    finally:
        root.removeHandler(handler)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any],  # a fixture gives any type
    request: pytest.FixtureRequest,
) -> Generator[None, object, object]:
    """Search what `capsys` and `capfd` give the test: it is in no captured section any more."""
    given = yield
    if isinstance(given, pytest.CaptureFixture) and _FOUND in request.node.stash:
        _listen_to(given, request.node.stash[_FOUND], fixturedef.argname)
    return given


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a phase fail that let a secret out."""
    report = yield
    found = item.stash.get(_FOUND, [])
    for title, text in report.sections:
        if title.endswith(report.when):  # those of earlier phases come again
            _note(found, title.lower(), text)
    if found:
        report.outcome = "failed"
        report.longrepr = (
            f"{report.longrepr or ''}\na planted secret came out: {'; '.join(dict.fromkeys(found))}".strip()
        )
        found.clear()
    return report


def _listen_to(capture: "pytest.CaptureFixture[Any]", found: list[str], name: str) -> None:  # text or bytes
    read = capture.readouterr

    def readouterr() -> Any:  # pytest's own named tuple, which it does not export
        captured = read()
        for stream in captured:
            _note(found, f"what the test read from {name}", stream)
        return captured

    capture.readouterr = readouterr  # type: ignore[method-assign]  # pytest has no hook for it


def _note(found: list[str], place: str, text: str | bytes) -> None:
    found.extend(f"{name} in {place}" for name in find_planted(text))
