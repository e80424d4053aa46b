"""Where somebody is signed in."""

from pathlib import Path

import pytest

from ..terminal import Terminal


@pytest.fixture
def laptop(newcomer: Terminal, tmp_path: Path) -> Terminal:
    """Another device of the newcomer's, signed in."""
    terminal = Terminal(tmp_path / "laptop", server=newcomer.server, email=newcomer.email)
    terminal.sign_in()
    return terminal


def test_every_device_is_listed_and_this_one_has_a_star(newcomer: Terminal, laptop: Terminal) -> None:
    """Each sees itself."""
    sessions = newcomer.read("sessions", "list")["items"]
    assert len(sessions) == 2
    assert [each["here"] for each in sessions].count(True) == 1
    rows = newcomer.type("sessions").stdout.splitlines()[1:]
    assert [row.startswith("*") for row in rows].count(True) == 1
    assert {each["device"].partition(" on ")[0] for each in sessions} == {"Colonnade CLI"}


def test_a_device_is_signed_out_at_once(newcomer: Terminal, laptop: Terminal) -> None:
    """By the short id that the list shows; the other one stays."""
    (there,) = (each["id"] for each in newcomer.read("sessions", "list")["items"] if not each["here"])
    newcomer.type("sessions", "revoke", there.replace("-", "")[-8:].upper())
    laptop.refusal("whoami", exit_code=3)
    newcomer.type("whoami")


def test_signing_this_device_out_forgets_the_tokens(newcomer: Terminal) -> None:
    """As `logout` does."""
    (here,) = newcomer.read("sessions", "list")["items"]
    newcomer.type("sessions", "revoke", here["id"])
    assert "token" not in (newcomer.folder / "credentials.json").read_text()


def test_everything_is_signed_out_but_this_if_that_is_kept(newcomer: Terminal, laptop: Terminal) -> None:
    """And without exception if not."""
    assert newcomer.type("sessions", "revoke-all", "--keep-this").stdout == "Signed out 1 times.\n"
    laptop.refusal("whoami", exit_code=3)
    newcomer.type("whoami")
    newcomer.type("sessions", "revoke-all")
    newcomer.refusal("whoami", exit_code=3)


def test_what_is_not_there_is_not_signed_out(newcomer: Terminal) -> None:
    """The sentence names the command that shows what is."""
    assert "colonnade sessions list" in newcomer.refusal("sessions", "revoke", "0123abcd", exit_code=4)
