"""Projects that not everybody sees."""

from ..conftest import NewPerson
from ..terminal import Terminal


def test_a_private_project_is_seen_by_those_with_whom_it_is_shared(ada: Terminal, grace: Terminal) -> None:
    """To others it does not exist, until it is open again."""
    ada.type("tasks", "create", "Write")
    assert "Seen by" in ada.type("projects", "private", "WEB").stdout
    assert "private" in ada.type("projects").stdout
    grace.refusal("projects", "show", "WEB", exit_code=4)
    grace.refusal("tasks", "show", "WEB-1", exit_code=4)
    assert ada.type("projects", "share", "WEB", grace.email).stdout == "WEB is shared with Grace.\n"
    grace.type("tasks", "show", "WEB-1")
    assert grace.email in ada.type("projects", "members", "WEB").stdout
    assert ada.type("projects", "unshare", "WEB", grace.email).stdout == "WEB is shared with Grace no longer.\n"
    grace.refusal("tasks", "show", "WEB-1", exit_code=4)
    ada.type("projects", "open", "WEB")
    grace.type("tasks", "show", "WEB-1")


def test_a_guest_sees_what_is_shared_and_nobodys_name(ada: Terminal, new_person: NewPerson) -> None:
    """Commands that show people go without names."""
    guest = new_person("Gustav")
    ada.type("workspaces", "add-member", guest.email, "--role", "guest")
    ada.type("tasks", "create", "Write", "--assignee", "me")
    assert guest.read("projects", "list")["items"] == []
    ada.type("projects", "share", "WEB", guest.email)
    assert "Assignee  somebody\n" in guest.type("tasks", "show", "WEB-1").stdout
    for words in (("tasks", "list"), ("activity", "WEB-1"), ("projects", "show", "WEB")):
        assert ada.email not in guest.type(*words).stdout
    guest.refusal("members", exit_code=8)


def test_nobody_and_strangers_are_not_shared_with(ada: Terminal, newcomer: Terminal) -> None:
    """Only those who belong to the workspace."""
    ada.refusal("projects", "share", "WEB", "nobody", exit_code=6)
    ada.refusal("projects", "share", "WEB", newcomer.email, exit_code=4)
