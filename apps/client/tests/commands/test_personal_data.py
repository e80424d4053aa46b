"""`colonnade account export` and `account erase`."""

import json
import zipfile
from pathlib import Path

from ..conftest import NewPerson
from ..terminal import Terminal


def test_all_that_is_kept_of_somebody_is_fetched(newcomer: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "nora.zip"
    said = newcomer.type("account", "export", "--output", str(file)).stdout
    assert said == f"{file}: {file.stat().st_size:,} bytes.\n"
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        (account,) = (json.loads(line) for line in archive.read("users.jsonl").splitlines())
    assert (account["name"], account["email"]) == ("Nora", newcomer.email)


def test_whoever_does_not_wait_is_told(newcomer: Terminal) -> None:
    assert "is being collected" in newcomer.type("account", "export").stdout


def test_somebody_is_erased_who_types_their_address(newcomer: Terminal) -> None:
    """And is signed out here."""
    said = newcomer.type("account", "erase", typed=f"{newcomer.email}\n").stdout
    assert said.endswith(f"{newcomer.email} is erased.\n")
    newcomer.refusal("whoami", exit_code=3)


def test_a_mistake_erases_nothing(newcomer: Terminal) -> None:
    refused = newcomer.type("account", "erase", exit_code=1, typed="somebody@example.com\n")
    assert "nothing was erased" in refused.output
    assert newcomer.read("whoami")["email"] == newcomer.email


def test_the_last_owner_is_told_which_workspace_needs_another(new_person: NewPerson) -> None:
    owner = new_person("Olga")
    owner.type("workspaces", "create", "Bakery", "--slug", "bakery-of-olga")
    assert "Bakery" in owner.refusal("account", "erase", "--yes", exit_code=5)
