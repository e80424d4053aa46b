"""Workflows: sound from the start, and the only way from status to status."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from colonnade.core import Conflict, Invalid
from colonnade.domain.projects import DEFAULT_WORKFLOW, Category, Status, TransitionRefused, Workflow

TODO = Status(slug="todo", name="To do", category=Category.TODO)
DOING = Status(slug="doing", name="Doing", category=Category.ACTIVE)
DONE = Status(slug="done", name="Done", category=Category.DONE)


@pytest.mark.parametrize(
    ("statuses", "transitions", "reason"),
    [
        ((), {}, "needs a status of category done"),
        ((TODO, DOING), {}, "needs a status of category done"),
        ((DONE, TODO), {}, "must not start with a status of category done"),
        ((TODO, DONE, TODO), {}, "must occur once"),
        ((TODO, DONE), {"todo": ("nowhere",)}, "no such status: nowhere"),
        ((TODO, DONE), {"nowhere": ("todo",)}, "no such status: nowhere"),
    ],
)
def test_an_unsound_workflow_is_refused(
    statuses: tuple[Status, ...], transitions: Mapping[str, tuple[str, ...]], reason: str
) -> None:
    """There is somewhere to start, somewhere to finish, and every move leads somewhere."""
    with pytest.raises(ValueError, match=reason):
        Workflow(statuses=statuses, transitions=transitions)


@pytest.mark.parametrize("slug", ["", "To do", "1st", "x" * 41, "tö", "done\n", "_x"])
def test_a_status_is_named_by_a_simple_word(slug: str) -> None:
    """It is typed in filters and stands in addresses."""
    with pytest.raises(ValidationError):
        Status(slug=slug, name="Name", category=Category.TODO)


def test_a_status_name_that_no_store_takes_is_refused() -> None:
    """PostgreSQL keeps no null characters in JSON, so they are refused at the door."""
    with pytest.raises(ValidationError):
        Status(slug="todo", name="To\x00do", category=Category.TODO)


def test_work_starts_in_the_first_status_and_ends_in_the_first_that_means_done() -> None:
    """Of the usual workflow as of any other."""
    assert DEFAULT_WORKFLOW.initial.slug == "todo"
    assert DEFAULT_WORKFLOW.final.slug == "done"


def test_a_status_is_found_by_its_slug() -> None:
    """One that is not there is refused, with those that are."""
    assert DEFAULT_WORKFLOW.status("in_review").category is Category.ACTIVE
    with pytest.raises(Invalid, match="choose todo, in_progress") as refused:
        DEFAULT_WORKFLOW.status("blocked")
    assert refused.value.facts["field"] == "status"


@given(st.sampled_from(DEFAULT_WORKFLOW.statuses), st.sampled_from(DEFAULT_WORKFLOW.statuses))
def test_a_move_is_made_exactly_if_the_workflow_has_it(source: Status, target: Status) -> None:
    """A refusal says where one could go instead."""
    allowed = DEFAULT_WORKFLOW.transitions[source.slug]
    if target.slug in allowed:
        assert DEFAULT_WORKFLOW.move(source.slug, target.slug) == target
    else:
        with pytest.raises(TransitionRefused) as refused:
            DEFAULT_WORKFLOW.move(source.slug, target.slug)
        assert isinstance(refused.value, Conflict)
        assert refused.value.facts == {"source": source.slug, "target": target.slug, "allowed": list(allowed)}


def test_a_move_to_an_unknown_status_is_an_invalid_value() -> None:
    """That is another mistake than a move that is not allowed."""
    with pytest.raises(Invalid):
        DEFAULT_WORKFLOW.move("todo", "blocked")


def test_a_status_without_moves_leads_nowhere() -> None:
    """And the refusal says so."""
    with pytest.raises(TransitionRefused, match="nowhere"):
        Workflow(statuses=(TODO, DONE), transitions={"todo": ("done",)}).move("done", "todo")


def test_a_workflow_goes_through_json() -> None:
    """What comes back is the same workflow."""
    assert Workflow.model_validate_json(DEFAULT_WORKFLOW.model_dump_json()) == DEFAULT_WORKFLOW


def test_a_workflow_never_changes() -> None:
    """Projects share the usual one."""
    with pytest.raises(ValidationError, match="frozen"):
        DEFAULT_WORKFLOW.statuses = (TODO, DOING, DONE)  # type: ignore[misc]  # that it is refused is what is tested
