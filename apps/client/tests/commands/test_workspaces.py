"""Workspaces and who belongs to them."""

from ..conftest import NewPerson
from ..terminal import Terminal


def test_a_new_workspace_is_the_one_in_use(newcomer: Terminal) -> None:
    """A star marks it, and whoever made it owns it."""
    made = newcomer.read("workspaces", "create", "Harbour Bakery of Nora")
    assert (made["slug"], made["role"]) == ("harbour-bakery-of-nora", "owner")
    (_, row) = newcomer.type("workspaces").stdout.splitlines()
    assert row.split() == ["*", "harbour-bakery-of-nora", "Harbour", "Bakery", "of", "Nora", "owner"]


def test_the_list_is_what_is_done_if_nothing_else_is_said(ada: Terminal) -> None:
    """`workspaces` alone is `workspaces list`."""
    assert ada.type("workspaces").stdout == ada.type("workspaces", "list").stdout


def test_somebody_with_an_account_is_let_in_with_a_role(ada: Terminal, new_person: NewPerson) -> None:
    """They are in the list of members and see the workspace."""
    grace = new_person("Grace")
    said = ada.type("workspaces", "add-member", grace.email, "--role", "admin").stdout
    assert said.startswith("Grace ")
    assert "admin of Engines" in said
    members = {each["email"]: each["role"] for each in ada.read("workspaces", "members")["items"]}
    assert members == {ada.email: "owner", grace.email: "admin"}
    assert grace.read("workspaces", "list")["items"][0]["role"] == "admin"
    assert grace.email in ada.type("workspaces", "members").stdout


def test_somebody_without_an_account_is_not_let_in(ada: Terminal) -> None:
    """They have to make one first."""
    ada.refusal("workspaces", "add-member", "stranger@example.com", exit_code=4)


def test_a_slug_belongs_to_one_workspace(ada: Terminal, newcomer: Terminal) -> None:
    """Whoever comes second is told so."""
    (taken,) = ada.read("workspaces", "list")["items"]
    newcomer.refusal("workspaces", "create", "Engines", "--slug", taken["slug"], exit_code=5)
