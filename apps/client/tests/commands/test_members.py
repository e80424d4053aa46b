"""Members who leave."""

from ..conftest import NewPerson
from ..terminal import Terminal, eventually


def test_members_are_listed_if_nothing_else_is_said(ada: Terminal, grace: Terminal) -> None:
    """By name, as `workspaces members` lists them."""
    listed = ada.type("members").stdout
    assert grace.email in listed
    assert listed == ada.type("members", "list").stdout == ada.type("workspaces", "members").stdout


def test_an_off_boarding_is_watched_to_its_end(ada: Terminal, grace: Terminal) -> None:
    """Each step is told; in the end nothing of hers is left."""
    ada.type("tasks", "create", "Write", "--assignee", grace.email)
    ada.type("projects", "lead", "WEB", grace.email)
    result = ada.type("members", "offboard", grace.email, "--wait")
    steps = [line.partition(" UTC  ")[2] for line in result.stdout.splitlines()]
    assert [each for each in steps if each.endswith(": done")] == [
        "revoke_sessions: done",
        "hand_over_tasks: done",
        "leave_projects: done",
        "remove_membership: done",
        "tell_owners: done",
    ]
    assert steps[-1] == "completed"
    adas_id = ada.read("whoami")["id"]
    assert [each["user_id"] for each in ada.read("members", "list")["items"]] == [adas_id]
    assert ada.read("tasks", "show", "WEB-1")["assignee_id"] == adas_id
    assert ada.read("projects", "show", "WEB")["lead_id"] == adas_id
    grace.refusal("whoami", exit_code=3)


def test_somebody_else_takes_over_if_that_is_said(ada: Terminal, grace: Terminal, new_person: NewPerson) -> None:
    """And not whoever types the command."""
    heir = new_person("Hedy")
    ada.type("workspaces", "add-member", heir.email)
    ada.type("tasks", "create", "Write", "--assignee", grace.email)
    ada.type("members", "offboard", grace.email, "--heir", heir.email, "--wait")
    assert ada.read("tasks", "show", "WEB-1")["assignee_id"] == heir.read("whoami")["id"]


def test_without_waiting_it_is_told_how_to_look(ada: Terminal, grace: Terminal) -> None:
    """The command that is named shows the process."""
    said = ada.type("members", "offboard", grace.email).stdout
    words = said.split("'")[1].split()[1:]
    eventually(lambda: "completed" in ada.type(*words).stdout, "the off-boarding is completed")


def test_who_cannot_leave_is_told_why(ada: Terminal, newcomer: Terminal, grace: Terminal) -> None:
    """Nobody is no member, strangers neither, and the last owner stays."""
    ada.refusal("members", "offboard", "nobody", exit_code=6)
    ada.refusal("members", "offboard", grace.email, "--heir", "nobody", exit_code=6)
    ada.refusal("members", "offboard", newcomer.email, exit_code=4)
    ada.refusal("members", "offboard", "me", "--heir", grace.email, exit_code=5)
    grace.refusal("members", "offboard", ada.email, exit_code=8)
    assert len(ada.read("members", "list")["items"]) == 2


def test_whoever_leaves_cannot_watch_it(ada: Terminal, new_person: NewPerson) -> None:
    """Their sign-in ends with it, and the process goes on."""
    heir = new_person("Hedy")
    ada.type("workspaces", "add-member", heir.email, "--role", "owner")
    result = ada.type("members", "offboard", "me", "--heir", heir.email, "--wait", exit_code=3)
    assert "but the process goes on: 'colonnade processes show" in result.stderr
    eventually(lambda: len(heir.read("members", "list")["items"]) == 1, "Ada has left")
