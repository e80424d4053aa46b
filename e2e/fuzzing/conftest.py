"""A server for all runs of a process, and how long they may go on."""

from collections.abc import Iterator

import pytest

from .servers import Server, running

EXAMPLES = 3
SAID = "said"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be longer."""
    parser.addoption(
        "--fuzz-examples",
        type=int,
        default=None,
        help=f"random requests for each operation ({EXAMPLES} if unset); if set, every role sends bad requests too",
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was sent as whom."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, said in report.user_properties:
            if name == SAID:
                terminalreporter.write_line(str(said))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on SQLite."""
    with running(tmp_path_factory.mktemp("fuzzing")) as server:
        yield server
