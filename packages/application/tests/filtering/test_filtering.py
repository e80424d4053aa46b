"""The filter language: each element of the grammar, and that a text is understood or refused, nothing else."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from colonnade.application.filtering import (
    FilterLanguage,
    Terms,
    choice,
    collection,
    day,
    moment,
    ordered_choice,
    person,
)
from colonnade.core import EVERYTHING, Invalid, Specification, UserId, field, matches
from colonnade.core.specifications import Comparison, Operator

ADA = UserId(UUID(int=1))
BEN = UserId(UUID(int=2))
TODAY = date(2026, 3, 2)
TERMS = Terms(me=ADA, today=TODAY, people={"ben@example.com": BEN})
OPEN = field("closed_at") == None  # noqa: E711 - builds a condition

LANGUAGE = FilterLanguage(
    {
        "status": choice("status", ("todo", "done"), {"open": OPEN}),
        "key": choice("key", ()),
        "size": ordered_choice("size", {"small": 1, "large": 2}),
        "label": collection("labels"),
        "owner": person("owner_id"),
        "due": day("due_on"),
        "made": moment("made_at"),
    },
    text="words",
)


def parsed(text: str, terms: Terms = TERMS) -> Specification:
    """Return what a text means."""
    return LANGUAGE.parse(text, terms)


def refusal(text: str, terms: Terms = TERMS) -> str:
    """Return why a text is refused, having checked that the refusal names the filter."""
    with pytest.raises(Invalid) as refused:
        LANGUAGE.parse(text, terms)
    assert refused.value.facts == {"field": "filter"}
    return refused.value.message


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_an_empty_text_stands_for_everything(text: str) -> None:
    """Space of any kind is nothing."""
    assert parsed(text) == EVERYTHING


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("status:todo", field("status") == "todo"),
        ("STATUS:todo", field("status") == "todo"),
        ("status:open", OPEN),
        ("status:todo,done", (field("status") == "todo") | (field("status") == "done")),
        ("status:todo,,done,", (field("status") == "todo") | (field("status") == "done")),
        ("-status:todo", ~(field("status") == "todo")),
        ("-status:todo,done", ~((field("status") == "todo") | (field("status") == "done"))),
        ("key:anything", field("key") == "anything"),
        ("size:small", field("size") == 1),
        ("size<large", field("size") < 2),
        ("size<=large", field("size") <= 2),
        ("size>small", field("size") > 1),
        ("size>=small", field("size") >= 1),
        ("label:bug", field("labels").contains("bug")),
        ("label:none", field("labels") == ()),
        ('label:"good first issue"', field("labels").contains("good first issue")),
        ('label:"a,b"', field("labels").contains("a,b")),
        (r'label:"say \"hi\" \\ bye"', field("labels").contains(r'say "hi" \ bye')),
        ("owner:me", field("owner_id") == ADA),
        ("owner:none", Comparison("owner_id", Operator.EQ, None)),
        ("owner:Ben@Example.com", field("owner_id") == BEN),
        (f"owner:{BEN}", field("owner_id") == BEN),
        ("owner:me,none", (field("owner_id") == ADA) | Comparison("owner_id", Operator.EQ, None)),
        ("due:none", Comparison("due_on", Operator.EQ, None)),
        ("due:2026-12-24", field("due_on") == date(2026, 12, 24)),
        ("due<today", field("due_on") < TODAY),
        ("due:yesterday", field("due_on") == date(2026, 3, 1)),
        ("due<=tomorrow", field("due_on") <= date(2026, 3, 3)),
        ("due<7d", field("due_on") < date(2026, 3, 9)),
        ("due<+7d", field("due_on") < date(2026, 3, 9)),
        ("due>-2w", field("due_on") > date(2026, 2, 16)),
        ("relaunch", field("words").mentions("relaunch")),
        ("-relaunch", ~field("words").mentions("relaunch")),
        ('"two words"', field("words").mentions("two words")),
        ('-"two words"', ~field("words").mentions("two words")),
        (r'"a \"quoted\" word"', field("words").mentions('a "quoted" word')),
        ("12:30", field("words").mentions("12:30")),
        ("größe", field("words").mentions("größe")),
        ("-", field("words").mentions("-")),
    ],
)
def test_a_term_is_understood(text: str, condition: Specification) -> None:
    """Fields with each operator, alternatives, negation, quotes, and plain words."""
    assert parsed(text) == condition


def test_terms_are_joined_by_and() -> None:
    """In their order, however they are spaced."""
    assert parsed('  status:todo   due<7d\n-label:bug "some words" ') == (
        (field("status") == "todo")
        & (field("due_on") < date(2026, 3, 9))
        & ~field("labels").contains("bug")
        & field("words").mentions("some words")
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("colour:red", "has no field 'colour': use status, key, size"),
        ("http://example.com", "has no field 'http'"),
        ("status:", "has no value after 'status'"),
        ("status:blocked", "status is one of todo, done, open, not 'blocked'"),
        ("status<todo", "status has no order: write status:value"),
        ("size:medium", "size is one of small, large, not 'medium'"),
        ("label>bug", "labels has no order"),
        ("owner<me", "owner_id has no order"),
        ("owner:nobody", "'nobody' is nobody here: use me, none, or an e-mail address"),
        ("owner:eve@example.com", "is nobody here"),
        ("due:soon", "'soon' is not a day: write 2026-12-24, today, tomorrow, 7d or -2w"),
        ("due:2026-02-30", "is not a day"),
        ("due:7x", "is not a day"),
        ("due<none", "has no order"),
        ("made:none", "is not a day"),
        ('"unfinished', 'cannot be understood from here: "unfinished'),
        ('label:"unfinished', "cannot be understood from here"),
        ('"two"words', "cannot be understood from here"),
        ('todo words"', "cannot be understood from here: words"),
        ("a\x00b", "must not contain null characters"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_would_be(text: str, reason: str) -> None:
    """And the refusal says where."""
    assert reason in refusal(text)


def test_without_a_caller_there_is_no_me() -> None:
    """Everything else is understood as ever."""
    assert "nobody is signed in" in refusal("owner:me", Terms(me=None, today=TODAY))
    assert parsed("owner:none", Terms(me=None, today=TODAY)) == Comparison("owner_id", Operator.EQ, None)


def test_a_text_is_bounded() -> None:
    """In length and in terms, so that no query grows without end."""
    assert "at most 1000 characters" in refusal("x" * 1001)
    assert "at most 30 terms" in refusal("x " * 31)
    parsed("x" * 1000)
    parsed("x " * 30)


MOMENTS = st.builds(datetime.combine, st.dates(date(2026, 2, 1), date(2026, 4, 1)), st.times(), st.just(UTC))


@given(MOMENTS, st.sampled_from([":", "<", "<=", ">", ">="]), st.dates(date(2026, 2, 1), date(2026, 4, 1)))
def test_a_moment_is_asked_for_by_its_day(made_at: datetime, operator: str, asked: date) -> None:
    """Whatever the hour: `made<=2026-03-02` includes all of that day."""
    compare: dict[str, Callable[[date, date], bool]] = {
        ":": date.__eq__,
        "<": date.__lt__,
        "<=": date.__le__,
        ">": date.__gt__,
        ">=": date.__ge__,
    }
    condition = parsed(f"made{operator}{asked.isoformat()}")

    assert matches(condition, {"made_at": made_at}) is compare[operator](made_at.date(), asked)


def test_the_last_day_of_all_is_a_day() -> None:
    """Or at least it is refused like any other that is out of reach."""
    try:
        condition = parsed("made:9999-12-31")
    except Invalid as refused:
        assert refused.facts == {"field": "filter"}  # noqa: PT017 - both answers are right
    else:
        assert matches(condition, {"made_at": datetime(9999, 12, 31, 12, tzinfo=UTC)})


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["status", "size", "label", "owner", "due", "made", "x", "-", ":", "<", "<=", ">", '"', "\\", ","]
        ),
        st.sampled_from(
            ["none", "me", "today", "7d", "-9999w", "9999w", "0001-01-01", "9999-12-31", "todo", "small", " "]
        ),
        st.text(max_size=5),
    ),
    max_size=20,
).map("".join)


@given(st.text() | PIECES, st.dates())
@example("made<=9999-12-31", TODAY)
@example("due:-9999w", date(1, 1, 1))
def test_a_text_is_understood_or_refused_and_nothing_else(text: str, today: date) -> None:
    """Whatever somebody types, there is a condition or an error that the API's edge can show."""
    try:
        condition = parsed(text, Terms(me=ADA, today=today))
    except Invalid as refused:
        assert refused.facts == {"field": "filter"}  # noqa: PT017 - both answers are right
    else:
        assert isinstance(condition, Specification)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_any_text_can_be_quoted(text: str) -> None:
    """A backslash before a quote and before a backslash is all it takes."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')

    assert parsed(f'"{quoted}"') == field("words").mentions(text)
    assert parsed(f'label:"{quoted}"') in {field("labels").contains(text), Comparison("labels", Operator.EQ, ())}


def test_a_text_that_no_store_takes_is_refused() -> None:
    """A lone surrogate cannot be sent to any database."""
    refusal("a\ud800b")
