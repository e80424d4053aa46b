"""A filter text costs what its length costs, however it is written (ReDoS)."""

import sys
from datetime import date
from types import FrameType

import pytest

from colonnade.application.filtering import FilterLanguage, Terms, choice, collection, day, person
from colonnade.application.filtering.language import MAX_LENGTH, MAX_TERMS
from colonnade.core import Invalid

LANGUAGE = FilterLanguage(
    {
        "status": choice("status", ()),
        "label": collection("labels"),
        "due": day("due"),
        "assignee": person("assignee"),
    },
    text="text",
)
TERMS = Terms(me=None, today=date(2026, 11, 22))
PIECES = [
    "a", "\\", '"', '"a', '\\"', "-", "a:", "label:", " ", "\t", "due<", ":", '""', "a b ", 'label:"\\', "é",
    "\u2028", "status:x ",
]  # fmt: skip


def steps_of(text: str) -> int:
    """Return how many lines of Python it takes to read a text."""
    steps = 0

    def trace(frame: FrameType, event: str, argument: object) -> object:
        nonlocal steps
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        LANGUAGE.parse(text, TERMS)
    except Invalid:
        pass
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("start", ["", '"', "-", "label:", 'label:"'])
@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_is_at_most_twice_the_work(piece: str, start: str) -> None:
    """Counted in steps, of the longest texts that are read at all."""
    half, whole = ((start + piece * MAX_LENGTH)[:length] for length in (MAX_LENGTH // 2, MAX_LENGTH))
    assert steps_of(whole) <= 2.2 * steps_of(half) + 200


@pytest.mark.parametrize("piece", PIECES)
def test_a_longer_text_is_not_looked_at(piece: str) -> None:
    """The bound comes first."""
    with pytest.raises(Invalid, match=f"at most {MAX_LENGTH}"):
        LANGUAGE.parse(piece * (MAX_LENGTH + 1), TERMS)
    assert steps_of(piece * 1_000_000) < 20


def test_alternatives_are_as_many_as_fit_and_no_more_work_than_that() -> None:
    """Joining them looks at each of them again, so the bound on the text is what bounds it."""
    assert steps_of("label:" + "a," * (MAX_LENGTH // 2 - 3)) < 400 * MAX_LENGTH


def test_more_terms_are_not_looked_at() -> None:
    """They become parts of a statement."""
    with pytest.raises(Invalid, match=f"at most {MAX_TERMS} terms"):
        LANGUAGE.parse("a " * (MAX_TERMS + 1), TERMS)
