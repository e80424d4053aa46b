"""The journey of somebody new: an account, the mail that confirms it, and another password when theirs is forgotten."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from stat import S_IMODE

import pytest

from .installation import Installation, eventually, running
from .terminal import Person

EMAIL = "ada@example.com"
PASSWORD = "difference-engine-of-1822"
ANOTHER = "analytical-engine-of-1837"
PUBLIC_URL = "https://work.example.com"
SETTINGS = {"COLONNADE_IDENTITY__CONFIRM_EMAIL": "true", "COLONNADE_HTTP__PUBLIC_URL": PUBLIC_URL}


@pytest.fixture
def installation(variables: dict[str, str], tmp_path: Path) -> Iterator[Installation]:
    """An installation as it comes, but for its address, on each engine in turn."""
    with running(tmp_path, variables | SETTINGS) as installation:
        yield installation


def mails(folder: Path) -> list[str]:
    """Return the texts of the mails to Ada, the first one first: without a mail server only their owner reads them."""
    files = sorted((folder / "data" / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    assert {S_IMODE(file.stat().st_mode) for file in files} <= {0o600}
    read = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    bodies = [mail.get_body(("plain",)) for mail in read if mail["To"] == EMAIL]
    return [body.get_content() for body in bodies if body is not None]


def link_of(folder: Path, number: int) -> str:
    """Wait for a mail, and return the link in it."""
    eventually(lambda: len(mails(folder)) == number)
    (link,) = re.findall(rf"{PUBLIC_URL}/\S+", mails(folder)[-1])
    return str(link)


def test_somebody_signs_up_and_forgets_their_password(installation: Installation, tmp_path: Path) -> None:
    """Nothing is open before the address is confirmed; a link is mailed again, and good once; a reset signs out."""
    ada, server = Person(tmp_path / "ada"), ("--server", installation.url)
    login = ("colonnade", "login", *server, "--email", EMAIL, "--password-stdin")
    register = ("colonnade", "register", *server, "--email", EMAIL, "--name", "Ada Lovelace", "--password-stdin")
    assert "Look into your mail" in ada.run(*register, typed=f"{PASSWORD}\n").stdout
    assert "not confirmed" in ada.run(*login, typed=f"{PASSWORD}\n", exit_code=3).stderr

    eventually(lambda: len(mails(tmp_path)) == 1)
    assert "If an account waits" in ada.type("account", "resend-confirmation", EMAIL, *server)
    confirm = ("account", "confirm", link_of(tmp_path, 2), *server)
    assert "Your address is confirmed" in ada.type(*confirm)
    ada.refusal(*confirm, exit_code=4)
    ada.run(*login, typed=f"{PASSWORD}\n")
    ada.type("workspaces", "create", "Engines")

    assert "Look into your mail" in ada.run(*register, typed=f"{ANOTHER}\n").stdout
    eventually(lambda: len(mails(tmp_path)) == 3)
    assert ada.read("whoami")["email"] == EMAIL

    ada.type("account", "forgot-password", EMAIL, *server)
    reset = ("colonnade", "account", "reset-password", "--token", link_of(tmp_path, 4), "--password-stdin", *server)
    ada.run(*reset, typed="password1\n", exit_code=6)
    ada.run(*reset, typed=f"{ANOTHER}\n")
    ada.refusal("whoami", exit_code=3)
    ada.run(*login, typed=f"{PASSWORD}\n", exit_code=3)
    ada.run(*login, typed=f"{ANOTHER}\n")
    assert [workspace["name"] for workspace in ada.read("workspaces", "list")["items"]] == ["Engines"]
