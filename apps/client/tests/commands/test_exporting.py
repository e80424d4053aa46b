"""`colonnade export workspace`: started, watched, fetched."""

import json
import zipfile
from pathlib import Path

from ..terminal import Terminal


def test_the_link_is_printed_when_the_archive_is_ready(ada: Terminal) -> None:
    """After what was done for it."""
    *history, last = ada.type("export", "workspace", "--wait").stdout.splitlines()
    assert last.startswith(f"The archive is ready: {ada.server}/api/exports/")
    assert any(line.endswith(" UTC  assemble: done") for line in history)


def test_the_archive_has_what_the_workspace_has(ada: Terminal, tmp_path: Path) -> None:
    """One file for each kind of thing, with one thing a line."""
    ada.type("tasks", "create", "Write")
    file = tmp_path / "engines.zip"
    *_, last = ada.type("export", "workspace", "--output", str(file)).stdout.splitlines()
    assert last == f"{file}: {file.stat().st_size:,} bytes."
    with zipfile.ZipFile(file) as archive:
        (task,) = (json.loads(line) for line in archive.read("tasks.jsonl").splitlines())
    assert task["title"] == "Write"
    assert list(tmp_path.glob("*.part")) == []


def test_a_file_that_is_there_is_replaced(ada: Terminal, tmp_path: Path) -> None:
    """As somebody expects who exports every night."""
    file = tmp_path / "engines.zip"
    file.write_text("yesterday's")
    ada.type("export", "workspace", "-o", str(file))
    assert zipfile.is_zipfile(file)


def test_without_waiting_it_is_told_how_to_look(ada: Terminal) -> None:
    """The command that is named shows the process."""
    said = ada.type("export", "workspace").stdout
    assert "workspaces.export" in ada.type(*said.split("'")[1].split()[1:]).stdout


def test_a_person_who_waits_sees_how_far_the_download_is(ada: Terminal, tmp_path: Path) -> None:
    """On a terminal there is a progress bar beside standard output."""
    shown, output = ada.look_at("export", "workspace", "--output", str(tmp_path / "engines.zip"))
    assert "Downloading" in shown
    assert "100%" in shown
    assert output.endswith("bytes.\n")


def test_nothing_is_exported_into_a_folder_that_is_not_there(ada: Terminal, tmp_path: Path) -> None:
    """It is refused before the export begins."""
    ada.type("export", "workspace", "--output", str(tmp_path / "nowhere" / "engines.zip"), exit_code=2)
    ada.type("export", "workspace", "--output", "/dev/null", exit_code=2)
    assert ada.read("processes", "list")["items"] == []


def test_a_member_exports_nothing(ada: Terminal, grace: Terminal) -> None:
    """Who manages the workspace does."""
    grace.refusal("export", "workspace", exit_code=8)
