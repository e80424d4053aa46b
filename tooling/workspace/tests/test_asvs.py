"""A map of requirements whose tests are run, and the report of what holds."""

import pytest
from click.testing import CliRunner

from colonnade_workspace import WorkspaceError
from colonnade_workspace.asvs import Outcome, read_map, run_tests, verdicts_of
from colonnade_workspace.cli import main

TESTS = """\
import pytest

def test_good(): pass

def test_bad(): assert False

def test_skipped(): pytest.skip("not here")

@pytest.fixture
def broken():
    yield
    raise OSError

def test_cleanup(broken): pass

@pytest.mark.parametrize("number", [1, 2])
def test_numbers(number): assert number == 1

class TestClass:
    def test_good(self): pass
"""
CORE = "packages/core/tests/test_it.py"
HEAD = "| id | level | asks for | state | shown by, or why not |\n|---|---|---|---|---|\n"


@pytest.fixture
def root(fake):
    """A workspace with two members that have tests."""
    (fake.root / "pytest.ini").write_text(
        "[pytest]\naddopts = --import-mode=importlib\nasyncio_default_fixture_loop_scope = function\n"
    )
    for name in ("core", "app"):
        tests = fake.member(name) / "tests"
        tests.mkdir()
        (tests / "test_it.py").write_text(TESTS)
        (tests / "conftest.py").write_text("")
    return fake.root


@pytest.fixture
def chart(root):
    """Write a map, a row a state and what shows it, and return its path."""

    def write(*rows):
        path = root / "docs" / "security" / "asvs.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"| 1.1.{number} | 1 | Something | {state} | {shown} |" for number, (state, shown) in enumerate(rows)]
        path.write_text("# Map\n\n| state | rows |\n|---|---|\n| met | 2 |\n\n" + HEAD + "\n".join(lines) + "\n")
        return path

    return write


@pytest.fixture
def run(root, monkeypatch):
    """Run the command; a pytest inside a pytest has nothing of the one outside."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    return lambda *arguments: CliRunner().invoke(main, ["--root", str(root), "asvs", *arguments])


def test_a_test_ends_as_the_worst_of_its_cases(root, monkeypatch):
    """A test that only fails when it cleans up has failed, too."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    expected = {
        "test_good": Outcome.PASSED,
        "TestClass::test_good": Outcome.PASSED,
        "test_bad": Outcome.FAILED,
        "test_cleanup": Outcome.FAILED,
        "test_skipped": Outcome.SKIPPED,
        "test_numbers": Outcome.FAILED,
        "test_numbers[1]": Outcome.PASSED,
    }
    named = {f"{CORE}::{name}": outcome for name, outcome in expected.items()}
    assert run_tests(root, named) == named


def test_each_member_runs_by_itself_and_nothing_else_runs(root, monkeypatch, capfd):
    """Files of two members may have one name; a test that nobody names is left alone."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    named = [f"packages/{member}/tests/test_it.py::test_good" for member in ("core", "app", "core")]
    assert run_tests(root, named, ["-v"]) == dict.fromkeys(named, Outcome.PASSED)
    said = capfd.readouterr().out
    assert said.count("1 passed") == 2
    assert "failed" not in said


def test_all_is_well(run, chart, root):
    """Exit code 0, and a report with the counts and every requirement."""
    chart(
        ("met", f"`{CORE}::test_good`, [page](page.md)"),
        ("not met", "Nobody did [it](page.md)."),
        ("does not apply", "None."),
    )
    result = run()
    assert result.exit_code == 0
    assert result.output.startswith("1 does not apply, 1 met and passed, 1 not met. See ")
    report = (root / ".nox" / "asvs.md").read_text()
    for line in (
        "| met and passed | 1 |",
        "| met and failed | 0 |",
        "| not met | 1 |",
        "| does not apply | 1 |",
        "| all | 3 |",
        "| 1.1.0 | 1 | Something | met and passed | 1 |  |",
        "| 1.1.1 | 1 | Something | not met | 0 | Nobody did it. |",
    ):
        assert line in report.splitlines()


def test_a_test_that_does_not_pass_is_a_fault(run, chart, root):
    """Exit code 1; a row that is not met may show a part, and that part must hold."""
    chart(
        ("met", f"`{CORE}::test_good`, `{CORE}::test_bad`"),
        ("met", f"`{CORE}::test_skipped`"),
        ("not met", f"Partly `{CORE}::test_bad`."),
        ("met", f"`{CORE}::test_good`"),
    )
    result = run("--output", str(root / "report.md"))
    assert result.exit_code == 1
    assert f"failed: {CORE}::test_bad\n" in result.output
    assert f"skipped: {CORE}::test_skipped\n" in result.output
    report = (root / "report.md").read_text().splitlines()[-4:]
    assert [line.split(" | ")[3] for line in report] == [
        "met and failed",
        "met and failed",
        "not met",
        "met and passed",
    ]
    assert f"| `{CORE}::test_bad` failed |" in report[0]
    assert f"| `{CORE}::test_bad` failed; Partly" in report[2]


def test_a_test_that_is_not_there_did_not_run(run, chart):
    """Nor do the others of its member; what follows `--` goes to pytest."""
    chart(("met", f"`{CORE}::test_nowhere`"), ("met", f"`{CORE}::test_good`"))
    result = run("--", "-p", "no:cacheprovider")
    assert result.exit_code == 1
    assert f"not run: {CORE}::test_nowhere\n" in result.output


def test_what_several_processes_run_is_counted_once(run, chart, root):
    """With pytest-xdist."""
    chart(("met", f"`{CORE}::test_good`"))
    assert run("--", "-n", "1").exit_code == 0
    assert "| 1.1.0 | 1 | Something | met and passed | 1 |  |" in (root / ".nox" / "asvs.md").read_text()


def test_a_requirement_without_tests_is_not_shown(chart):
    """However it is called."""
    (verdict,) = verdicts_of(read_map(chart(("met", "Believe it."))), {})
    assert verdict.result == "met and failed"


@pytest.mark.parametrize("rows", [[("fine", "`a.py::test_it`")], [], [("met", "Half.\n| 1.1.9 | half a row |")]])
def test_a_map_that_cannot_be_read_is_one_sentence(run, chart, rows):
    """With its place, and exit code 2."""
    path = chart(*rows)
    with pytest.raises(WorkspaceError, match=r"asvs\.md"):
        read_map(path)
    result = run()
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_a_map_that_is_not_there_is_one_sentence(run):
    """As everywhere."""
    assert run().output.endswith("asvs.md does not exist.\n")
