"""Roles of a workspace's own, who has them, and why that allows what it does."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..terminal import Terminal, register, serving

HOW_TO = Path(__file__).parents[4] / "docs" / "how-to" / "roles-and-sharing.md"


def define_reviewer(ada: Terminal) -> None:
    """Let there be a role that changes only what is assigned to it."""
    grants = ("project.read", "member.read", "task.read", "task.edit:assignee")
    ada.type("roles", "define", "reviewer", *(word for grant in grants for word in ("--grant", grant)))


def test_the_roles_are_listed_with_what_they_allow(ada: Terminal) -> None:
    """The workspace's own come last and say what they stand on."""
    define_reviewer(ada)
    roles = ada.read("roles", "list")["items"]
    assert [role["name"] for role in roles] == ["owner", "admin", "member", "guest", "reviewer"]
    assert "task.edit:assignee" in roles[-1]["grants"]
    text = ada.type("roles").stdout
    assert "Stands on  member" in text


def test_whoever_has_an_own_role_may_do_what_it_allows_from_the_next_request_on(ada: Terminal, grace: Terminal) -> None:
    """And nothing more."""
    define_reviewer(ada)
    ada.type("tasks", "create", "Write")
    ada.type("tasks", "create", "Read", "--assignee", grace.email)
    grace.type("tasks", "edit", "WEB-1", "--title", "Write more")
    said = ada.type("members", "role", grace.email, "reviewer").stdout
    assert said == "Grace is a reviewer of Engines now.\n"
    grace.refusal("tasks", "edit", "WEB-1", "--title", "Write less", exit_code=8)
    grace.type("tasks", "edit", "WEB-2", "--title", "Read more")
    assert "reviewer" in ada.type("members").stdout


def test_somebody_is_let_in_with_an_own_role(ada: Terminal, newcomer: Terminal) -> None:
    """As with one that every workspace has."""
    define_reviewer(ada)
    assert "a reviewer of" in ada.type("workspaces", "add-member", newcomer.email, "--role", "reviewer").stdout


def test_a_role_that_is_not_there_is_not_given(ada: Terminal, grace: Terminal) -> None:
    """The sentence has those that are."""
    assert "owner, admin, member, guest" in ada.refusal("members", "role", grace.email, "king", exit_code=4)


def test_a_role_is_taken_away_when_nobody_has_it(ada: Terminal, grace: Terminal) -> None:
    """Not before."""
    define_reviewer(ada)
    ada.type("members", "role", grace.email, "reviewer")
    ada.refusal("roles", "remove", "reviewer", exit_code=5)
    ada.type("members", "role", grace.email, "member")
    ada.type("roles", "remove", "reviewer")
    ada.refusal("roles", "remove", "reviewer", exit_code=4)


def test_what_is_for_owners_alone_is_in_no_own_role(ada: Terminal, grace: Terminal) -> None:
    """Nor does anybody else make roles, or give the last owner another one."""
    ada.refusal("roles", "define", "king", "--grant", "role.manage", exit_code=6)
    ada.refusal("roles", "define", "owner", "--grant", "task.read", exit_code=6)
    ada.refusal("roles", "define", "flyer", "--grant", "task.fly", exit_code=6)
    grace.refusal("roles", "define", "reviewer", "--grant", "task.read", exit_code=8)
    ada.refusal("members", "role", "me", "member", exit_code=5)


def test_why_somebody_may_not_is_explained(ada: Terminal, grace: Terminal) -> None:
    """Step by step; with the task if that is what it depends on."""
    ada.type("tasks", "create", "Write")
    text = ada.type("access", "explain", grace.email, "tasks.delete", "--task", "WEB-1").stdout
    assert text.startswith("Refused (forbidden): ")
    assert "is member of the workspace" in text
    ada.type("tasks", "assign", "WEB-1", grace.email)
    assert ada.read("access", "explain", grace.email, "tasks.delete", "--task", "WEB-1")["allowed"] is True
    assert ada.type("access", "explain", grace.email, "tasks.create").stdout.startswith("Allowed: tasks.create")
    grace.refusal("access", "explain", ada.email, "tasks.create", exit_code=8)
    ada.refusal("access", "explain", grace.email, "tasks.fly", exit_code=4)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("roles", "define", "x", "--grant", "task.read"), "name"),
        (("roles", "remove", "x"), "name"),
        (("projects", "create", "x", "Website"), "key"),
        (("workspaces", "create", " "), "name"),
        (("workspaces", "create", "Bakery", "--slug", "no slug"), "slug"),
        (("workspaces", "add-member", "nobody"), "email"),
        (("tasks", "create", " "), "title"),
        (("tasks", "create", "Write", "--label", " "), "labels"),
        (("webhooks", "create", "nowhere", "--event", "*"), "url"),
        (("webhooks", "create", "https://example.com/hook", "--event", "?"), "event_types"),
        (("notifications", "settings", "set", "--phone", "112"), "phone"),
        (("notifications", "settings", "set", "--timezone", "Nowhere/Here"), "timezone"),
    ],
    ids=lambda part: part if isinstance(part, str) else " ".join(part),
)
def test_what_breaks_a_rule_is_refused_by_field(ada: Terminal, words: tuple[str, ...], field: str) -> None:
    """So that nobody takes it for a fault of something else that was said."""
    assert ada.refusal(*words, exit_code=6).startswith(f"{field}: ")


def test_what_breaks_a_rule_is_refused_by_field_also_in_a_change(ada: Terminal) -> None:
    """As when something is made."""
    hook = ("https://example.com/hook", "--event", "*")
    ada.type("webhooks", "create", *hook)
    assert ada.refusal("webhooks", "edit", hook[0], "--url", "nowhere", exit_code=6).startswith("url: ")
    assert ada.refusal("webhooks", "edit", hook[0], "--event", "?", exit_code=6).startswith("event_types: ")


def steps_of(page: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the commands of a page in order, each with what the page shows that it prints."""
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *printed = step.splitlines()
            program, *words = shlex.split(command)
            if program == "colonnade":
                yield words, printed


def test_what_the_how_to_shows_happens(tmp_path: Path) -> None:
    """In its order, from its first line to its last."""
    with serving(tmp_path / "server") as server:
        register(server, "ada@example.com", "Ada Lovelace")
        register(server, "grace@example.com", "Grace Hopper")
        ada = Terminal(tmp_path / "ada", server=server, email="ada@example.com")
        ada.sign_in()
        ada.type("workspaces", "create", "Analytical Engines", "--slug", "engines")
        ada.type("projects", "create", "WEB", "Website")
        ada.type("workspaces", "add-member", "grace@example.com")
        for number in range(1, 13):
            ada.type("tasks", "create", f"Task {number}")
        for words, printed in steps_of(HOW_TO):
            said = ada.type(*words).stdout.splitlines()
            assert not printed or said == printed, words
