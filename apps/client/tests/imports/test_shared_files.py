"""Real and hostile files, wherever they lie beside the project: `shared/data/imports`."""

from pathlib import Path

import pytest

from colonnade.client.imports.github import read_issues

from ..terminal import NOWHERE, Terminal

IMPORTS = next(
    (found for folder in Path(__file__).parents if (found := folder / "shared" / "data" / "imports").is_dir()), None
)
HOSTILE = sorted((IMPORTS / "hostile" / "json").glob("*.json")) if IMPORTS is not None else []

pytestmark = pytest.mark.skipif(IMPORTS is None, reason="there is no folder shared/data/imports beside the project")


@pytest.fixture
def real() -> Path:
    """The folder of real GitHub issues."""
    assert IMPORTS is not None
    return IMPORTS / "github"


def test_real_issues_arrive_and_arrive_once(ada: Terminal, real: Path) -> None:
    """The same hundred issues as an array and as lines are the same hundred tasks."""
    said = ada.type("import", "github", str(real / "webcompat-web-bugs-100.array.json")).stdout
    assert said == "100 made, 0 known already, 0 left out, 0 broken.\n"
    said = ada.type("import", "github", str(real / "webcompat-web-bugs-100.ndjson")).stdout
    assert said == "0 made, 100 known already, 0 left out, 0 broken.\n"
    states = [task["completed_at"] is not None for task in ada.read("tasks", "list", "--all")["items"]]
    assert (len(states), sum(states)) == (100, 60)


def test_nothing_of_a_real_issue_is_lost(real: Path) -> None:
    """Labels, milestones and texts are all there."""
    tasks = read_issues(real / "webcompat-web-bugs-100.array.json").tasks
    assert sum(len(task.labels) for task in tasks) == 323
    assert all(task.origin.milestone and task.origin.author and task.description for task in tasks)


def test_recorded_exchanges_are_no_issues(terminal: Terminal, real: Path) -> None:
    """A file from the same place that holds something else is refused."""
    path = str(real / "octokit-paginate-issues.raw-fixture.json")
    assert "holds no GitHub issue" in terminal.refusal("import", "github", path, exit_code=1, COLONNADE_SERVER=NOWHERE)


def test_every_hostile_file_is_refused_in_one_sentence(terminal: Terminal, subtests: pytest.Subtests) -> None:
    """Not one of them ends in a traceback, takes long, or reaches the server."""
    assert len(HOSTILE) == 222
    for path in HOSTILE:
        with subtests.test(path.name):
            sentence = terminal.refusal("import", "github", str(path), exit_code=1, COLONNADE_SERVER=NOWHERE)
            assert path.name in sentence
            assert sentence.isprintable()
