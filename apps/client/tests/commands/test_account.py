"""Signing in and out."""

import json

import pytest

from ..conftest import NewPerson
from ..terminal import NOWHERE, PASSWORD, Terminal, register, the_sentence


def test_signing_in_says_where_and_as_whom(newcomer: Terminal) -> None:
    """The password is not in the answer."""
    result = newcomer.sign_in()
    assert result.stdout == f"Signed in to {newcomer.server} as Nora.\n"
    assert PASSWORD not in result.output


def test_the_password_is_asked_for_and_not_shown(newcomer: Terminal) -> None:
    """Somebody at a terminal types it."""
    result = newcomer.type("login", "--server", newcomer.server, typed=f"{newcomer.email}\n{PASSWORD}\n")
    assert "as Nora." in result.stdout
    assert PASSWORD not in result.output


def test_the_server_of_the_last_time_need_not_be_said_again(newcomer: Terminal) -> None:
    """One signs in again with the address alone."""
    newcomer.type("logout")
    newcomer.type("login", "--email", newcomer.email, "--password-stdin", typed=PASSWORD)
    assert newcomer.read("whoami")["email"] == newcomer.email


def test_the_tokens_are_in_a_file_that_only_its_owner_reads(newcomer: Terminal) -> None:
    """Its mode is 0600, and the password is not in it."""
    path = newcomer.folder / "credentials.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(json.loads(path.read_text())) == [newcomer.server]
    assert PASSWORD not in path.read_text()


def test_a_slash_at_the_end_of_an_address_makes_no_other_server(newcomer: Terminal) -> None:
    """What was chosen there stays chosen."""
    newcomer.type("workspaces", "create", "Bakery", "--slug", "bakery-with-a-slash")
    newcomer.type(
        "login", "--server", f"{newcomer.server}/", "--email", newcomer.email, "--password-stdin", typed=PASSWORD
    )
    assert newcomer.type("workspaces").stdout.splitlines()[1].startswith("*")


def test_who_am_i_names_the_person_and_the_server(newcomer: Terminal) -> None:
    """It is what one asks before doing damage."""
    text = newcomer.type("whoami").stdout
    for part in ("Nora", newcomer.email, newcomer.server):
        assert part in text


def test_signing_out_ends_the_sign_in(newcomer: Terminal) -> None:
    """The tokens are gone here."""
    assert newcomer.type("logout").stdout == "Signed out.\n"
    newcomer.refusal("whoami", exit_code=3)


def test_signing_out_makes_a_copy_of_the_tokens_worthless(newcomer: Terminal) -> None:
    """They are gone at the server as well."""
    copy = (newcomer.folder / "credentials.json").read_text()
    newcomer.type("logout")
    (newcomer.folder / "credentials.json").write_text(copy)
    newcomer.refusal("whoami", exit_code=3)


def test_signing_out_twice_is_no_fault(newcomer: Terminal) -> None:
    """The second time is told and does no harm."""
    newcomer.type("logout")
    assert "Nobody was signed in" in newcomer.type("logout").stderr


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_refused(newcomer: Terminal, password: str) -> None:
    """The sentence does not tell what was wrong about it, and the old sign-in stays."""
    words = ("login", "--server", newcomer.server, "--email", newcomer.email, "--password-stdin")
    result = newcomer.type(*words, typed=f"{password}\n", exit_code=3 if password else 6)
    the_sentence(result.stderr)
    newcomer.type("whoami")


@pytest.mark.parametrize("email", ["nobody", "a b@example.com", "x" * 300], ids=["no at", "a space", "too long"])
def test_what_is_no_e_mail_address_is_refused(terminal: Terminal, server: str, email: str) -> None:
    """One sentence, and no traceback of a library."""
    result = terminal.type(
        "login", "--server", server, "--email", email, "--password-stdin", typed=PASSWORD, exit_code=6
    )
    the_sentence(result.stderr)


@pytest.mark.parametrize(
    "address", ["work.example.com", "localhost:8000", "ftp://work.example.com", "http://", "http://["]
)
def test_what_is_no_address_is_a_wrong_command_line(terminal: Terminal, address: str) -> None:
    """The sentence shows what one looks like, and nothing is remembered."""
    result = terminal.type(
        "login", "--server", address, "--email", "ada@example.com", "--password-stdin", typed=PASSWORD, exit_code=2
    )
    assert "https://" in the_sentence(result.stderr)
    assert not (terminal.folder / "state.json").exists()


def test_a_failed_sign_in_does_not_change_the_server_in_use(newcomer: Terminal) -> None:
    """Only a server that knows the person is remembered."""
    result = newcomer.type(
        "login", "--server", NOWHERE, "--email", newcomer.email, "--password-stdin", typed=PASSWORD, exit_code=7
    )
    assert NOWHERE in the_sentence(result.stderr)
    assert newcomer.read("whoami")["email"] == newcomer.email


def test_an_expired_access_token_is_exchanged_without_a_word(newcomer: Terminal) -> None:
    """The refresh token is good for one exchange, and the new pair is kept."""
    path = newcomer.folder / "credentials.json"
    tokens = json.loads(json.loads(path.read_text())[newcomer.server])
    path.write_text(json.dumps({newcomer.server: json.dumps({**tokens, "access_token": "expired"})}))
    assert newcomer.type("whoami").stderr == ""
    assert json.loads(json.loads(path.read_text())[newcomer.server])["refresh_token"] != tokens["refresh_token"]
    newcomer.type("whoami")


def test_two_people_on_one_machine_do_not_meet(new_person: NewPerson) -> None:
    """Each has a folder, and each is who they are."""
    ada, grace = new_person("Ada"), new_person("Grace")
    assert (ada.read("whoami")["name"], grace.read("whoami")["name"]) == ("Ada", "Grace")


def test_names_in_any_script_are_shown(terminal: Terminal, server: str) -> None:
    """What is called 東京 is called 東京."""
    register(server, "tokyo@example.com", "東京 太郎")
    terminal.type("login", "--server", server, "--email", "tokyo@example.com", "--password-stdin", typed=PASSWORD)
    assert "東京 太郎" in terminal.type("whoami").stdout
