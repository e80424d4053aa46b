"""What logs hold of processes and of operators stays readable, for as long as there is one event of it in any log.

The golden files are with the tests of the application, whose events they are. A file is added with each new event or
version, and never changed: a changed shape is a new version with its own file.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from colonnade.application import audit, operations, processes
from colonnade.application.operations import OperatorAct
from colonnade.application.processes import ProcessInstance
from colonnade.core import DomainEvent
from colonnade.testing.golden import check_complete, check_readable, check_schema, event_file, schema_file

GOLDEN = Path(__file__).parents[3] / "application" / "tests" / "golden"
EVENTS: tuple[type[DomainEvent], ...] = (*processes.EVENTS, *operations.EVENTS, *audit.EVENTS)
FILES = pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)


@pytest.mark.parametrize("kind", EVENTS)
def test_no_event_changes_its_schema_without_a_new_version(kind: type[DomainEvent]) -> None:
    """If this fails, the message says what to do; the golden file is not what is wrong."""
    check_schema(kind, GOLDEN)


def test_every_version_of_every_event_has_its_golden_files() -> None:
    check_complete(EVENTS, GOLDEN)


@FILES
def test_every_event_that_was_ever_stored_is_still_read(file: Path) -> None:
    event = check_readable(file, EVENTS, ())
    assert file.stem.startswith(f"{event.event_type}.v")


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_is_written_as_its_golden_file_says(kind: type[DomainEvent]) -> None:
    """Byte by byte; if this fails, give the class another version instead of changing the file."""
    golden = event_file(GOLDEN, kind.event_type, kind.schema_version).read_text("utf-8")
    assert kind.model_validate_json(golden).model_dump_json(indent=2) + "\n" == golden


@FILES
def test_a_golden_event_has_the_properties_of_its_golden_schema(file: Path) -> None:
    schema = json.loads((GOLDEN / "schemas" / file.name).read_text("utf-8"))
    assert set(json.loads(file.read_text("utf-8"))) == set(schema["properties"])


def test_events_bear_the_names_of_their_contexts() -> None:
    assert all(kind.event_type.startswith("processes.") for kind in processes.EVENTS)
    assert all(kind.event_type.startswith("operations.") for kind in operations.EVENTS)


def test_streams_bear_names_that_never_change() -> None:
    assert (ProcessInstance.stream_kind, OperatorAct.stream_kind) == ("process", "operator_act")


def test_golden_files_are_written_by_a_command(tmp_path: Path) -> None:
    """Into another folder it writes what is in ours; a second time it has nothing to do; it overwrites nothing."""

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(GOLDEN / "write.py"), str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run().returncode == 0
    for kind in EVENTS:
        for place in (event_file, schema_file):
            written = place(tmp_path, kind.event_type, kind.schema_version)
            assert written.read_bytes() == place(GOLDEN, kind.event_type, kind.schema_version).read_bytes()
    assert run().stdout == "every event has its golden files\n"

    written.write_text("{}\n", "utf-8")
    refused = run()
    assert refused.returncode == 1
    assert "give the event another version" in refused.stderr
    assert written.read_text("utf-8") == "{}\n"
