"""Processes of a workspace, and what it means to watch one."""

import signal

import pytest

from ..terminal import DEADLINE_SECONDS, Terminal


@pytest.fixture
def exported(ada: Terminal) -> str:
    """The id of an export that is ready and runs for a week, until its archive is deleted."""
    process_id: str = ada.read("export", "workspace", "--wait")["id"]
    return process_id


def test_processes_are_listed_with_where_they_are(ada: Terminal, exported: str) -> None:
    """In a row that begins with the id to look at it by."""
    (_, row) = ada.type("processes").stdout.splitlines()
    short_id, name, status, *_ = row.split()
    assert (name, status) == ("workspaces.export", "running")
    assert ada.read("processes", "show", short_id)["id"] == exported
    assert ada.read("processes", "list")["items"][0]["id"] == exported


def test_a_process_is_shown_with_its_history(ada: Terminal, exported: str) -> None:
    """And an export with the link to its archive."""
    shown = ada.type("processes", "show", exported).stdout
    assert "Link     http://" in shown
    assert "UTC  assemble: done\n" in shown


def test_ctrl_c_ends_the_watching_and_not_the_process(ada: Terminal, exported: str) -> None:
    """The exit code is 130, and the sentence says how to look again."""
    with ada.start("processes", "show", exported, "--wait") as process:
        assert process.stdout is not None
        while "keep: waits until" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=DEADLINE_SECONDS)
    (workspace,) = ada.read("workspaces", "list")["items"]
    look = f"colonnade processes show {exported[-8:]} --workspace {workspace['slug']}"
    assert said == f"Error: stopped, but the process goes on: '{look}'\n"
    assert process.returncode == 130
    assert ada.read("processes", "show", exported)["status"] == "running"


def test_a_process_that_has_ended_needs_no_watching(ada: Terminal, grace: Terminal) -> None:
    """Its history is printed, and that is all."""
    ended = ada.read("members", "offboard", grace.email, "--wait")
    lines = ada.type("processes", "show", ended["id"], "--wait").stdout.splitlines()
    assert [line.partition(" UTC  ")[2] for line in lines] == [each["what"] for each in ended["history"]]


def test_a_process_that_is_not_there_is_told_in_one_sentence(ada: Terminal, grace: Terminal, exported: str) -> None:
    """Whether it was named by a short or a whole id; and members without the right see none."""
    ada.refusal("processes", "show", "0badcafe", exit_code=4)
    ada.refusal("processes", "show", "0190f6e2-7d4b-7c3a-9b1e-000000000000", exit_code=4)
    grace.refusal("processes", "show", exported, exit_code=8)
