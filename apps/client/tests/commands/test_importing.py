"""`colonnade import github`: from a file into a project, as often as one likes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ..conftest import NewPerson
from ..terminal import NOWHERE, Terminal


def all_tasks(person: Terminal) -> Sequence[dict[str, object]]:
    """Every task of the workspace in use, the oldest first."""
    return person.read("tasks", "list", "--all", "--sort", "created")["items"]


def test_the_summary_counts_what_became_of_the_records(ada: Terminal, github: Path) -> None:
    """What was left out is told with the reason, beside the summary."""
    result = ada.type("import", "github", str(github / "issues.json"))
    assert result.stdout == "5 made, 0 known already, 2 left out, 0 broken.\n"
    assert result.stderr.splitlines() == [
        "Left out: #4 (record 4) is a pull request",
        "Left out: #1 (record 7) occurs in the file before",
    ]


def test_tasks_are_what_the_issues_were(ada: Terminal, github: Path) -> None:
    """State, labels, dates, text and origin have come along."""
    ada.type("import", "github", str(github / "issues.json"))
    by_title = {task["title"]: task for task in all_tasks(ada)}
    lamp, railing = by_title["The lamp flickers in fog"], by_title["Paint the gallery railing"]
    assert (lamp["status"], lamp["due_on"], sorted(lamp["labels"])) == (
        "todo",
        "2031-03-21",
        ["bug", "good first issue"],
    )
    assert lamp["description"].splitlines()[0] == "Since the storm:"
    assert lamp["created_at"] == "2024-05-01T08:30:00Z"
    assert lamp["origin"]["assignees"] == ["mate", "pilot"]
    assert (railing["status"], railing["completed_at"]) == ("done", "2024-06-10T16:00:00Z")
    shown = ada.type("tasks", "show", lamp["key"]).stdout
    assert "https://github.com/harbour/lighthouse/issues/1" in shown
    assert "Spring tide" in shown


def test_a_second_time_changes_nothing(ada: Terminal, github: Path) -> None:
    """What was changed here since then stays changed, and no number is spent."""
    ada.type("import", "github", str(github / "issues.json"))
    ada.type("tasks", "edit", "WEB-1", "--title", "Mine now")
    before = all_tasks(ada)
    assert ada.type("import", "github", str(github / "issues.json")).stdout.startswith("0 made, 5 known already")
    assert all_tasks(ada) == before
    assert ada.read("tasks", "create", "Next")["key"] == "WEB-6"


def test_a_later_file_adds_what_is_new(ada: Terminal, github: Path) -> None:
    """What an earlier one brought is known, in whichever shape the file is."""
    ada.type("import", "github", str(github / "search.json"))
    assert ada.type("import", "github", str(github / "issues.json")).stdout.startswith("3 made, 2 known already")


def test_a_dry_run_says_what_would_be_and_does_nothing(ada: Terminal, github: Path) -> None:
    """It knows what is here already."""
    ada.type("import", "github", str(github / "search.json"))
    before = all_tasks(ada)
    result = ada.type("import", "github", str(github / "issues.json"), "--dry-run")
    assert result.stdout == "3 would be made, 2 known already, 2 left out, 0 broken.\n"
    assert all_tasks(ada) == before


def test_pull_requests_come_if_they_are_asked_for(ada: Terminal, github: Path) -> None:
    """They are one more."""
    said = ada.type("import", "github", str(github / "issues.json"), "--pull-requests").stdout
    assert said.startswith("6 made, 0 known already, 1 left out")


def test_a_broken_record_is_told_and_the_rest_goes_on(ada: Terminal, github: Path) -> None:
    """The exit code is 1, so that a script notices."""
    result = ada.type("import", "github", str(github / "broken.json"), exit_code=1)
    assert result.stdout == "2 made, 0 known already, 0 left out, 6 broken.\n"
    told = result.stderr.splitlines()
    assert len(told) == 6
    assert told[0].startswith("Broken: #22 (record 2) ")
    assert [task["title"] for task in all_tasks(ada)] == ["Good before", "Good after"]


def test_many_broken_records_are_not_all_told(ada: Terminal, tmp_path: Path) -> None:
    """A person sees the first twenty, and how to see the others."""
    path = tmp_path / "issues.ndjson"
    good = '{"number": 1, "title": "Look", "state": "open", "created_at": "2024-05-01T08:30:00Z"}\n'
    path.write_text(good + "{}\n" * 25)
    told = ada.type("import", "github", str(path), exit_code=1).stderr.splitlines()
    assert len(told) == 21
    assert "5 more" in told[-1]
    assert len(ada.read("import", "github", str(path), exit_code=1)["broken"]) == 25


def test_json_has_every_record_and_its_key(ada: Terminal, github: Path) -> None:
    """A script finds the task of an issue."""
    report = ada.read("import", "github", str(github / "issues.json"))
    assert (report["created"], report["known"], report["dry_run"]) == (5, 0, False)
    assert report["keys"]["github:harbour/lighthouse#1"] == "WEB-1"
    assert [record["number"] for record in report["skipped"]] == [4, 7]
    assert report["broken"] == []


def test_logins_become_people_who_are_here(ada: Terminal, new_person: NewPerson, github: Path) -> None:
    """The others are remembered by name."""
    grace = new_person("Grace")
    ada.type("workspaces", "add-member", grace.email)
    people = ("--person", f"mate={grace.email}", "--person", "pilot=me")
    ada.type("import", "github", str(github / "issues.json"), *people)
    ids = {task["title"]: task["assignee_id"] for task in all_tasks(ada)}
    assert ids["The lamp flickers in fog"] == grace.read("whoami")["id"]
    assert ids["Order lamp oil"] == ada.read("whoami")["id"]
    assert ids["Paint the gallery railing"] is None


def test_a_person_without_an_address_is_a_wrong_command_line(ada: Terminal, github: Path) -> None:
    """Nothing is imported before all is understood."""
    said = ada.type("import", "github", str(github / "issues.json"), "--person", "mate", exit_code=2).stderr
    assert "LOGIN=EMAIL" in said
    ada.refusal("import", "github", str(github / "issues.json"), "--person", "mate=who@example.com", exit_code=4)
    assert all_tasks(ada) == []


def test_more_records_than_go_in_one_message_all_arrive(ada: Terminal, tmp_path: Path) -> None:
    """They are sent in batches, and numbered in the order of the file."""
    path = tmp_path / "issues.ndjson"
    rest = '"state": "open", "created_at": "2024-05-01T08:30:00Z"'
    path.write_text("".join(f'{{"number": {n}, "title": "Issue {n}", {rest}}}\n' for n in range(1, 121)))
    keys = ada.read("import", "github", str(path))["keys"]
    assert len(keys) == 120
    assert keys["github:#120"] == "WEB-120"


@pytest.mark.parametrize("name", ["commits.json", "empty.json"])
def test_a_file_of_something_else_is_refused_before_the_server_is_asked(
    terminal: Terminal, github: Path, tmp_path: Path, name: str
) -> None:
    """One sentence with the name of the file, and exit code 1."""
    (tmp_path / "empty.json").touch()
    path = github / name if (github / name).exists() else tmp_path / name
    assert name in terminal.refusal("import", "github", str(path), exit_code=1, COLONNADE_SERVER=NOWHERE)


def test_a_folder_is_no_file(terminal: Terminal, tmp_path: Path) -> None:
    """The command line is wrong."""
    terminal.type("import", "github", str(tmp_path), exit_code=2)


def test_nothing_moves_where_nobody_looks(ada: Terminal, github: Path) -> None:
    """Standard error that is piped has no progress bar in it."""
    assert "Importing" not in ada.type("import", "github", str(github / "search.json")).output


def test_a_person_who_waits_sees_how_far_it_is(ada: Terminal, github: Path) -> None:
    """On a terminal there is a progress bar, and standard output stays the summary alone."""
    shown, summary = ada.look_at("import", "github", str(github / "search.json"))
    assert "Importing" in shown
    assert "100%" in shown
    assert summary == "2 made, 0 known already, 0 left out, 0 broken.\n"
