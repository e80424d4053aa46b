"""The algebra of conditions: its laws hold for every candidate, those with missing values included."""

import copy
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import EVERYTHING, NOTHING, Specification, field, matches, predicate
from colonnade.core.specifications import AllOf, AnyOf, Comparison, Not, Operator, fields_of, normalised

NUMBERS = st.integers(-2, 2)
WORDS = st.text("aAbßSsé ", max_size=3)
ORDERINGS = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)

CANDIDATES = st.fixed_dictionaries(
    {
        "size": st.none() | NUMBERS,
        "text": st.none() | WORDS,
        "tags": st.none() | st.lists(NUMBERS, max_size=2).map(tuple),
    }
)
COMPARISONS = st.one_of(
    st.builds(
        Comparison,
        st.just("size"),
        st.sampled_from([Operator.EQ, Operator.NE, *ORDERINGS]),
        st.none() | NUMBERS,
    ),
    st.builds(
        Comparison,
        st.just("size"),
        st.sampled_from([Operator.IN, Operator.NOT_IN]),
        st.lists(NUMBERS, max_size=3).map(tuple),
    ),
    st.builds(Comparison, st.just("tags"), st.sampled_from([Operator.CONTAINS, Operator.LACKS]), NUMBERS),
    st.builds(Comparison, st.just("text"), st.sampled_from([Operator.MENTIONS, Operator.OMITS]), WORDS),
)
SPECIFICATIONS: st.SearchStrategy[Specification] = st.recursive(
    COMPARISONS | st.sampled_from([EVERYTHING, NOTHING]),
    lambda parts: st.one_of(
        st.builds(lambda one, other: one & other, parts, parts),
        st.builds(lambda one, other: one | other, parts, parts),
        st.builds(lambda part: ~part, parts),
        st.builds(Not, parts),
        st.lists(parts, max_size=3).map(lambda many: AllOf(tuple(many))),
        st.lists(parts, max_size=3).map(lambda many: AnyOf(tuple(many))),
    ),
    max_leaves=8,
)


@given(SPECIFICATIONS, CANDIDATES)
def test_every_condition_is_true_or_false_of_every_candidate(condition: Specification, candidate: Any) -> None:
    """There is no third answer and no failure, a missing value notwithstanding."""
    assert matches(condition, candidate) in {True, False}


@given(SPECIFICATIONS, SPECIFICATIONS, CANDIDATES)
def test_and_or_not_are_those_of_logic(one: Specification, other: Specification, candidate: Any) -> None:
    """A joined condition says what its parts say, joined."""
    left, right = matches(one, candidate), matches(other, candidate)

    assert matches(one & other, candidate) == (left and right)
    assert matches(one | other, candidate) == (left or right)
    assert matches(~one, candidate) == (not left)


@given(SPECIFICATIONS, SPECIFICATIONS, CANDIDATES)
def test_de_morgan_holds(one: Specification, other: Specification, candidate: Any) -> None:
    """Negation turns and into or, and or into and."""
    assert matches(~(one & other), candidate) == matches(~one | ~other, candidate)
    assert matches(~(one | other), candidate) == matches(~one & ~other, candidate)


@given(SPECIFICATIONS, CANDIDATES)
def test_the_normal_form_gives_the_same_answer(condition: Specification, candidate: Any) -> None:
    """An interpreter may read either."""
    assert matches(normalised(condition), candidate) == matches(condition, candidate)
    assert matches(normalised(condition, negate=True), candidate) == (not matches(condition, candidate))


@given(SPECIFICATIONS)
def test_the_normal_form_negates_nothing_but_orderings(condition: Specification) -> None:
    """So an interpreter needs one rule for `Not`; normalising twice changes nothing more."""
    form = normalised(condition)

    assert negated(form) <= {*ORDERINGS}
    assert normalised(form) == form


def negated(condition: Specification) -> set[Operator]:
    """Return the operators right below a negation, which must stand around comparisons alone."""
    match condition:
        case Not(Comparison(_, operator)):
            return {operator}
        case AllOf(parts) | AnyOf(parts):
            return {operator for part in parts for operator in negated(part)}
        case Comparison():
            return set()
        case _:
            raise AssertionError(f"{condition} is not in normal form")


