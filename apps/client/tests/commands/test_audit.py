"""Owners read the audit of their workspace; others do not."""

import csv
import json
from pathlib import Path

from ..terminal import Terminal, eventually


def entries_of(person: Terminal, count: int, *words: str) -> list[dict[str, str]]:
    """The entries of the audit, the newest first, as soon as there are so many."""

    def look() -> list[dict[str, str]] | None:
        found: list[dict[str, str]] = person.read("audit", "list", *words)["items"]
        return found if len(found) >= count else None

    return eventually(look, f"{count} entries of the audit")


def test_an_owner_reads_who_did_what(ada: Terminal, grace: Terminal) -> None:
    """Refusals of others included."""
    grace.refusal("audit", exit_code=8)
    ada.type("tasks", "create", "Write")
    entries_of(ada, 1, "--message", "tasks.create")
    (refusal, *_) = entries_of(ada, 1, "--outcome", "refused", "--person", grace.email)
    assert refusal["message"] == "audit.search"
    rows = ada.type("audit", "list", "--person", grace.email).stdout
    assert "audit.search" in rows
    assert "Grace" in rows


def test_an_owner_takes_it_out(ada: Terminal, tmp_path: Path) -> None:
    """As lines, and as a table without formulas."""
    entries_of(ada, 1)
    lines = [json.loads(line) for line in ada.type("audit", "export").stdout.splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))
    file = tmp_path / "audit.csv"
    ada.type("audit", "export", "--format", "csv", "-o", str(file))
    heads, *rows = csv.reader(file.read_text("utf-8").splitlines())
    assert heads[:3] == ["chain", "sequence", "at"]
    assert len(rows) >= len(lines)
