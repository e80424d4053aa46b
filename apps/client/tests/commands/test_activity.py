"""What was done to a task."""

from ..terminal import Terminal, eventually


def activity_of(person: Terminal, count: int, *words: str) -> list[str]:
    """The rows about WEB-1, as soon as there are so many."""

    def look() -> list[str] | None:
        rows = person.type("activity", "WEB-1", *words).stdout.splitlines()[1:]
        return [row.partition(" UTC  ")[2].rstrip() for row in rows] if len(rows) == count else None

    return eventually(look, f"{count} things were done")


def test_what_was_done_is_told_in_words_the_newest_first(ada: Terminal, grace: Terminal) -> None:
    """With names instead of ids."""
    ada.type("tasks", "create", "Write", "--label", "docs")
    ada.type("tasks", "assign", "WEB-1", grace.email)
    grace.type("tasks", "move", "WEB-1", "in_progress")
    grace.type("tasks", "assign", "WEB-1", "nobody")
    grace.type("tasks", "edit", "WEB-1", "--label", "a", "--label", "b")
    rows = [row.split(maxsplit=3) for row in activity_of(ada, 5)]
    assert rows == [
        ["Grace", "task", "labelled", "labels: a b"],
        ["Grace", "task", "assigned", "assignee: none"],
        ["Grace", "task", "moved", "source: todo, target: in_progress"],
        ["Ada", "task", "assigned", "assignee: Grace"],
        ["Ada", "task", "created", "key: WEB-1, title: Write, status: todo, labels: docs, priority: none"],
    ]


def test_who_has_left_stays_in_what_they_did(ada: Terminal, grace: Terminal) -> None:
    """Without a name."""
    ada.type("tasks", "create", "Write")
    grace.type("tasks", "assign", "WEB-1", "me")
    ada.type("members", "offboard", grace.email, "--wait")
    rows = activity_of(ada, 3)
    assert rows[1] == "somebody who left  task assigned  assignee: somebody who left"


def test_a_limit_cuts_the_list_and_says_so(ada: Terminal) -> None:
    """Beside the table."""
    ada.type("tasks", "create", "Write")
    ada.type("tasks", "done", "WEB-1")
    activity_of(ada, 3)
    assert len(activity_of(ada, 1, "--limit", "1")) == 1
    assert "--limit" in ada.type("activity", "WEB-1", "--limit", "1").stderr


def test_a_task_that_is_not_there_has_no_activity(ada: Terminal) -> None:
    """It is not empty, but missing."""
    ada.refusal("activity", "WEB-99", exit_code=4)
