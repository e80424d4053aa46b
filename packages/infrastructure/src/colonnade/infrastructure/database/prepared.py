"""Statements of hot paths: compiled to SQL once, then given to PostgreSQL's driver without a detour.

SQLAlchemy's execution (context, cursor, result) costs about as much as the query itself when that is a look-up by key.
The statement, its types and their processors stay SQLAlchemy's; only the way to the driver is shorter.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Delete, Dialect, Insert, Select, TextClause, Update
from sqlalchemy.sql.compiler import SQLCompiler

from colonnade.infrastructure.database.tenancy import gated

Processor = Callable[[Any], Any]  # what drivers take and give is of any type
Values = Sequence[Any]  # a row, of columns of any type
Statement = Select[Any] | Insert | Update | Delete | TextClause


class _Plan(NamedTuple):
    """A statement as one engine's driver takes it.

    Attributes:
        sql: The text, with numbered parameters.
        binds: Name and processor of each parameter, in order.
        results: Place and processor of each column that the driver gives in another form than the type says.
        constants: Parameters that are part of the statement.
    """

    sql: str
    binds: tuple[tuple[str, Processor | None], ...]
    results: tuple[tuple[int, Processor], ...]
    constants: Mapping[str, Any]


class Prepared:
    """A statement whose text never changes; give it to `Database.read` or `Database.touch`."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._plans: dict[str, _Plan] = {}

    def arguments(self, dialect: Dialect, parameters: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return the SQL and its arguments in order."""
        plan = self._plan(dialect)
        values = {**plan.constants, **parameters}
        return plan.sql, [values[name] if process is None else process(values[name]) for name, process in plan.binds]

    def rows(self, dialect: Dialect, records: Sequence[Sequence[Any]]) -> Sequence[Values]:
        """Return the driver's records with the values that the columns' types promise."""
        results = self._plan(dialect).results
        if not results:
            return records
        rows = list[Values]()
        for record in records:
            row = list(record)
            for place, process in results:
                row[place] = process(row[place])
            rows.append(row)
        return rows

    def _plan(self, dialect: Dialect) -> _Plan:
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _compile(self.statement, dialect)
        return plan


def _compile(statement: Statement, dialect: Dialect) -> _Plan:
    compiled = _text(statement, dialect)
    if dialect.name == "postgresql" and isinstance(behind := gated(statement, compiled.binds), ClauseElement):
        compiled = _text(behind, dialect)
    types = {name: bind.type for name, bind in compiled.binds.items()}
    binds = tuple(
        (name, types[name].dialect_impl(dialect).bind_processor(dialect)) for name in compiled.positiontup or ()
    )
    columns = () if isinstance(statement, TextClause) else statement.exported_columns
    processors = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    results = tuple((place, process) for place, process in enumerate(processors) if process is not None)
    constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    return _Plan(str(compiled), binds, results, constants)


def _text(statement: ClauseElement, dialect: Dialect) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
        raise TypeError("the statement cannot be prepared: its text depends on its parameters")
    return compiled
