"""The filters of tasks, read by the same interpreter as everything else."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from colonnade.application.filtering import Terms
from colonnade.application.tasks.filters import TASK_FILTERS
from colonnade.core import UserId, matches
from colonnade.core.text import fold
from colonnade.domain.tasks import Priority

ADA = UserId(UUID(int=1))
TERMS = Terms(me=ADA, today=date(2026, 3, 2))
TASK = {
    "status": "in_review",
    "completed_at": None,
    "deleted_at": None,
    "assignee_id": ADA,
    "created_by": ADA,
    "labels": ("bug", "ui"),
    "due_on": date(2026, 3, 5),
    "created_at": datetime(2026, 2, 28, 23, 59, tzinfo=UTC),
    "updated_at": datetime(2026, 3, 2, 8, tzinfo=UTC),
    "key": "WEB-12",
    "search_text": fold("Hauptstraße pflastern"),
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "status:in_review",
        "status:open",
        "is:open -is:closed -is:done -is:deleted",
        "assignee:me author:me",
        "label:bug label:ui -label:none",
        "label:bug,backend",
        "due<7d due>today -due:none",
        "created<2026-03-01 updated:today",
        "-completed>-7d",
        "key:WEB-12",
        "HAUPTSTRASSE",
        '"straße pflastern"',
    ],
)
def test_a_filter_finds_the_task(text: str) -> None:
    """Each asks for something that is true of it."""
    assert matches(TASK_FILTERS.parse(text, TERMS), TASK)


@pytest.mark.parametrize(
    "text",
    [
        "status:done",
        "is:closed",
        "is:deleted",
        "assignee:none",
        "-author:me",
        "label:backend",
        "label:none",
        "due:none",
        "due>7d",
        "created>=2026-03-01",
        "completed>-7d",
        "key:WEB-1",
        "autobahn",
        "status:open autobahn",
    ],
)
def test_a_filter_passes_the_task_over(text: str) -> None:
    """Each asks for something that is not true of it."""
    assert not matches(TASK_FILTERS.parse(text, TERMS), TASK)


def test_every_priority_can_be_asked_for() -> None:
    """By its name."""
    for priority in Priority:
        assert matches(TASK_FILTERS.parse(f"priority:{priority}", TERMS), {"priority": priority})
