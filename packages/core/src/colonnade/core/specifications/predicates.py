"""The in-memory interpreter: a specification becomes a Python function once, then tests any number of candidates."""

import operator as op
from collections.abc import Callable, Mapping
from typing import Any

from colonnade.core.specifications.algebra import AllOf, AnyOf, Comparison, Not, Operator, Specification
from colonnade.core.text import fold

Predicate = Callable[[object], bool]

_ORDERINGS: dict[Operator, Callable[[Any, Any], bool]] = {  # operands are of whatever type the field has
    Operator.LT: op.lt,
    Operator.LE: op.le,
    Operator.GT: op.gt,
    Operator.GE: op.ge,
}


def predicate(specification: Specification) -> Predicate:
    """Compile a specification into a function of a candidate (an object with attributes, or a mapping)."""
    match specification:
        case AllOf(parts):
            tests = tuple(predicate(part) for part in parts)
            return lambda candidate: all(test(candidate) for test in tests)
        case AnyOf(parts):
            tests = tuple(predicate(part) for part in parts)
            return lambda candidate: any(test(candidate) for test in tests)
        case Not(part):
            test = predicate(part)
            return lambda candidate: not test(candidate)
        case Comparison(name, operator, value):
            compare = _comparison(operator, value)
            return lambda candidate: compare(_value(candidate, name))
        case _:
            raise TypeError(f"{specification!r} is not a specification of this algebra")


def matches(specification: Specification, candidate: object) -> bool:
    """Tell whether one candidate satisfies a specification."""
    return predicate(specification)(candidate)


def _value(candidate: object, name: str) -> Any:  # whatever type the field has
    return candidate.get(name) if isinstance(candidate, Mapping) else getattr(candidate, name)


def _comparison(operator: Operator, value: Any) -> Callable[[Any], bool]:  # fields are of any type
    if operator in _ORDERINGS:
        compare = _ORDERINGS[operator]
        return lambda actual: actual is not None and value is not None and compare(actual, value)
    if operator in {Operator.MENTIONS, Operator.OMITS}:
        words, expected = fold(value), operator is Operator.MENTIONS
        return lambda actual: (actual is not None and words in fold(actual)) is expected
    return _MEMBERSHIPS[operator](value)


_MEMBERSHIPS: dict[Operator, Callable[[Any], Callable[[Any], bool]]] = {  # fields are of any type
    Operator.EQ: lambda value: lambda actual: bool(actual == value),
    Operator.NE: lambda value: lambda actual: bool(actual != value),
    Operator.IN: lambda value: lambda actual: actual in value,
    Operator.NOT_IN: lambda value: lambda actual: actual not in value,
    Operator.CONTAINS: lambda value: lambda actual: actual is not None and value in actual,
    Operator.LACKS: lambda value: lambda actual: actual is None or value not in actual,
}
