"""What the logs of this product hold stays readable: the gate of event schemas, on every event of the domain."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from colonnade.core import DomainEvent
from colonnade.testing.golden import check_complete, check_readable, check_schema, event_file, schema_file

from .golden.product import events, upcasters

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("kind", events())
def test_no_event_changes_its_schema_without_a_new_version(kind: type[DomainEvent]) -> None:
    """If this fails, the message says what to do; the golden file is not what is wrong."""
    check_schema(kind, GOLDEN)


def test_every_version_of_every_event_has_its_golden_files() -> None:
    check_complete(events(), GOLDEN)


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_every_event_that_was_ever_stored_is_still_read(file: Path) -> None:
    """Of whatever version: it is lifted to the newest, and is an event of the same type."""
    event = check_readable(file, events(), upcasters())

    assert file.stem.startswith(f"{event.event_type}.v")


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_a_golden_event_has_the_properties_of_its_golden_schema(file: Path) -> None:
    facts = json.loads(file.read_text("utf-8"))
    schema = json.loads((GOLDEN / "schemas" / file.name).read_text("utf-8"))

    assert set(facts) == set(schema["properties"])


def test_golden_files_are_written_by_a_command(tmp_path: Path) -> None:
    """Into another folder it writes what is in ours; a second time it has nothing to do; it overwrites nothing."""

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(GOLDEN / "write.py"), str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run().returncode == 0
    kind = events()[0]
    for place in (event_file, schema_file):
        written = place(tmp_path, kind.event_type, kind.schema_version)
        assert written.read_bytes() == place(GOLDEN, kind.event_type, kind.schema_version).read_bytes()
    assert run().stdout == "every event has its golden files\n"

    written.write_text("{}\n", "utf-8")
    refused = run()
    assert refused.returncode == 1
    assert "give the event another version" in refused.stderr
    assert written.read_text("utf-8") == "{}\n"
