"""Signing in through a real identity provider, and linking accounts there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..provider import code_of, running_provider, type_with_browser
from ..terminal import Terminal, register, serving
from .test_two_factor import code_of as app_code
from .test_two_factor import set_up


@pytest.fixture(scope="module")
def provider() -> Iterator[Any]:
    """The provider, where everybody is Ada."""
    with running_provider() as running:
        yield running


@pytest.fixture
def ada(provider: Any, tmp_path: Path) -> Iterator[Terminal]:
    """Somebody signed in to a server with that provider under two names."""
    about = {
        "issuer": provider.issuer,
        "client_id": provider.client,
        "client_secret": provider.secret,
        "allowed_networks": ["127.0.0.1/32"],
    }
    providers = [{"name": "house", "title": "House", **about}, {"name": "guild", "title": "Guild", **about}]
    with serving(tmp_path / "server", providers=providers) as server:
        register(server, "ada@example.com", "Ada")
        terminal = Terminal(tmp_path / "ada", server=server, email="ada@example.com")
        terminal.sign_in()
        yield terminal


def test_an_account_is_linked_signs_in_and_is_unlinked(ada: Terminal, provider: Any, tmp_path: Path) -> None:
    """What is linked is listed; what is unlinked signs in no more."""
    assert [each["name"] for each in ada.read("account", "providers")["providers"]] == ["house", "guild"]
    exit_code, said, _ = type_with_browser(ada, provider, "account", "link", "house", "--no-open")
    assert (exit_code, said) == (
        0,
        "You can sign in with it from now on: colonnade login --provider house\n",
    )
    (linked,) = ada.read("account", "providers")["linked"]
    assert (linked["provider"], linked["issuer"]) == ("house", provider.issuer)
    row = next(line for line in ada.type("account", "providers").stdout.splitlines() if line.startswith("house"))
    short = row.split()[2]

    other = Terminal(tmp_path / "other")
    login = ("login", "--provider", "house", "--server", ada.server, "--no-open")
    assert type_with_browser(other, provider, *login)[:2] == (0, f"Signed in to {ada.server} as Ada.\n")
    assert other.read("whoami")["email"] == ada.email

    assert "signs you in no more" in ada.type("account", "unlink", short).stdout
    assert ada.read("account", "providers")["linked"] == []
    assert "providers" in ada.refusal("account", "unlink", short, exit_code=4)
    exit_code, said, shown = type_with_browser(other, provider, *login)
    assert (exit_code, said) == (3, "")
    assert "nobody here signs in with this account" in shown


def test_whoever_has_a_second_factor_is_asked_for_it_after_the_provider(
    ada: Terminal, provider: Any, tmp_path: Path
) -> None:
    """As after a password."""
    assert type_with_browser(ada, provider, "account", "link", "house", "--no-open")[0] == 0
    secret, _ = set_up(ada)
    other = Terminal(tmp_path / "other")
    login = ("login", "--provider", "house", "--server", ada.server, "--no-open")
    assert type_with_browser(other, provider, *login, after="000000\n")[0] == 3
    other.refusal("whoami", exit_code=3, COLONNADE_SERVER=ada.server)
    assert type_with_browser(other, provider, *login, after=f"{app_code(secret)}\n")[0] == 0
    assert other.read("whoami")["email"] == ada.email


def test_a_code_that_another_command_began_signs_nobody_in(ada: Terminal, provider: Any, tmp_path: Path) -> None:
    """Each command begins with a verifier of its own, so that whoever sees a code has nothing."""
    assert type_with_browser(ada, provider, "account", "link", "house", "--no-open")[0] == 0
    login = ("login", "--provider", "house", "--server", ada.server, "--no-open")
    began = Terminal(tmp_path / "began").type(*login, typed="", exit_code=1)
    address = next(line for line in began.stderr.splitlines() if line.startswith("http"))
    code = code_of(provider, address)
    thief = Terminal(tmp_path / "thief").type(*login, typed=f"{code}\n", exit_code=3)
    assert thief.stdout == ""


def test_a_provider_that_is_not_there_is_told_with_those_that_are(ada: Terminal, newcomer: Terminal) -> None:
    """Whether somebody links or signs in; and a server without any says so."""
    for words in (("account", "link", "work"), ("login", "--provider", "work")):
        sentence = ada.refusal(*words, exit_code=4)
        assert sentence == "this server has no identity provider 'work': choose one of house, guild"
        assert "nobody signs in" in newcomer.refusal(*words, exit_code=4)
