"""Another name, password or address, chosen at a terminal."""

from pathlib import Path

from ..conftest import NewPerson
from ..mailbox import link_to
from ..terminal import PASSWORD, Terminal

ANOTHER = "analytical-engine-of-1837"


def test_somebody_is_called_otherwise_from_now_on(newcomer: Terminal) -> None:
    """What they are called is answered, and is what the server says from then on."""
    assert newcomer.type("account", "rename", "Nora Barnacle").stdout == "You are called Nora Barnacle now.\n"
    assert newcomer.read("whoami")["name"] == "Nora Barnacle"
    assert "name" in newcomer.refusal("account", "rename", " ", exit_code=6)


def test_another_password_is_the_one_that_signs_in(newcomer: Terminal, tmp_path: Path) -> None:
    """Neither is shown, this device stays signed in, another one does not."""
    other = Terminal(tmp_path / "other", server=newcomer.server, email=newcomer.email)
    other.sign_in()
    result = newcomer.type("account", "change-password", typed=f"{PASSWORD}\n{ANOTHER}\n{ANOTHER}\n")
    assert result.stdout == "Your password is changed.\n"
    assert not {PASSWORD, ANOTHER} & set(result.output.split())
    assert newcomer.read("whoami")["name"] == "Nora"
    other.refusal("whoami", exit_code=3)
    login = ("login", "--server", newcomer.server, "--email", newcomer.email, "--password-stdin")
    other.type(*login, typed=f"{PASSWORD}\n", exit_code=3)
    other.type(*login, typed=f"{ANOTHER}\n")


def test_whoever_does_not_know_the_present_password_chooses_no_other(newcomer: Terminal) -> None:
    """One sentence, and the present one stays."""
    refused = newcomer.type("account", "change-password", typed=f"wrong\n{ANOTHER}\n{ANOTHER}\n", exit_code=3)
    assert "password" in refused.stderr.splitlines()[-1]
    newcomer.sign_in()


def test_another_address_is_taken_by_the_link_that_is_mailed_there(
    new_person: NewPerson, server_folder: Path, tmp_path: Path
) -> None:
    """Not before; the link is good once, and also where nobody has signed in."""
    nora = new_person("Nora")
    another = f"barnacle.{nora.email}"
    assert f"mail of {another}" in nora.type("account", "change-email", another).stdout
    assert nora.read("whoami")["email"] == nora.email
    assert nora.refusal("account", "change-email", "nowhere", exit_code=6).startswith("email")
    elsewhere = Terminal(tmp_path / "elsewhere")
    confirm = ("account", "confirm-email", link_to(server_folder, another), "--server", nora.server)
    assert elsewhere.type(*confirm).stdout == "Your account has this address now.\n"
    elsewhere.refusal(*confirm, exit_code=4)
    nora.email = another
    nora.sign_in()
    assert nora.read("whoami")["email"] == another
