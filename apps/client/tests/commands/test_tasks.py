"""Tasks: made, read, changed."""

import pytest

from ..conftest import NewPerson
from ..terminal import Terminal


@pytest.fixture
def task(ada: Terminal) -> Terminal:
    """Somebody with the task WEB-1."""
    ada.type("tasks", "create", "Write")
    return ada


def test_a_task_has_everything_that_was_said_about_it(ada: Terminal) -> None:
    """Each option ends up in its field."""
    made = ada.read(
        "tasks", "create", "Write", "--description", "At length.\n\nIn *Markdown*.", "--assignee", "me",
        "--label", "docs", "--label", "bug", "--priority", "high", "--due", "2031-02-03",
    )  # fmt: skip
    assert made["description"] == "At length.\n\nIn *Markdown*."
    assert made["assignee_id"] == ada.read("whoami")["id"]
    assert sorted(made["labels"]) == ["bug", "docs"]
    assert (made["key"], made["status"], made["priority"], made["due_on"]) == ("WEB-1", "todo", "high", "2031-02-03")


def test_a_person_sees_the_task_in_words(ada: Terminal) -> None:
    """Names instead of ids, and the description below."""
    ada.type("tasks", "create", "Write", "--description", "At length.", "--assignee", "me")
    text = ada.type("tasks", "show", "WEB-1").stdout
    assert f"Ada <{ada.email}>" in text
    assert text.endswith("\nAt length.\n")


def test_the_filter_is_made_of_all_words(ada: Terminal) -> None:
    """Terms and words to look for stand beside each other, in one argument or in several."""
    for title, label in (("Mend the harbour light", "bug"), ("Paint the harbour light", "chore"), ("Mend nets", "bug")):
        ada.type("tasks", "create", title, "--label", label)
    for words in (("harbour", "label:bug"), ("harbour label:bug",), ('"harbour light" -label:chore',), ("light mend",)):
        listed = ada.read("tasks", "list", *words)["items"]
        assert [each["title"] for each in listed] == ["Mend the harbour light"]


def test_a_term_with_a_minus_needs_no_other_sign(ada: Terminal) -> None:
    """The help shows `-label:blocked`, so it works as it stands there, with any term and beside any option."""
    ada.type("tasks", "create", "Mend nets", "--label", "web", "--priority", "high")
    ada.type("tasks", "create", "Paint")
    for words in (
        ("-label:web",),
        ("-label:web", "-p", "WEB"),
        ("status:open", "-priority:high"),
        ("-priority>=high",),
    ):
        assert [each["title"] for each in ada.read("tasks", "list", *words)["items"]] == ["Paint"]


def test_a_word_with_a_minus_stands_after_two(ada: Terminal) -> None:
    """What could be an option is none after `--`."""
    ada.type("tasks", "create", "Mend nets")
    ada.type("tasks", "create", "Paint")
    assert [each["title"] for each in ada.read("tasks", "list", "--json", "--", "-nets")["items"]] == ["Paint"]


def test_all_follows_the_pages(ada: Terminal) -> None:
    """Each task comes once, in order, and there is no next page any more."""
    for number in range(5):
        ada.type("tasks", "create", f"Task {number}")
    page = ada.read("tasks", "list", "--limit", "2", "--sort", "created")
    assert [each["key"] for each in page["items"]] == ["WEB-1", "WEB-2"]
    assert page["next"]
    everything = ada.read("tasks", "list", "--limit", "2", "--sort", "created", "--all")
    assert [each["number"] for each in everything["items"]] == [1, 2, 3, 4, 5]
    assert everything["next"] is None


def test_a_page_that_is_not_the_last_says_so_beside_the_table(ada: Terminal) -> None:
    """The hint is on standard error, where no program reads it as a row."""
    for number in range(3):
        ada.type("tasks", "create", f"Task {number}")
    result = ada.type("tasks", "list", "--limit", "2")
    assert len(result.stdout.splitlines()) == 3
    assert "--all" in result.stderr
    assert ada.type("tasks", "list", "--limit", "2", "--all").stderr == ""


def test_a_list_is_of_one_project_only_if_that_is_said(ada: Terminal) -> None:
    """The project in use narrows what is made, and not what is seen."""
    ada.type("tasks", "create", "Write")
    ada.type("projects", "create", "OPS", "Operations")
    ada.type("tasks", "create", "Run")
    assert {each["key"] for each in ada.read("tasks", "list")["items"]} == {"WEB-1", "OPS-1"}
    assert {each["key"] for each in ada.read("tasks", "list", "--project", "web")["items"]} == {"WEB-1"}


def test_what_is_not_named_stays_as_it_is(task: Terminal) -> None:
    """An edit changes one field."""
    before = task.read("tasks", "edit", "WEB-1", "--description", "x", "--label", "a", "--due", "2031-02-03")
    after = task.read("tasks", "edit", "WEB-1", "--title", "Read")
    assert {name for name in after if after[name] != before[name]} == {"title", "updated_at", "version"}


def test_what_can_be_set_can_be_taken_away(task: Terminal) -> None:
    """Labels, a due date and a description have an end."""
    task.type("tasks", "edit", "WEB-1", "--description", "x", "--label", "a", "--label", "b", "--due", "2031-02-03")
    bare = task.read("tasks", "edit", "WEB-1", "--description", "", "--no-labels", "--no-due")
    assert (bare["description"], bare["labels"], bare["due_on"]) == ("", [], None)


def test_a_task_moves_along_the_workflow_and_nowhere_else(task: Terminal) -> None:
    """A refused move names the moves that there are."""
    assert task.read("tasks", "move", "WEB-1", "in_progress")["status"] == "in_progress"
    task.type("tasks", "done", "WEB-1")
    sentence = task.refusal("tasks", "move", "WEB-1", "in_review", exit_code=5)
    assert "cannot move to in_review" in sentence
    assert task.read("tasks", "show", "WEB-1")["status"] == "done"


def test_a_finished_task_can_be_taken_up_again(task: Terminal) -> None:
    """It is complete for as long as it is done."""
    assert task.read("tasks", "done", "WEB-1")["completed_at"] is not None
    reopened = task.read("tasks", "reopen", "WEB-1")
    assert (reopened["status"], reopened["completed_at"]) == ("todo", None)


def test_a_change_can_insist_on_the_version_that_was_seen(task: Terminal, new_person: NewPerson) -> None:
    """What somebody else has changed in between is refused, and goes through with the new version."""
    grace = new_person("Grace")
    task.type("workspaces", "add-member", grace.email)
    for number, (change, *rest) in enumerate(
        [("edit", "--title", "Mine"), ("move", "in_progress"), ("assign", "me"), ("done",)]
    ):
        seen = task.read("tasks", "show", "WEB-1")["version"]
        theirs = grace.read("tasks", "edit", "WEB-1", "--title", f"Theirs {number}")
        task.refusal("tasks", change, "WEB-1", *rest, "--if-version", str(seen), exit_code=5)
        assert task.read("tasks", "show", "WEB-1") == theirs
        task.type("tasks", change, "WEB-1", *rest, "--if-version", str(theirs["version"]))


def test_a_deleted_task_is_gone_from_the_list(task: Terminal) -> None:
    """It is in the bin, and the command says so."""
    assert task.type("tasks", "delete", "web-1").stdout == "WEB-1 is in the bin.\n"
    assert task.read("tasks", "list")["items"] == []
