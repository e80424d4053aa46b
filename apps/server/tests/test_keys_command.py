"""What an operator does with signing keys at the machine: look, rotate, and withdraw one that is not to be trusted."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from colonnade.application.audit import SearchServiceAudit
from colonnade.application.messaging import Context
from colonnade.application.operations import OperatorActed
from colonnade.security.keys import SigningKey
from colonnade.server.application import running_server
from colonnade.server.settings import Settings
from colonnade.server.working import working

from .commands import Console, run
from .waiting import eventually


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """An operator at the machine of a new installation."""
    return Console(tmp_path)


@pytest.fixture
def ready(console: Console) -> Console:
    """The same, once the database is there."""
    console.says("migrate")
    return console


def states(console: Console) -> dict[str, str]:
    """Return the names of the keys by what they are for; of retired ones the latest."""
    return {row["state"]: row["kid"] for row in reversed(console.json("keys", "list"))}


def test_a_new_installation_has_a_key_that_signs_and_one_that_will(console: Console) -> None:
    rows = console.table("keys", "list")
    assert [(row["state"], row["algorithm"]) for row in rows] == [("next", "EdDSA"), ("current", "EdDSA")]
    assert {row["state"]: row["kid"] for row in rows} == states(console)


def test_the_next_key_signs_after_a_rotation(ready: Console) -> None:
    before = states(ready)
    assert before["next"] in ready.says("keys", "rotate", "--now")
    after = states(ready)
    assert (after["current"], after["retired"]) == (before["next"], before["current"])


def test_a_rotation_that_others_cannot_know_of_yet_is_refused(ready: Console) -> None:
    before = states(ready)
    assert "next key" in ready.refusal("keys", "rotate")
    assert states(ready) == before
    assert noted(ready) == []


def test_a_rotation_that_cannot_be_noted_is_refused(console: Console) -> None:
    before = states(console)
    assert "migrate" in console.refusal("keys", "rotate", "--now")
    assert states(console) == before


def noted(console: Console) -> list[tuple[str, str]]:
    """Return what `acts` tells of keys, the newest first: what was done, and to which."""
    acts = console.json("acts")
    assert all("@" in act["by"] and act["at"] for act in acts)
    return [(act["act"], act["subject"]) for act in acts]


async def chained(settings: Settings, count: int) -> None:
    """Work until so many acts are in the audit."""
    async with running_server(settings) as server, working(server.container, server.bus, settings):
        wanted = SearchServiceAudit(event=OperatorActed.event_type)

        async def look() -> bool:
            return len((await server.bus.send(wanted, Context(console="tests"))).items) == count

        await eventually(look, f"{count} entries")


def test_whoever_changes_the_ring_is_in_the_audit(ready: Console) -> None:
    """With what they did; nothing of a key but its name is there."""
    before = states(ready)
    ready.says("keys", "rotate", "--now")
    ready.says("keys", "retire", before["current"], "--yes")
    assert noted(ready) == [("keys.retire", before["current"]), ("keys.rotate", before["next"])]
    asyncio.run(chained(Settings(data_dir=ready.data_dir), 2))
    entries = ready.json("audit", "search", "--event", "operations.operator_acted")
    assert [json.loads(entry["details"])["act"] for entry in entries] == ["keys.retire", "keys.rotate"]
    assert all("@" in entry["console"] and entry["at"] for entry in entries)
    for word in ("PRIVATE", '"d"', "private"):
        assert word not in ready.says("acts", "--json")


def test_a_key_that_is_not_to_be_trusted_goes_without_a_note_if_need_be(tmp_path: Path) -> None:
    """Nobody waits for the database; that the note is missing is said beside the answer."""
    console = Console(tmp_path)
    before = states(console)
    away = {
        "COLONNADE_DATA_DIR": str(tmp_path),
        "COLONNADE_DATABASE__URL": "postgresql://postgres@127.0.0.1:1/nowhere",
        "COLONNADE_KEYS__URL": f"sqlite:///{tmp_path / 'keys.db'}",
    }
    for variables in ({"COLONNADE_DATA_DIR": str(tmp_path)}, away):
        before = states(console)
        result = run("keys", "retire", before["current"], "--yes", "--json", cwd=tmp_path, **variables)
        assert result.exit_code == 0
        assert "not in the audit" in result.stderr
        assert before["current"] not in {row["kid"] for row in json.loads(result.stdout)}
        assert before["current"] not in states(console).values()


def test_a_withdrawn_key_is_gone(console: Console) -> None:
    before = states(console)
    assert before["next"] in console.says("keys", "retire", before["current"], "--yes")
    after = states(console)
    assert after["current"] == before["next"]
    assert before["current"] not in after.values()


def test_nothing_is_withdrawn_without_a_yes(console: Console) -> None:
    before = states(console)
    assert console("keys", "retire", before["current"]).exit_code == 1
    assert states(console) == before


def test_a_name_that_no_key_has_is_an_error(console: Console) -> None:
    assert "no key" in console.refusal("keys", "retire", "unknown", "--yes")


def test_scripts_read_the_ring_after_each_change(ready: Console) -> None:
    """With the time until which a retired key verifies."""
    before = states(ready)
    rows = ready.json("keys", "rotate", "--now")
    assert [row["state"] for row in rows] == ["next", "current", "retired"]
    assert rows[2]["retired_at"] < rows[2]["verifies_until"]
    rows = ready.json("keys", "retire", "--yes", before["current"])
    assert [row["state"] for row in rows] == ["next", "current"]


def test_keys_are_made_for_the_algorithm_that_is_set(tmp_path: Path) -> None:
    result = run(
        *("keys", "list", "--json"),
        cwd=tmp_path,
        COLONNADE_DATA_DIR=str(tmp_path),
        COLONNADE_IDENTITY__SIGNING_ALGORITHM="ES256",
    )
    assert {row["algorithm"] for row in json.loads(result.stdout)} == {"ES256"}


def test_the_key_of_a_former_installation_goes_on_to_sign_and_is_in_clear_no_more(console: Console) -> None:
    former = SigningKey.from_file(console.data_dir / "signing-key.pem")
    assert states(console)["current"] == former.kid
    assert {file.name for file in console.data_dir.iterdir()} == {"secret", "signing-keys.json"}
    assert stat.S_IMODE((console.data_dir / "signing-keys.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["given.pem", "data/signing-key.pem"])
def test_a_key_that_the_operator_gives_is_theirs_to_keep(tmp_path: Path, name: str) -> None:
    """It signs first, and its file stays where it is, also where a former version kept its own."""
    data_dir, given = tmp_path / "data", tmp_path / name
    data_dir.mkdir()
    kid = SigningKey.from_file(given).kid
    variables = {"COLONNADE_DATA_DIR": str(data_dir), "COLONNADE_IDENTITY__SIGNING_KEY_FILE": str(given)}
    rows = json.loads(run("keys", "list", "--json", cwd=tmp_path, **variables).stdout)
    assert [row["kid"] for row in rows if row["state"] == "current"] == [kid]
    assert given.exists()


def test_a_ring_of_another_secret_is_refused_by_its_name(console: Console) -> None:
    console.says("keys", "list")
    (console.data_dir / "secret").write_text("somebody else's secret, which is long enough")
    assert "signing-keys.json" in console.refusal("keys", "list")


def test_nothing_that_is_printed_is_private(console: Console) -> None:
    printed = console.says("keys", "list", "--json") + console.says("keys", "list")
    for word in ("PRIVATE", '"d"', "private"):
        assert word not in printed
