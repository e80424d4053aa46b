"""The SQL interpreter of specifications; gives the same answer as `colonnade.core.predicate`.

SQL knows a third truth value, unknown, for whatever touches NULL. In a condition without negations unknown counts as
false, which is what the algebra wants; so negations are pushed down to the comparisons first and written out there.
"""

import operator as op
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from colonnade.core import Specification
from colonnade.core.specifications import AllOf, AnyOf, Comparison, Not, Operator, normalised
from colonnade.core.text import fold

Columns = Mapping[str, ColumnElement[Any]]  # columns of any type

_ORDERINGS: dict[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {  # operands of any type
    Operator.LT: op.lt,
    Operator.LE: op.le,
    Operator.GT: op.gt,
    Operator.GE: op.ge,
}


def to_sql(specification: Specification, columns: Columns) -> ColumnElement[bool]:
    """Return the SQL condition that a specification stands for.

    Args:
        specification: The condition.
        columns: The column of each field.

    Raises:
        KeyError: The specification names a field that has no column.
    """
    return _condition(normalised(specification), columns)


def _condition(specification: Specification, columns: Columns) -> ColumnElement[bool]:
    match specification:
        case AllOf(parts):
            return and_(true(), *(_condition(part, columns) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(_condition(part, columns) for part in parts))
        case Not(Comparison(name, operator, value)):
            column = columns[name]
            if value is None:
                return true()
            return or_(column.is_(None), not_(_ORDERINGS[operator](column, value)))
        case Comparison(name, operator, value):
            return _comparison(columns[name], operator, value)
        case _:
            raise TypeError(f"{specification!r} is not a specification of this algebra")


def _comparison(column: ColumnElement[Any], operator: Operator, value: Any) -> ColumnElement[bool]:  # of any type
    if operator in _ORDERINGS:
        return false() if value is None else _ORDERINGS[operator](column, value)
    return _MEMBERSHIPS[operator](column, value)


def _mentions(column: ColumnElement[Any], words: str) -> ColumnElement[bool]:
    return column.contains(fold(words), autoescape=True)


_MEMBERSHIPS: dict[Operator, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {  # operands of any type
    Operator.EQ: lambda column, value: column.is_(None) if value is None else column == value,
    Operator.NE: lambda column, value: column.is_not(None) if value is None else or_(column.is_(None), column != value),
    Operator.IN: lambda column, value: column.in_(value),
    Operator.NOT_IN: lambda column, value: or_(column.is_(None), column.not_in(value)),
    Operator.CONTAINS: lambda column, value: column.has(value),
    Operator.LACKS: lambda column, value: or_(column.is_(None), not_(column.has(value))),
    Operator.MENTIONS: _mentions,
    Operator.OMITS: lambda column, words: or_(column.is_(None), not_(_mentions(column, words))),
}
