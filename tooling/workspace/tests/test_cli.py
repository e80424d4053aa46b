"""The command as people and CI use it."""

import json

import pytest
from click.testing import CliRunner

from colonnade_workspace.cli import main


@pytest.fixture
def run(fake):
    fake.member("core")
    return lambda *arguments: CliRunner().invoke(main, ["--root", str(fake.root), *arguments])


@pytest.fixture
def arrows(tmp_path):
    file = tmp_path / "arrows.toml"
    file.write_text("[acme-core]\n")
    return str(file)


def test_check_ends_with_zero_when_all_is_well(run, arrows):
    """And says so."""
    result = run("check", "--arrows", arrows)
    assert (result.exit_code, result.output) == (0, "Nothing to mend.\n")


def test_check_ends_with_one_and_tells_place_and_mend(run):
    """Here the member has no row in the shipped table."""
    result = run("check")
    assert result.exit_code == 1
    assert result.output.startswith("packages/core/pyproject.toml: forbidden-arrow: acme-core has no row")
    assert "\n    Add one to " in result.output
    assert result.output.endswith("1 finding.\n")


def test_check_answers_in_json(run):
    """One object, made for programs."""
    (finding,) = json.loads(run("check", "--json").output)["findings"]
    assert finding["rule"] == "forbidden-arrow"
    assert set(finding) == {"rule", "path", "line", "message", "mend"}


@pytest.mark.parametrize(("style", "beginning"), [("text", "Packages"), ("mermaid", "flowchart"), ("svg", "<svg")])
def test_graph_writes_each_format(run, style, beginning, tmp_path):
    """To the terminal, or to a file."""
    assert run("graph", "--format", style).output.startswith(beginning)
    assert run("graph", "--format", style, "--reduced", "--output", str(tmp_path / "graph")).exit_code == 0
    assert (tmp_path / "graph").read_text().startswith(beginning)


def test_a_dry_run_writes_nothing(run, fake):
    """It names the files that would change."""
    before = (fake.root / "pyproject.toml").read_text()
    result = run("version", "bump", "minor", "--dry-run", "--no-changelog")
    assert result.output == "would change pyproject.toml\nwould change packages/core/pyproject.toml\n0.1.0 → 0.2.0\n"
    assert (fake.root / "pyproject.toml").read_text() == before


def test_a_bump_is_seen_by_show(run):
    """All members move together."""
    assert run("version", "bump", "minor", "--no-changelog").output.endswith("0.1.0 → 0.2.0; now run: uv lock\n")
    assert run("version", "show").output == "0.2.0\n"


def test_show_names_members_out_of_step(run, fake):
    """The version of the workspace comes first."""
    fake.member("app", version="0.0.9")
    assert run("version", "show").output == "0.1.0\nacme-app 0.0.9 is out of step\n"


def test_wheels_reports_what_is_missing(run, tmp_path):
    """An empty folder holds no wheel."""
    (tmp_path / "dist").mkdir()
    assert "no wheel of acme-core was built" in run("wheels", str(tmp_path / "dist")).output
    assert run("wheels", str(tmp_path / "dist"), "--modules").output == "\n"


def test_an_error_is_one_sentence_with_its_own_exit_code(tmp_path):
    """A missing workspace is not a finding."""
    result = CliRunner().invoke(main, ["--root", str(tmp_path), "check"])
    assert result.exit_code == 2
    assert result.output == f"Error: {tmp_path / 'pyproject.toml'} does not exist.\n"


@pytest.mark.parametrize("command", [(), ("graph",), ("check",), ("wheels",), ("version",), ("version", "bump")])
def test_help_needs_no_workspace(command, tmp_path, monkeypatch):
    """Every command explains itself anywhere."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, [*command, "--help"]).exit_code == 0
