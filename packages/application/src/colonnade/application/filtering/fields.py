"""Kinds of fields that a filter can ask about."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from uuid import UUID

from colonnade.core import Invalid, Specification, UserId, field
from colonnade.core.specifications import Comparison, Operator

NONE = "none"
_RELATIVE = re.compile(r"([+-]?)(\d{1,4})([dw])")
_NO_PEOPLE: Mapping[str, UserId] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Terms:
    """What relative words mean in one query.

    Attributes:
        me: Who asks.
        today: The day it is, where the one who asks is.
        people: Identifiers of people by e-mail address, as far as the text names any.
    """

    me: UserId | None
    today: date
    people: Mapping[str, UserId] = attribute(default_factory=lambda: _NO_PEOPLE)


FilterField = Callable[[Operator, str, Terms], Specification]
"""Turns `<operator> <value>` into a condition, or raises `Invalid`."""


def choice(column: str, values: Iterable[str], words: Mapping[str, Specification] | None = None) -> FilterField:
    """Return a field with one of several values, or any if none are named.

    Args:
        column: The field.
        values: The values that it can have; empty if that is not known here.
        words: Shorthands for other conditions.
    """
    known = tuple(values)
    shorthands = words or {}

    def read(operator: Operator, value: str, terms: Terms) -> Specification:
        _only_equality(operator, column)
        if value in shorthands:
            return shorthands[value]
        if known and value not in known:
            raise Invalid(f"{column} is one of {', '.join((*known, *shorthands))}, not '{value}'", field="filter")
        return field(column) == value

    return read


def shorthand(name: str, words: Mapping[str, Specification]) -> FilterField:
    """Return a field that is nothing but shorthands, such as `is:open`."""

    def read(operator: Operator, value: str, terms: Terms) -> Specification:
        _only_equality(operator, name)
        if value not in words:
            raise Invalid(f"{name} is one of {', '.join(words)}, not '{value}'", field="filter")
        return words[value]

    return read


def ordered_choice(column: str, values: Mapping[str, object]) -> FilterField:
    """Return a field whose values have an order, so that `<` and `>` make sense."""

    def read(operator: Operator, value: str, terms: Terms) -> Specification:
        if value not in values:
            raise Invalid(f"{column} is one of {', '.join(values)}, not '{value}'", field="filter")
        return Comparison(column, operator, values[value])

    return read


def collection(column: str) -> FilterField:
    """Return a field with any number of values, such as labels; `none` means that there is none."""

    def read(operator: Operator, value: str, terms: Terms) -> Specification:
        _only_equality(operator, column)
        return (field(column) == ()) if value == NONE else field(column).contains(value)

    return read


def person(column: str) -> FilterField:
    """Return a field that names somebody: `me`, `none`, an identifier or an e-mail address."""

    def read(operator: Operator, value: str, terms: Terms) -> Specification:
        _only_equality(operator, column)
        if value == NONE:
            return field(column) == None  # noqa: E711 - builds a condition
        return field(column) == _person(value, terms)

    return read


def day(column: str) -> FilterField:
    """Return a field with a date: `2026-12-24`, `today`, `tomorrow`, `7d`, `-2w` or `none`; ordered."""

    def read(operator: Operator, value: str, terms: Terms) -> Specification:
        if value == NONE:
            _only_equality(operator, column)
            return field(column) == None  # noqa: E711 - builds a condition
        return Comparison(column, operator, _day(value, terms.today))

    return read


def moment(column: str) -> FilterField:
    """Return a field with a point in time, asked for by whole days in UTC: `created>-7d`."""

    def read(operator: Operator, value: str, terms: Terms) -> Specification:
        asked = _day(value, terms.today)
        if asked == date.max:
            raise Invalid("is the last day of all: name an earlier one", field="filter")
        start = datetime.combine(asked, time(), UTC)
        end = start + timedelta(days=1)
        match operator:
            case Operator.LT:
                return field(column) < start
            case Operator.LE:
                return field(column) < end
            case Operator.GT:
                return field(column) >= end
            case Operator.GE:
                return field(column) >= start
            case _:
                return (field(column) >= start) & (field(column) < end)

    return read


def _only_equality(operator: Operator, column: str) -> None:
    if operator is not Operator.EQ:
        raise Invalid(f"{column} has no order: write {column}:value", field="filter")


def _person(value: str, terms: Terms) -> UserId:
    if value == "me":
        if terms.me is None:
            raise Invalid("nobody is signed in, so there is no 'me'", field="filter")
        return terms.me
    if value.lower() in terms.people:
        return terms.people[value.lower()]
    try:
        return UserId(UUID(value))
    except ValueError:
        raise Invalid(f"'{value}' is nobody here: use me, none, or an e-mail address", field="filter") from None


def _day(value: str, today: date) -> date:
    named = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if value in named:
        return today + timedelta(days=named[value])
    relative = _RELATIVE.fullmatch(value)
    try:
        if relative is None:
            return date.fromisoformat(value)
        sign, count, unit = relative.groups()
        return today + timedelta(days=int(count) * (7 if unit == "w" else 1) * (-1 if sign == "-" else 1))
    except (ValueError, OverflowError):
        raise Invalid(f"'{value}' is not a day: write 2026-12-24, today, tomorrow, 7d or -2w", field="filter") from None
