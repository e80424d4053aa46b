"""Personal tokens for scripts."""

from ..terminal import Terminal

READING = ("--permission", "workspace.read", "--permission", "project.read", "--permission", "task.read")


def test_a_token_is_shown_once_and_alone_if_that_is_wanted(ada: Terminal) -> None:
    """What is beside it goes to standard error, and the list has only its beginning."""
    token = ada.type("tokens", "create", "nightly", *READING, "--quiet").stdout.strip()
    assert token.startswith("clnp_")
    assert len(token.split()) == 1
    assert token not in ada.type("tokens", "list").stdout
    (row,) = ada.type("tokens").stdout.splitlines()[1:]
    for part in ("nightly", "everything", "never"):
        assert part in row


def test_a_script_reads_one_project_and_nothing_else(ada: Terminal, terminal: Terminal) -> None:
    """It sees no other project, and changes nothing in this one."""
    ada.type("projects", "create", "OPS", "Operations")
    ada.type("tasks", "create", "Steer", "--project", "OPS")
    ada.type("tasks", "create", "Write", "--project", "WEB")
    token = ada.type(
        "tokens", "create", "nightly", *READING, "--project", "WEB", "--days", "7", "--quiet"
    ).stdout.strip()
    given = {"COLONNADE_TOKEN": token, "COLONNADE_SERVER": ada.server}
    assert "Write" in terminal.type("tasks", "list", **given).stdout
    assert "Steer" not in terminal.type("tasks", "list", **given).stdout
    assert terminal.type("projects", **given).stdout.count("\n") == 2
    terminal.refusal("tasks", "show", "OPS-1", exit_code=4, **given)
    terminal.refusal("tasks", "done", "WEB-1", exit_code=8, **given)
    terminal.refusal("tokens", "create", "more", *READING, exit_code=8, **given)


def test_a_revoked_token_is_good_no_more(ada: Terminal, terminal: Terminal) -> None:
    """At its next use; it is named by its name or its id."""
    token = ada.type("tokens", "create", "nightly", *READING, "--quiet").stdout.strip()
    given = {"COLONNADE_TOKEN": token, "COLONNADE_SERVER": ada.server}
    terminal.type("whoami", **given)
    assert ada.type("tokens", "revoke", "nightly").stdout == "nightly is good no more.\n"
    terminal.refusal("whoami", exit_code=3, **given)
    assert ada.read("tokens", "list")["items"] == []


def test_two_of_one_name_are_told_apart_by_their_ids(ada: Terminal) -> None:
    """The sentence has both."""
    ids = {ada.read("tokens", "create", "nightly", *READING)["details"]["id"] for _ in range(2)}
    sentence = ada.refusal("tokens", "revoke", "nightly", exit_code=6)
    assert all(each.replace("-", "")[-8:] in sentence for each in ids)
    ada.type("tokens", "revoke", ids.pop())
    assert len(ada.read("tokens", "list")["items"]) == 1


def test_what_cannot_be_is_refused(ada: Terminal) -> None:
    """No such permission, too long a life, no such project, no permission at all, no such token."""
    assert "task.read" in ada.refusal("tokens", "create", "t", "--permission", "task.fly", exit_code=6)
    for days in ("367", "9999"):
        sentence = ada.refusal("tokens", "create", "t", *READING, "--days", days, exit_code=6)
        assert sentence == "a token is good for at most 366 days"
    ada.refusal("tokens", "create", "t", *READING, "--project", "NOPE", exit_code=4)
    ada.type("tokens", "create", "t", exit_code=2)
    assert "colonnade tokens list" in ada.refusal("tokens", "revoke", "t", exit_code=4)
