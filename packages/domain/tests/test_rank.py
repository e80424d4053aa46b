"""Ranks: there is always room between two, and they sort as people put things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import Invalid
from colonnade.domain.tasks import initial_rank, rank_between


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_initial_ranks_sort_like_numbers(one: int, other: int) -> None:
    """So that a new task stands at the end without a look at the others."""
    assert (initial_rank(one) < initial_rank(other)) == (one < other)


def test_initial_ranks_sort_like_numbers_where_they_grow_longer() -> None:
    """At every power of the base too."""
    ranks = [initial_rank(number) for number in range(1, 5000)]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


@given(st.lists(st.integers(0, 1000), max_size=60), st.integers(0, 70))
def test_any_sequence_of_insertions_stays_sorted(places: list[int], tasks: int) -> None:
    """Wherever the next one is put: at the beginning, between two, or at the end."""
    order = [initial_rank(number) for number in range(1, tasks + 1)]
    for place in places:
        at = place % (len(order) + 1)
        order.insert(at, rank_between(*neighbours(order, at)))

    assert order == sorted(order)
    assert len(set(order)) == len(order)


@given(st.lists(st.sampled_from(["start", "end", "second", "before last"]), min_size=1, max_size=120))
def test_hammering_one_place_keeps_room(places: list[str]) -> None:
    """However often people put things into the same gap."""
    order = [initial_rank(1), initial_rank(2)]
    for place in places:
        at = {"start": 0, "end": len(order), "second": 1, "before last": len(order) - 1}[place]
        order.insert(at, rank_between(*neighbours(order, at)))

    assert order == sorted(order)
    assert len(set(order)) == len(order)


@given(st.integers(1, 5000), st.lists(st.integers(0, 1000), max_size=40))
def test_what_is_put_last_sorts_before_the_next_new_task(tasks: int, places: list[int]) -> None:
    """A task opened later goes behind whatever was put at the end by hand."""
    order = [initial_rank(tasks)]
    for place in places:
        at = place % (len(order) + 1)
        order.insert(at, rank_between(*neighbours(order, at)))
    order.append(rank_between(order[-1], None))

    assert order == sorted(order)
    assert order[-1] < initial_rank(tasks + 1)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_rank_lies_strictly_between_any_two_initial_ranks(one: int, other: int) -> None:
    """Next to each other or far apart."""
    low, high = sorted([initial_rank(one), initial_rank(other)])
    if low != high:
        assert low < rank_between(low, high) < high


def test_the_first_task_of_all_needs_no_neighbour() -> None:
    """An empty list has room as well."""
    assert rank_between(None, None) == initial_rank(1)


def test_ranks_stay_short_in_the_middle() -> None:
    """A hundred insertions into one gap cost a few dozen characters at most."""
    low, high = initial_rank(1), initial_rank(2)
    for _ in range(100):
        high = rank_between(low, high)

    assert len(high) < 50


@pytest.mark.parametrize(("before", "after"), [("a2V", "a1V"), ("a1V", "a1V")])
def test_two_that_are_not_in_order_are_refused(before: str, after: str) -> None:
    """There is nothing between them."""
    with pytest.raises(Invalid, match="not in this order"):
        rank_between(before, after)


def neighbours(order: list[str], at: int) -> tuple[str | None, str | None]:
    """Return the ranks before and after a place in the order."""
    return (order[at - 1] if at else None, order[at] if at < len(order) else None)
