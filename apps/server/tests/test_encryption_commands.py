"""An operator sees which keys there are, and replaces them while the data stays readable."""

from base64 import b64encode
from pathlib import Path

from .commands import Console, run


def console(data_dir: Path) -> Console:
    here = Console(data_dir)
    here.says("migrate")
    return here


def test_keys_are_made_at_the_first_look(tmp_path: Path) -> None:
    """In a file of their own beside the database, wrapped by a key that only its owner reads."""
    here = console(tmp_path)
    reports = here.json("encryption", "status")
    assert sorted(report["purpose"] for report in reports) == ["index", "people"]
    assert all(report["state"] == "current" and report["kek"].startswith("local:") for report in reports)
    assert (tmp_path / "keys.db").exists()
    assert (tmp_path / "key-encryption-key").stat().st_mode & 0o777 == 0o600
    assert here.json("encryption", "status") == reports
    assert [row["purpose"] for row in here.table("encryption", "status")] == [row["purpose"] for row in reports]


def test_the_key_encryption_key_is_replaced(tmp_path: Path) -> None:
    """With both set, then with the new one alone; the old one alone opens nothing any more."""
    here = console(tmp_path)
    before = here.json("encryption", "status")
    new = {
        "COLONNADE_DATA_DIR": str(tmp_path),
        "COLONNADE_KEYS__CURRENT__SECRET": b64encode(b"n" * 32).decode(),
    }
    former = {"COLONNADE_KEYS__FORMER": f'[{{"file": "{tmp_path / "key-encryption-key"}"}}]'}
    assert run("encryption", "status", cwd=tmp_path, **new).exit_code == 1
    rotated = run("encryption", "rotate", "--json", cwd=tmp_path, **new, **former)
    assert '"rewrapped": 2' in rotated.stdout
    assert run("encryption", "status", cwd=tmp_path, **new).exit_code == 0
    refusal = here.refusal("encryption", "status")
    assert "is not configured" in refusal
    assert before


def test_the_data_key_is_replaced(tmp_path: Path) -> None:
    """And the former one goes, since it seals nothing any more."""
    here = console(tmp_path)
    old = {report["id"] for report in here.json("encryption", "status") if report["purpose"] == "people"}
    done = here.json("encryption", "rotate", "--data-key")
    assert done["retired"] == 1
    new = {report["id"] for report in here.json("encryption", "status") if report["purpose"] == "people"}
    assert new == {done["data_key"]} != old


def test_whoever_replaces_keys_is_in_the_audit(tmp_path: Path) -> None:
    """With who and when; without the schema nothing is replaced."""
    bare = Console(tmp_path)
    assert "migrate" in bare.refusal("encryption", "rotate")
    here = console(tmp_path)
    here.says("encryption", "rotate")
    done = here.json("encryption", "rotate", "--data-key")
    acts = here.json("acts")
    assert [(act["act"], act["subject"]) for act in acts] == [
        ("encryption.rotate", done["data_key"]),
        ("encryption.rotate", "data keys"),
    ]
    assert all("@" in act["by"] and act["at"] for act in acts)


def test_keys_in_the_file_of_the_database_are_refused(tmp_path: Path) -> None:
    """SQLite lets one transaction write at a time, and a backup of the file would hold the keys."""
    url = f"sqlite:///{tmp_path / 'colonnade.db'}"
    here = console(tmp_path)
    refused = run("encryption", "status", cwd=here.data_dir, COLONNADE_DATA_DIR=str(tmp_path), COLONNADE_KEYS__URL=url)
    assert refused.exit_code == 2
    assert "a file of their own" in refused.stderr
