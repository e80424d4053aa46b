"""Pages of a long answer."""

import pytest
from pydantic import ValidationError

from colonnade.core import Page


def test_the_last_page_has_no_next() -> None:
    """That is how a client knows that it has seen everything."""
    assert Page[int](items=(1, 2)).next is None


def test_a_page_goes_through_json() -> None:
    """Its items keep their type and their order."""
    page = Page[int](items=(3, 1, 2), next="cursor")

    assert page.model_dump_json() == '{"items":[3,1,2],"next":"cursor"}'
    assert Page[int].model_validate_json(page.model_dump_json()) == page


def test_a_page_checks_its_items() -> None:
    """A page of numbers holds numbers."""
    with pytest.raises(ValidationError):
        Page[int].model_validate({"items": ["one"]})


def test_a_page_never_changes() -> None:
    """It is an answer."""
    page = Page[int](items=(1,))

    with pytest.raises(ValidationError, match="frozen"):
        page.next = "other"  # type: ignore[misc]  # that it is refused is what is tested
