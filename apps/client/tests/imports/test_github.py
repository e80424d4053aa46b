"""Issues as GitHub's REST API lists them, read into tasks."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.client.imports.github import read_issues
from colonnade.client.imports.records import Contents, UnreadableFile
from colonnade.core import UserId, new_id

SOURCE = "github:harbour/lighthouse#"
LEAST = {"number": 1, "title": "Look", "state": "open", "created_at": "2024-05-01T08:30:00Z"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def contents(github: Path) -> Contents:
    """What the file of all kinds of issues holds."""
    return read_issues(github / "issues.json")


def read(folder: Path, *records: Any, pull_requests: bool = False) -> Contents:
    """Read an array of records from a file."""
    path = folder / "issues.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    return read_issues(path, pull_requests=pull_requests)


def test_an_issue_keeps_what_it_says(contents: Contents) -> None:
    """Title, text, labels, the due date of its milestone, and when it was opened."""
    task = contents.tasks[0]
    assert task.title == "The lamp flickers in fog"
    assert task.labels == ("bug", "good first issue")
    assert task.due_on == date(2031, 3, 21)
    assert task.created_at == datetime(2024, 5, 1, 8, 30, tzinfo=UTC)
    assert task.completed_at is None


def test_an_issue_keeps_where_it_comes_from(contents: Contents) -> None:
    """Its name among all issues, its address, who wrote it and who had it."""
    origin = contents.tasks[0].origin
    assert origin.source == f"{SOURCE}1"
    assert origin.url == "https://github.com/harbour/lighthouse/issues/1"
    assert (origin.author, origin.assignees, origin.milestone) == ("keeper", ("mate", "pilot"), "Spring tide")


def test_lines_end_as_everywhere_else(contents: Contents) -> None:
    """GitHub's editor writes two characters at the end of a line; one is kept."""
    text = "Since the storm:\n\n- every **third** flash is short\n- the horn is fine 🌫️"
    assert contents.tasks[0].description == text


def test_a_closed_issue_is_a_completed_task(contents: Contents) -> None:
    """It was completed when it was closed."""
    assert contents.tasks[1].completed_at == datetime(2024, 6, 10, 16, tzinfo=UTC)


def test_a_closed_issue_that_does_not_say_when_was_closed_at_its_last_change(contents: Contents) -> None:
    """The nearest moment that is known stands in, and at worst that of its opening."""
    assert contents.tasks[2].completed_at == datetime(2024, 7, 1, 12, tzinfo=UTC)


def test_a_closed_issue_without_any_moment_was_closed_when_it_was_opened(tmp_path: Path) -> None:
    """A closed issue is never an open task."""
    (task,) = read(tmp_path, {**LEAST, "state": "closed"}).tasks
    assert task.completed_at == task.created_at


def test_a_label_may_be_its_name_alone(contents: Contents) -> None:
    """Older exports have it so."""
    assert contents.tasks[1].labels == ("chore",)


def test_what_an_issue_does_not_have_is_left_out(contents: Contents) -> None:
    """No milestone, a milestone without a day, no text and no author are no faults."""
    by_source = {task.origin.source: task for task in contents.tasks}
    assert by_source[f"{SOURCE}2"].origin.milestone == "Some day"
    assert by_source[f"{SOURCE}2"].due_on is None
    assert by_source[f"{SOURCE}3"].origin.milestone is None
    assert by_source[f"{SOURCE}3"].origin.author is None
    assert by_source[f"{SOURCE}3"].origin.assignees == ("pilot",)
    assert by_source[f"{SOURCE}5"].description == ""


def test_the_least_that_an_issue_has_is_enough(contents: Contents) -> None:
    """A number, a title, a state and a moment, in whatever zone."""
    task = contents.tasks[-1]
    assert (task.title, task.origin.source) == ("灯台の時計を直す", f"{SOURCE}6")
    assert task.created_at == datetime(2024, 7, 31, 15, tzinfo=UTC)


def test_the_longest_title_that_github_takes_is_taken(contents: Contents) -> None:
    """It has 256 characters."""
    assert max(len(task.title) for task in contents.tasks) == 256


def test_pull_requests_are_left_out_with_the_reason(contents: Contents) -> None:
    """GitHub lists them among the issues."""
    assert [(left.number, left.name, left.reason) for left in contents.skipped[:1]] == [(4, "#4", "is a pull request")]


def test_pull_requests_are_taken_if_they_are_asked_for(github: Path) -> None:
    """They are tasks like the others."""
    sources = [task.origin.source for task in read_issues(github / "issues.json", pull_requests=True).tasks]
    assert sources == [f"{SOURCE}{number}" for number in (1, 2, 3, 4, 5, 6)]


