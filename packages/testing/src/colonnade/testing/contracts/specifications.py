"""The suite that every interpreter of specifications passes: it gives Python's answer to any question."""
# ruff: noqa: S101 - suites assert

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import total_ordering
from random import Random
from typing import Protocol

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from colonnade.core import EVERYTHING, NOTHING, Specification, field, predicate
from colonnade.core.specifications import AllOf, AnyOf, Comparison, Not, Operator
from colonnade.core.text import fold


@total_ordering
class Level(Enum):
    """An enumeration whose order is not that of its names or values."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    def __lt__(self, other: object) -> bool:
        """Compare by place."""
        members = list(Level)
        return members.index(self) < members.index(other) if isinstance(other, Level) else NotImplemented


@dataclass(frozen=True, slots=True)
class Sample:
    """What is asked about: a field of every kind, each perhaps missing.

    Attributes:
        text: Sorts by code point.
        words: Folded text, to be searched in.
    """

    id: int
    text: str | None
    words: str | None
    number: int | None
    day: date | None
    moment: datetime | None
    labels: tuple[str, ...] | None
    level: Level | None


class SampleStore(Protocol):
    """Something that keeps samples and answers specifications."""

    async def fill(self, samples: Sequence[Sample]) -> None:
        """Keep these samples and no others."""
        ...

    async def select(self, specification: Specification) -> set[int]:
        """Return the ids of the samples that satisfy a specification."""
        ...


_TEXTS = (
    *("", "a", "A", "b", "%", "_", "\\", "/", "'", '"', "50%_off", "50xxoff", "a\\b", "a/b", "null", "[]"),
    *("ä", "a\u0308", "ß", "SS", "ﬁ", "李", "🙂"),
)
_MISSING = 0.2
_DAYS = tuple(date(2026, 1, 1) + timedelta(days=offset) for offset in (-400, -1, 0, 1, 30))
_NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_MOMENTS = tuple(_NEW_YEAR + timedelta(microseconds=offset) for offset in (-1, 0, 1, 10**6, 10**9))
_EXAMPLES = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)


def samples(count: int = 150) -> list[Sample]:
    """Return the same varied samples every time."""
    draws = Random(7)  # noqa: S311 - repeatable on purpose # nosec B311

    def maybe(values: Sequence[object]) -> object:
        return None if draws.random() < _MISSING else draws.choice(values)

    return [
        Sample(
            id=number,
            text=maybe(_TEXTS),  # type: ignore[arg-type]  # drawn from texts
            words=None if draws.random() < _MISSING else fold(" ".join(draws.choices(_TEXTS, k=2))),
            number=maybe((-1, 0, 1, 2**31 - 1)),  # type: ignore[arg-type]  # drawn from numbers
            day=maybe(_DAYS),  # type: ignore[arg-type]  # drawn from days
            moment=maybe(_MOMENTS),  # type: ignore[arg-type]  # drawn from moments
            labels=None if draws.random() < _MISSING else tuple(draws.sample(_TEXTS, draws.randrange(4))),
            level=maybe(tuple(Level)),  # type: ignore[arg-type]  # drawn from levels
        )
        for number in range(count)
    ]


SAMPLES = samples()
_FREE_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5)
_TEXT = st.sampled_from(_TEXTS) | _FREE_TEXT
_VALUES: dict[str, SearchStrategy[object]] = {
    "text": _TEXT,
    "number": st.sampled_from((-1, 0, 1, 2**31 - 1)) | st.integers(-(2**31), 2**31 - 1),
    "day": st.sampled_from(_DAYS) | st.dates(),
    "moment": st.sampled_from(_MOMENTS) | st.datetimes(timezones=st.just(UTC)),
    "level": st.sampled_from(Level),
}
_EQUALITY, _ORDER = (Operator.EQ, Operator.NE), (Operator.LT, Operator.LE, Operator.GT, Operator.GE)


def comparisons() -> SearchStrategy[Specification]:
    """Draw single comparisons of every operator with every kind of field."""
    kinds: list[SearchStrategy[Specification]] = []
    for name, values in _VALUES.items():
        kinds.append(_compared(name, (*_EQUALITY, *_ORDER), values | st.none()))
        kinds.append(_compared(name, (Operator.IN, Operator.NOT_IN), st.lists(values, max_size=3).map(tuple)))
    kinds.append(_compared("labels", _EQUALITY, st.none() | st.lists(_TEXT, max_size=2).map(tuple)))
    kinds.append(_compared("labels", (Operator.CONTAINS, Operator.LACKS), _TEXT))
    kinds.append(_compared("words", (Operator.MENTIONS, Operator.OMITS), _TEXT))
    return st.one_of(kinds)


def specifications() -> SearchStrategy[Specification]:
    """Draw conditions of any depth."""
    return st.recursive(
        comparisons() | st.sampled_from((EVERYTHING, NOTHING)),
        lambda parts: (
            parts.map(Not)
            | st.lists(parts, max_size=3).map(lambda drawn: AllOf(tuple(drawn)))
            | st.lists(parts, max_size=3).map(lambda drawn: AnyOf(tuple(drawn)))
        ),
        max_leaves=8,
    )


def _compared(
    name: str, operators: Sequence[Operator], values: SearchStrategy[object]
) -> SearchStrategy[Specification]:
    return st.builds(Comparison, st.just(name), st.sampled_from(operators), values)


class SpecificationSuite:
    """Subclass it as `Test…` and give it a fixture `store`."""

    @pytest.fixture
    async def store(self) -> SampleStore:
        """Say what the suite runs against."""
        raise NotImplementedError("override the fixture 'store'")

    @pytest.fixture
    async def filled(self, store: SampleStore) -> SampleStore:
        """Fill the store once for all examples of a test."""
        await store.fill(SAMPLES)
        return store

    @_EXAMPLES
    @given(specification=comparisons())
    async def test_a_comparison_has_pythons_answer(self, filled: SampleStore, specification: Specification) -> None:
        """Whatever a field is compared with, and if it is missing, the store finds what Python finds."""
        assert await filled.select(specification) == expected(specification)

    @_EXAMPLES
    @given(specification=specifications())
    async def test_any_condition_has_pythons_answer(self, filled: SampleStore, specification: Specification) -> None:
        """However comparisons are joined and negated, the store finds what Python finds."""
        assert await filled.select(specification) == expected(specification)

    @_EXAMPLES
    @given(specification=specifications())
    async def test_a_condition_and_its_opposite_share_everything(
        self, filled: SampleStore, specification: Specification
    ) -> None:
        """Each sample satisfies either a condition or its negation: there is no third answer."""
        found, rest = await filled.select(specification), await filled.select(~specification)
        assert not found & rest
        assert found | rest == {sample.id for sample in SAMPLES}

    @pytest.mark.parametrize("words", ["%", "_", "\\", "/", "50%_off", "A", "ﬁ", ""])
    async def test_wildcards_mean_themselves(self, filled: SampleStore, words: str) -> None:
        """What a store's own patterns hold for special is ordinary text."""
        mentioning = field("words").mentions(words)
        assert await filled.select(mentioning) == expected(mentioning)


def expected(specification: Specification) -> set[int]:
    """Return Python's answer."""
    satisfies = predicate(specification)
    return {sample.id for sample in SAMPLES if satisfies(sample)}
