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


def test_somebody_leads_a_project_until_nobody_does(ada: Terminal, grace: Terminal) -> None:
    """Who it is stands with the project."""
    assert f"Lead         Grace <{grace.email}>" in ada.type("projects", "lead", "WEB", grace.email).stdout
    assert ada.read("projects", "lead", "WEB", "me")["lead_id"] == ada.read("whoami")["id"]
    assert f"Ada <{ada.email}>" in ada.type("projects", "show", "WEB").stdout
    assert ada.read("projects", "lead", "WEB", "--nobody")["lead_id"] is None
    assert "Lead" not in ada.type("projects", "show", "WEB").stdout


def test_only_a_member_leads_a_project(ada: Terminal, newcomer: Terminal) -> None:
    """A stranger is not found."""
    ada.refusal("projects", "lead", "WEB", newcomer.email, exit_code=4)


def test_options_of_the_list_need_no_list(ada: Terminal) -> None:
    """`projects --archived` is `projects list --archived`."""
    ada.type("projects", "archive", "WEB")
    assert ada.type("projects", "--archived").stdout == ada.type("projects", "list", "--archived").stdout
    assert "archived" in ada.type("projects", "--archived").stdout
    assert ada.type("projects", "--help").stdout.startswith("Usage: ")