def test_an_issue_that_occurs_twice_is_taken_once(contents: Contents) -> None:
    """Pages overlap when somebody opens an issue in between."""
    assert [(left.number, left.name) for left in contents.skipped[1:]] == [(7, "#1")]
    assert "before" in contents.skipped[1].reason


def test_equal_numbers_of_different_repositories_are_different_issues(tmp_path: Path) -> None:
    """A search answers with issues of many."""
    repositories = [{**LEAST, "repository_url": f"https://api.github.com/repos/harbour/{name}"} for name in ("a", "b")]
    found = read(tmp_path, *repositories)
    assert [task.origin.source for task in found.tasks] == ["github:harbour/a#1", "github:harbour/b#1"]


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"repository_url": "https://github.example.com/api/v3/repos/a/b"},
         "github:https://github.example.com/api/v3/repos/a/b#1"),
        ({"id": 77}, "github:77"),
        ({"html_url": "https://github.com/a/b/issues/1"}, "github:https://github.com/a/b/issues/1#1"),
    ],
)  # fmt: skip
def test_an_issue_is_known_by_the_best_name_it_has(tmp_path: Path, fields: dict[str, Any], source: str) -> None:
    """A server of one's own is told apart from the public one."""
    (task,) = read(tmp_path, {**LEAST, **fields}).tasks
    assert task.origin.source == source


@pytest.mark.parametrize("name", ["issues.ndjson", "search.json", "byte-order-mark.json"])
def test_every_shape_of_file_is_read_alike(github: Path, contents: Contents, name: str) -> None:
    """What an issue becomes does not depend on how it was saved."""
    known = {task.origin.source: task for task in contents.tasks}
    tasks = read_issues(github / name).tasks
    assert tasks
    assert [known[task.origin.source] for task in tasks] == tasks


def test_broken_records_are_told_by_number_and_the_good_ones_go_on(github: Path) -> None:
    """Each has its place in the file, its name as far as it has one, and what is wrong."""
    contents = read_issues(github / "broken.json")
    assert [task.title for task in contents.tasks] == ["Good before", "Good after"]
    told = {(broken.number, broken.name): broken.reason for broken in contents.broken}
    assert list(told) == [(2, "#22"), (3, "record 3"), (4, "#24"), (5, "#25"), (6, "#26"), (7, "#27")]
    for name, field in (
        ((2, "#22"), "title"),
        ((4, "#24"), "title"),
        ((5, "#25"), "created_at"),
        ((6, "#26"), "labels"),
    ):
        assert field in told[name]
    assert all(reason and "\n" not in reason for reason in told.values())


def test_broken_lines_are_told_by_number_and_the_good_ones_go_on(github: Path) -> None:
    """A line that was cut off does not take the others with it."""
    contents = read_issues(github / "broken.ndjson")
    assert [task.title for task in contents.tasks] == ["Good before", "Good after"]
    assert [broken.number for broken in contents.broken] == [2, 3]


def test_a_file_of_something_else_is_refused(github: Path) -> None:
    """JSON it is, but no issue is in it; the first fault says why."""
    with pytest.raises(UnreadableFile, match=r"commits\.json holds no GitHub issue: .*number"):
        read_issues(github / "commits.json")


def test_an_empty_list_is_refused(tmp_path: Path) -> None:
    """Somebody saved the wrong answer."""
    with pytest.raises(UnreadableFile, match="holds no GitHub issue"):
        read(tmp_path)


def test_a_file_of_pull_requests_alone_is_no_fault(github: Path) -> None:
    """All of it was left out on purpose."""
    contents = read_issues(github / "pull-requests.json")
    assert (contents.tasks, len(contents.skipped), contents.broken) == ([], 1, [])


def test_a_task_goes_to_the_first_of_its_people_who_is_here(contents: Contents) -> None:
    """The others are remembered with the origin."""
    pilot = new_id(UserId)
    contents.assign({"pilot": pilot, "keeper": new_id(UserId)})
    assignees = {task.origin.source: task.assignee_id for task in contents.tasks}
    assert {source for source, person in assignees.items() if person == pilot} == {f"{SOURCE}1", f"{SOURCE}3"}
    assert {person for person in assignees.values() if person != pilot} == {None}


@given(
    field=st.sampled_from([*LEAST, "body", "user", "assignees", "labels", "milestone", "closed_at", "id"]),
    value=json_values,
)
def test_no_value_of_a_field_takes_the_others_down(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    """Whatever stands in one record, it is read or told, and the good one beside it is read."""
    good = {**LEAST, "number": 2}
    contents = read(tmp_path_factory.getbasetemp(), {**LEAST, field: value}, good)
    assert contents.tasks
    assert len(contents.tasks) + len(contents.broken) + len(contents.skipped) == 2
