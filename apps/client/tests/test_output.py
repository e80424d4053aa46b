"""What commands print: tables for people, JSON for scripts."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from colonnade.client.group import cli
from colonnade.client.output import print_fields, print_table

from .receiver import Receiver
from .terminal import Terminal, eventually


def commands_of(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, with the words that name it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands_of(command, (*path, name))
        else:
            yield (*path, name), command


IN_ORDER: dict[tuple[str, ...], tuple[str, ...]] = {
    ("whoami",): (),
    ("workspaces", "list"): (),
    ("workspaces", "members"): (),
    ("projects", "list"): (),
    ("projects", "show"): ("WEB",),
    ("projects", "archive"): ("WEB",),
    ("projects", "restore"): ("WEB",),
    ("tasks", "create"): ("Write",),
    ("tasks", "list"): (),
    ("tasks", "show"): ("WEB-1",),
    ("tasks", "edit"): ("WEB-1", "--title", "Read"),
    ("tasks", "move"): ("WEB-1", "in_progress"),
    ("tasks", "assign"): ("WEB-1", "me"),
    ("tasks", "done"): ("WEB-1",),
    ("tasks", "reopen"): ("WEB-1",),
    ("activity",): ("WEB-1",),
    ("import", "github"): ("{github}/issues.json",),
    ("projects", "lead"): ("WEB", "{grace}"),
    ("projects", "private"): ("WEB",),
    ("projects", "open"): ("WEB",),
    ("projects", "share"): ("WEB", "{grace}"),
    ("projects", "members"): ("WEB",),
    ("sessions", "list"): (),
    ("two-factor", "status"): (),
    ("account", "providers"): (),
    ("tokens", "create"): ("nightly", "--permission", "task.read"),
    ("tokens", "list"): (),
    ("roles", "list"): (),
    ("roles", "define"): ("reviewer", "--grant", "task.read"),
    ("members", "role"): ("{grace}", "admin"),
    ("access", "explain"): ("{grace}", "tasks.delete"),
    ("audit", "list"): (),
    ("webhooks", "event-types"): (),
    ("webhooks", "create"): ("{receiver}", "--event", "*"),
    ("webhooks", "list"): (),
    ("webhooks", "show"): ("{receiver}",),
    ("webhooks", "edit"): ("{receiver}", "--description", "Chat bot"),
    ("webhooks", "rotate-secret"): ("{receiver}",),
    ("webhooks", "disable"): ("{receiver}",),
    ("webhooks", "enable"): ("{receiver}",),
    ("webhooks", "ping"): ("{receiver}",),
    ("webhooks", "deliveries"): (),
    ("webhooks", "delivery"): ("{ping[id]}",),
    ("webhooks", "redeliver"): ("{ping[id]}",),
    ("members", "list"): (),
    ("members", "offboard"): ("{grace}", "--wait"),
    ("processes", "list"): (),
    ("processes", "show"): ("{offboard[id]}",),
    ("export", "workspace"): ("--wait",),
    ("account", "export"): (),
    ("notifications", "list"): (),
    ("notifications", "deliveries"): ("{notification}",),
    ("notifications", "settings", "show"): (),
    ("notifications", "settings", "set"): ("--timezone", "Europe/Berlin"),
    ("notifications", "preferences", "show"): (),
    ("notifications", "preferences", "set"): ("assigned", "mail", "digest"),
    ("projects", "create"): ("OPS", "Operations"),
    ("workspaces", "create"): ("Bakery", "--slug", "bakery-in-json"),
}
"""What to type for each command that takes `--json`, one after the other, with parts of former answers."""


def test_json_is_one_document_and_nothing_else(
    ada: Terminal, grace: Terminal, receiver: Receiver, github: Path
) -> None:
    """Each command that takes `--json` can be piped into a program."""
    grace.type("tasks", "create", "Read", "--assignee", ada.email, "-p", "WEB")
    (told,) = eventually(lambda: ada.read("notifications", "list")["items"], "Ada is told of a task")
    known = {"github": github, "grace": grace.email, "receiver": receiver.url, "notification": told["id"]}
    for path, words in IN_ORDER.items():
        result = ada.type(*path, *(word.format_map(known) for word in words), "--json")
        known[path[-1]] = json.loads(result.stdout)
        assert isinstance(known[path[-1]], dict)
        assert result.stderr == ""


def test_every_command_with_json_is_known_above() -> None:
    """A new one is tried as well."""
    offering = {path for path, command in commands_of(cli) if any("--json" in option.opts for option in command.params)}
    assert offering == set(IN_ORDER)


def test_json_is_unicode_and_not_escapes(ada: Terminal) -> None:
    """A person who looks at it can read it, too."""
    assert "Züri 東京 🦉" in ada.type("tasks", "create", "Züri 東京 🦉", "--json").stdout


def test_a_table_that_is_piped_is_not_squeezed(ada: Terminal) -> None:
    """A long title with everything beside it stands whole, whatever the terminal's width was."""
    title, label = "Explain the tide tables to the harbour master once more", "good first issue"
    ada.type("tasks", "create", title, "--label", label, "--priority", "high", "--due", "2031-02-03")
    ada.type("tasks", "assign", "WEB-1", "me")
    (_, row) = ada.type("tasks", "list", COLUMNS="40").stdout.splitlines()
    for cell in ("WEB-1", title, "todo", "Ada", "high", "2031-02-03", label):
        assert cell in row


def test_what_is_listed_with_it_has_its_own_row(ada: Terminal) -> None:
    """No title breaks the table, however long."""
    for title in ("x" * 300, "[bold]not markup[/bold] :owl:", "short"):
        ada.type("tasks", "create", title)
    header, *rows = ada.type("tasks", "list", "--sort", "created").stdout.splitlines()
    assert header.split() == ["Key", "Title", "Status", "Assignee", "Priority", "Due", "Labels"]
    assert [row.split()[0] for row in rows] == ["WEB-1", "WEB-2", "WEB-3"]
    assert "…" in rows[0]
    assert "[bold]not markup[/bold] :owl:" in rows[1]


def test_nothing_piped_has_colours(ada: Terminal) -> None:
    """A file has no use for a terminal's control codes."""
    ada.type("tasks", "create", "Write")
    for words in (("tasks", "list"), ("tasks", "show", "WEB-1"), ("workspaces",), ("projects",), ("notifications",)):
        assert "\x1b" not in ada.type(*words).stdout


def test_cells_may_be_empty(capsys: pytest.CaptureFixture[str]) -> None:
    """What is not known is a gap, and not the word None."""
    print_table(("A", "B", "C"), [(1, None, ""), (None, 2, "x")])
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [["A", "B", "C"], ["1"], ["2", "x"]]


def test_fields_stand_under_each_other_without_those_that_are_empty(capsys: pytest.CaptureFixture[str]) -> None:
    """Zero is a value, nothing is not."""
    print_fields([("Name", "Ada"), ("Due", None), ("Labels", ""), ("Version", 0)])
    assert capsys.readouterr().out == "Name     Ada\nVersion  0\n"


def test_where_there_is_little_room_the_widest_columns_are_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id that cannot be read whole cannot be typed."""
    for name, value in {"TTY_COMPATIBLE": "1", "NO_COLOR": "1", "COLUMNS": "60", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    print_table(("Id", "At", "What"), [("389fd307", "2031-02-03 04:05 UTC", "x" * 100)])
    _, row = capsys.readouterr().out.splitlines()
    assert "389fd307  2031-02-03 04:05 UTC  xxx" in row
    assert "…" in row