@given(SPECIFICATIONS, CANDIDATES)
def test_negating_twice_gives_the_condition_back(condition: Specification, candidate: Any) -> None:
    """Not even a wrapper is left around a condition that had none."""
    assert matches(~~condition, candidate) == matches(condition, candidate)
    if not isinstance(condition, Not):
        assert ~~condition == condition


@given(COMPARISONS, COMPARISONS, COMPARISONS)
def test_the_parts_of_a_chain_stand_side_by_side(one: Specification, two: Specification, three: Specification) -> None:
    """However it was put together."""
    assert (one & two) & three == one & (two & three) == AllOf((one, two, three))
    assert (one | two) | three == one | (two | three) == AnyOf((one, two, three))


@given(SPECIFICATIONS)
def test_everything_and_nothing_are_the_neutral_elements(condition: Specification) -> None:
    """Joining with them leaves a condition as it was."""
    assert matches(EVERYTHING, {})
    assert not matches(NOTHING, {})
    if not isinstance(condition, AllOf):
        assert condition & EVERYTHING == EVERYTHING & condition == condition
    if not isinstance(condition, AnyOf):
        assert condition | NOTHING == NOTHING | condition == condition


@given(SPECIFICATIONS)
def test_conditions_are_values(condition: Specification) -> None:
    """They are compared by content and can be kept in sets."""
    assert len({condition, copy.deepcopy(condition)}) == 1


@given(SPECIFICATIONS, CANDIDATES)
def test_a_condition_asks_only_about_the_fields_that_it_names(condition: Specification, candidate: Any) -> None:
    """Other fields of the candidate make no difference."""
    asked = {name: value for name, value in candidate.items() if name in fields_of(condition)}

    assert matches(condition, asked) == matches(condition, candidate)


@given(SPECIFICATIONS, CANDIDATES)
def test_objects_and_mappings_are_read_alike(condition: Specification, candidate: Any) -> None:
    """A candidate has its fields as attributes or as keys."""
    assert matches(condition, SimpleNamespace(**candidate)) == matches(condition, candidate)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (field("size") == 1, True),
        (field("size") != 1, False),
        (field("size") < 2, True),
        (field("size") <= 1, True),
        (field("size") > 1, False),
        (field("size") >= 1, True),
        (field("size").is_in([1, 2]), True),
        (field("size").is_in([]), False),
        (field("tags").contains("a"), True),
        (field("tags").contains("b"), False),
        (field("text").mentions("STRASSE"), True),
        (field("text").mentions("weg"), False),
    ],
)
def test_a_field_is_compared_with_pythons_own_operators(condition: Specification, expected: bool) -> None:
    """Each operator asks what it says; text is compared as people do."""
    assert matches(condition, {"size": 1, "tags": ("a",), "text": "Hauptstraße"}) is expected


@pytest.mark.parametrize("operator", ORDERINGS)
def test_a_missing_value_orders_before_and_after_nothing(operator: Operator) -> None:
    """Nor does anything order before or after a missing value."""
    assert not matches(Comparison("size", operator, 1), {"size": None})
    assert not matches(Comparison("size", operator, None), {"size": 1})


def test_a_missing_value_equals_only_none() -> None:
    """It is unequal to everything else, contains nothing and mentions nothing."""
    missing = {"size": None, "tags": None, "text": None}

    assert matches(Comparison("size", Operator.EQ, None), missing)
    assert matches(field("size") != 1, missing)
    assert not matches(field("size").is_in([1]), missing)
    assert matches(~field("tags").contains(1), missing)
    assert not matches(field("text").mentions(""), missing)


def test_a_condition_is_compiled_once_for_many_candidates() -> None:
    """The function keeps nothing between two candidates."""
    is_small = predicate(field("size") < 2)

    assert [is_small({"size": size}) for size in (1, 2, None, 0)] == [True, False, False, True]


def test_a_field_is_not_hashable() -> None:
    """In a set it would be compared by building conditions, which are all true."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(field("size"))


def test_a_foreign_kind_of_condition_is_refused() -> None:
    """The algebra is closed: an interpreter knows all of it."""

    class Foreign(Specification):
        """A kind that no interpreter reads."""

    with pytest.raises(TypeError, match="not a specification of this algebra"):
        predicate(Foreign())


def test_the_fields_of_a_condition_are_known() -> None:
    """From every part, at any depth."""
    assert fields_of((field("a") == 1) & ~((field("b") < 2) | field("c").contains(3))) == {"a", "b", "c"}
    assert fields_of(EVERYTHING) == frozenset()
