"""What is remembered between two commands."""

from pathlib import Path

import pytest

from colonnade.client.state import FOLDER_VARIABLE, SERVER_VARIABLE, State, config_folder

HERE, THERE = "https://here.example.com", "https://there.example.com"


@pytest.fixture(autouse=True)
def _no_server_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SERVER_VARIABLE, raising=False)


def test_a_new_machine_remembers_nothing(tmp_path: Path) -> None:
    """There is no server and no choice."""
    state = State(tmp_path)
    assert (state.server, state.choice("workspace"), state.choice("project")) == (None, None, None)


def test_what_is_remembered_outlives_the_command(tmp_path: Path) -> None:
    """The next command knows the server and the choices on it."""
    state = State(tmp_path)
    state.use_server(HERE)
    state.choose(workspace="engines", project="WEB")
    later = State(tmp_path)
    assert (later.server, later.choice("workspace"), later.choice("project")) == (HERE, "engines", "WEB")


def test_choices_belong_to_their_server(tmp_path: Path) -> None:
    """A workspace of one server is not in use on another, and is again when one comes back."""
    state = State(tmp_path)
    state.use_server(HERE)
    state.choose(workspace="engines")
    state.use_server(THERE)
    assert state.choice("workspace") is None
    state.use_server(HERE)
    assert state.choice("workspace") == "engines"


def test_a_choice_is_forgotten_by_choosing_none(tmp_path: Path) -> None:
    """Another workspace comes without the project of the one before."""
    state = State(tmp_path)
    state.use_server(HERE)
    state.choose(workspace="engines", project="WEB")
    state.choose(workspace="bakery", project=None)
    assert (State(tmp_path).choice("workspace"), State(tmp_path).choice("project")) == ("bakery", None)


def test_the_environment_names_the_server_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script can talk to another server without touching what a person uses."""
    State(tmp_path).use_server(HERE)
    monkeypatch.setenv(SERVER_VARIABLE, THERE)
    assert State(tmp_path).server == THERE
    monkeypatch.delenv(SERVER_VARIABLE)
    assert State(tmp_path).server == HERE


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path, content: bytes) -> None:
    """Somebody who spoiled the file signs in again, and sees no traceback."""
    (tmp_path / "state.json").write_bytes(content)
    state = State(tmp_path)
    assert state.server is None
    state.use_server(HERE)
    assert State(tmp_path).server == HERE


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else on the machine looks into it."""
    wanted = tmp_path / "of" / "ada"
    monkeypatch.setenv(FOLDER_VARIABLE, str(wanted))
    assert config_folder() == wanted
    assert wanted.stat().st_mode & 0o777 == 0o700


def test_without_a_wish_the_folder_is_where_the_system_keeps_such_things(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the platform's folder for configuration."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    folder = config_folder()
    assert folder.is_relative_to(tmp_path)
    assert folder.name == "colonnade"
