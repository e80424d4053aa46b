"""Projects."""

from ..terminal import Terminal


def test_a_new_project_is_the_one_in_use(ada: Terminal) -> None:
    """The key is in capitals however it was typed, and the star moves."""
    assert ada.read("projects", "create", "ops", "Operations")["key"] == "OPS"
    rows = [row.split()[:2] for row in ada.type("projects").stdout.splitlines()[1:]]
    assert sorted(rows) == [["*", "OPS"], ["WEB", "Website"]]


def test_a_project_shows_where_its_tasks_can_go(ada: Terminal) -> None:
    """Every status stands with the statuses that follow it."""
    lines = ada.type("projects", "show", "WEB").stdout.splitlines()
    assert any(line.startswith("To do") and "todo →" in line and "in_progress" in line for line in lines)


def test_archived_projects_are_listed_if_they_are_asked_for(ada: Terminal) -> None:
    """They are marked as such, and nothing is opened in them."""
    ada.type("projects", "archive", "WEB")
    assert ada.read("projects", "list")["items"] == []
    (_, row) = ada.type("projects", "list", "--archived").stdout.splitlines()
    assert row.split()[-1] == "archived"
    ada.refusal("tasks", "create", "Write", "--project", "WEB", exit_code=5)
