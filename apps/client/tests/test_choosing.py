"""Which workspace, project, task or person somebody means."""

import pytest

from .conftest import NewPerson
from .terminal import Terminal


@pytest.fixture
def two_places(newcomer: Terminal) -> Terminal:
    """Somebody with two workspaces and two projects in each; the first project of the first workspace is in use."""
    for name in ("Bakery", "Engines"):
        newcomer.type("workspaces", "create", name, "--slug", slug_of(newcomer, name))
        newcomer.type("projects", "create", "OPS", f"{name} operations")
        newcomer.type("projects", "create", "WEB", f"{name} website")
    newcomer.type("projects", "use", "OPS", "--workspace", slug_of(newcomer, "Bakery"))
    return newcomer


def slug_of(person: Terminal, name: str) -> str:
    """A slug that no other test uses."""
    return f"{name.lower()}-{person.email.partition('@')[0]}"


def forget_choices(person: Terminal) -> None:
    """Come back as somebody who has chosen nothing."""
    (person.folder / "state.json").unlink()
    person.sign_in()


def test_the_only_workspace_and_the_only_project_need_no_name(ada: Terminal) -> None:
    """Somebody who has one of each types nothing but the title."""
    forget_choices(ada)
    assert ada.read("tasks", "create", "Write")["key"] == "WEB-1"


def test_a_workspace_is_found_by_its_slug_its_id_and_its_name(two_places: Terminal) -> None:
    """Whatever one has at hand names it."""
    (engines,) = (each for each in two_places.read("workspaces", "list")["items"] if each["name"] == "Engines")
    for said in (engines["slug"], engines["id"], "Engines"):
        names = {each["name"] for each in two_places.read("projects", "list", "--workspace", said)["items"]}
        assert names == {"Engines operations", "Engines website"}


def test_a_project_is_found_by_its_key_in_any_case_and_by_its_id(two_places: Terminal) -> None:
    """Nobody needs the shift key for a project."""
    website = two_places.read("projects", "show", "WEB")
    assert two_places.read("projects", "show", "web") == website
    assert two_places.read("projects", "show", website["id"]) == website


def test_a_task_is_found_by_its_key_in_any_case_and_by_its_id(ada: Terminal) -> None:
    """Nor for a task."""
    task = ada.read("tasks", "create", "Write")
    assert ada.read("tasks", "show", "web-1") == task
    assert ada.read("tasks", "show", task["id"]) == task


def test_what_is_in_use_is_meant_where_nothing_is_said(two_places: Terminal) -> None:
    """The choice is remembered, and another one replaces it."""
    assert two_places.read("tasks", "create", "Bake")["key"] == "OPS-1"
    assert two_places.type("workspaces", "use", slug_of(two_places, "Engines")).stdout == "Engines is in use now.\n"
    assert two_places.type("projects", "use", "WEB").stdout == "Engines website is in use now.\n"
    assert two_places.read("tasks", "create", "Build")["key"] == "WEB-1"


def test_what_is_said_is_meant_before_what_is_in_use(two_places: Terminal) -> None:
    """An option is for one command, and changes no choice."""
    said = two_places.read("tasks", "create", "Elsewhere", "-w", slug_of(two_places, "Engines"), "-p", "WEB")
    assert said["key"] == "WEB-1"
    assert two_places.read("tasks", "create", "Bake")["key"] == "OPS-1"


def test_another_workspace_comes_without_the_project_in_use(two_places: Terminal) -> None:
    """A task must not land in a project of the same key that nobody has chosen there."""
    two_places.type("workspaces", "use", slug_of(two_places, "Engines"))
    assert "--project" in two_places.refusal("tasks", "create", "Build", exit_code=6)


def test_a_project_in_use_means_nothing_in_a_workspace_that_is_named(two_places: Terminal) -> None:
    """`--workspace` for one command must not pair with a project that was chosen elsewhere."""
    sentence = two_places.refusal("tasks", "create", "Build", "-w", slug_of(two_places, "Engines"), exit_code=6)
    assert "--project" in sentence


def test_of_several_none_is_guessed(two_places: Terminal) -> None:
    """The sentence says how to choose."""
    forget_choices(two_places)
    assert "colonnade workspaces use" in two_places.refusal("projects", "list", exit_code=6)
    two_places.type("workspaces", "use", slug_of(two_places, "Bakery"))
    assert "colonnade projects use" in two_places.refusal("tasks", "create", "Bake", exit_code=6)


def test_somebody_without_a_workspace_is_told_so(newcomer: Terminal) -> None:
    """Nothing can be chosen where there is nothing."""
    newcomer.refusal("projects", "list", exit_code=6)
    assert newcomer.read("workspaces", "list") == {"items": [], "next": None}


def test_a_name_that_nothing_has_is_repeated_in_the_sentence(ada: Terminal) -> None:
    """Somebody who mistyped sees it."""
    assert "'harbour'" in ada.refusal("projects", "list", "-w", "harbour", exit_code=4)
    assert "'OPS'" in ada.refusal("projects", "show", "OPS", exit_code=4)
    assert "'x@example.com'" in ada.refusal("tasks", "create", "x", "--assignee", "x@example.com", exit_code=4)
    assert "'what?'" in ada.refusal("tasks", "show", "what?", exit_code=6)


def test_a_workspace_of_others_is_no_hint_that_it_exists(ada: Terminal, newcomer: Terminal) -> None:
    """It is refused in the words for one that is not there."""
    (theirs,) = ada.read("workspaces", "list")["items"]
    for said in (theirs["slug"], theirs["id"], "nowhere"):
        sentence = newcomer.refusal("projects", "list", "-w", said, exit_code=4)
        assert sentence.replace(said, "…") == "you belong to no workspace '…': 'colonnade workspaces list' shows yours"


def test_an_archived_project_is_found_by_name_and_never_by_itself(ada: Terminal) -> None:
    """It can be looked at and restored, and no task goes there by default."""
    ada.type("projects", "create", "OPS", "Operations")
    ada.type("projects", "archive", "OPS")
    assert ada.read("projects", "show", "OPS")["archived_at"] is not None
    assert [each["key"] for each in ada.read("projects", "list")["items"]] == ["WEB"]
    ada.refusal("tasks", "create", "Write", exit_code=4)
    ada.type("projects", "restore", "OPS")
    assert ada.read("tasks", "create", "Write")["key"] == "OPS-1"


def test_a_person_is_me_or_nobody_or_an_address_in_any_case_or_an_id(ada: Terminal, new_person: NewPerson) -> None:
    """Each way to say it gives the task to the same person."""
    grace = new_person("Grace")
    ada.type("workspaces", "add-member", grace.email)
    graces_id, adas_id = grace.read("whoami")["id"], ada.read("whoami")["id"]
    ada.type("tasks", "create", "Write")
    for said, wanted in (
        ("me", adas_id),
        (grace.email, graces_id),
        ("nobody", None),
        (grace.email.upper(), graces_id),
        (adas_id, adas_id),
    ):
        assert ada.read("tasks", "assign", "WEB-1", said)["assignee_id"] == wanted


def test_somebody_outside_the_workspace_is_nobody_there(ada: Terminal, newcomer: Terminal) -> None:
    """An account elsewhere is no member here."""
    ada.type("tasks", "create", "Write")
    ada.refusal("tasks", "assign", "WEB-1", newcomer.email, exit_code=4)
