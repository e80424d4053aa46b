"""The beginning of a list, however many pages it takes."""

import pytest

from colonnade.client import lists

from .terminal import Terminal, eventually


def test_a_limit_may_be_larger_than_a_page(ada: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each thing comes once, and the rest can be asked for."""
    ada.type("tasks", "create", "Write")
    for priority in ("low", "medium", "high", "low"):
        ada.type("tasks", "edit", "WEB-1", "--priority", priority)
    everything = eventually(
        lambda: found if len(found := ada.read("activity", "WEB-1")["items"]) == 5 else None, "five things were done"
    )
    monkeypatch.setattr(lists, "LARGEST_PAGE", 2)
    three = ada.read("activity", "WEB-1", "--limit", "3")
    assert three["items"] == everything[:3]
    assert three["next"]
    assert ada.read("activity", "WEB-1") == {"items": everything, "next": None}
