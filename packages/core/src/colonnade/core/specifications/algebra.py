"""The algebra: comparisons of fields, joined by and, or, not.

Every comparison is true or false, never unknown: a missing value equals only `None` and orders before and after
nothing. Interpreters must keep to that, SQL's three-valued logic notwithstanding.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Operator(Enum):
    """What a comparison asks of a field."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    LACKS = "lacks"
    MENTIONS = "mentions"
    OMITS = "omits"


class Specification:
    """A condition that a candidate meets or not. Immutable, comparable, hashable, and plain data."""

    def __and__(self, other: "Specification") -> "Specification":
        return _joined(AllOf, self, other)

    def __or__(self, other: "Specification") -> "Specification":
        return _joined(AnyOf, self, other)

    def __invert__(self) -> "Specification":
        return self.part if isinstance(self, Not) else Not(self)


@dataclass(frozen=True, slots=True)
class Comparison(Specification):
    """One field against one value."""

    field: str
    operator: Operator
    value: object


@dataclass(frozen=True, slots=True)
class AllOf(Specification):
    """Every part holds; with no part, always."""

    parts: tuple[Specification, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Specification):
    """At least one part holds; with no part, never."""

    parts: tuple[Specification, ...]


@dataclass(frozen=True, slots=True)
class Not(Specification):
    """The part does not hold."""

    part: Specification


EVERYTHING: Specification = AllOf(())
NOTHING: Specification = AnyOf(())


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A named field, to be compared with Python's own operators."""

    name: str

    def __eq__(self, value: object) -> Comparison:  # type: ignore[override]  # builds a condition instead of testing one
        return Comparison(self.name, Operator.EQ, value)

    def __ne__(self, value: object) -> Comparison:  # type: ignore[override]  # builds a condition instead of testing one
        return Comparison(self.name, Operator.NE, value)

    def __lt__(self, value: object) -> Comparison:
        return Comparison(self.name, Operator.LT, value)

    def __le__(self, value: object) -> Comparison:
        return Comparison(self.name, Operator.LE, value)

    def __gt__(self, value: object) -> Comparison:
        return Comparison(self.name, Operator.GT, value)

    def __ge__(self, value: object) -> Comparison:
        return Comparison(self.name, Operator.GE, value)

    __hash__ = None  # type: ignore[assignment]  # a field in a set would be compared by building conditions

    def is_in(self, values: Iterable[object]) -> Comparison:
        """The field is one of `values`, none of which may be `None`."""
        return Comparison(self.name, Operator.IN, tuple(values))

    def contains(self, value: object) -> Comparison:
        """The field is a collection that has `value`."""
        return Comparison(self.name, Operator.CONTAINS, value)

    def mentions(self, words: str) -> Comparison:
        """The field is folded text (`colonnade.core.text.fold`) that has `words` somewhere."""
        return Comparison(self.name, Operator.MENTIONS, words)


def field(name: str) -> Field:
    """Name a field of the candidates.

    Example:
        >>> urgent = (field("priority") == "urgent") & ~(field("status") == "done")
        >>> matches(urgent, {"priority": "urgent", "status": "todo"})
        True
    """
    return Field(name)


_OPPOSITE = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.IN: Operator.NOT_IN,
    Operator.NOT_IN: Operator.IN,
    Operator.CONTAINS: Operator.LACKS,
    Operator.LACKS: Operator.CONTAINS,
    Operator.MENTIONS: Operator.OMITS,
    Operator.OMITS: Operator.MENTIONS,
}


def normalised(specification: Specification, *, negate: bool = False) -> Specification:
    """Push negation down to the comparisons (negation normal form).

    The result has `Not` only directly around an ordering comparison, whose opposite is not another ordering when the
    field is missing.
    """
    match specification:
        case Not(part):
            return normalised(part, negate=not negate)
        case AllOf(parts) | AnyOf(parts):
            kind = AllOf if isinstance(specification, AllOf) != negate else AnyOf
            return kind(tuple(normalised(part, negate=negate) for part in parts))
        case Comparison(name, operator, value) if negate and operator in _OPPOSITE:
            return Comparison(name, _OPPOSITE[operator], value)
        case _:
            return Not(specification) if negate else specification


def fields_of(specification: Specification) -> frozenset[str]:
    """Return the names of the fields that a specification asks about."""
    match specification:
        case AllOf(parts) | AnyOf(parts):
            return frozenset(name for part in parts for name in fields_of(part))
        case Not(part):
            return fields_of(part)
        case Comparison(name):
            return frozenset({name})
        case _:
            return frozenset()


def _joined(kind: type[AllOf] | type[AnyOf], left: Specification, right: Specification) -> Specification:
    parts = [part for side in (left, right) for part in (side.parts if isinstance(side, kind) else (side,))]
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
