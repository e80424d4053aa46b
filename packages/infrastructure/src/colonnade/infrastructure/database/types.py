"""Column types that give the domain's own values on both engines, without a conversion where the driver has done it."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, SmallInteger, Text, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Value = TypeVar("Value")
Member = TypeVar("Member", bound=Enum)
Processor = Callable[[Any], Any]  # what drivers take and give is of any type


def is_postgresql(dialect: Dialect) -> bool:
    """Tell the two engines apart."""
    return dialect.name == "postgresql"


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, aware and in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        """Store UTC without a zone where the engine has none."""
        if is_postgresql(dialect):
            return None
        store = DateTime().dialect_impl(dialect).bind_processor(dialect)
        return lambda value: None if value is None else _stored(store, value.astimezone(UTC).replace(tzinfo=None))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        """Read UTC; PostgreSQL's driver does by itself."""
        if is_postgresql(dialect):
            return None
        load = DateTime().dialect_impl(dialect).result_processor(dialect, coltype)
        return lambda value: None if value is None else _stored(load, value).replace(tzinfo=UTC)


def _stored(processor: Processor | None, value: Any) -> Any:  # the driver's own type
    return value if processor is None else processor(value)


class TextTuple(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts: an array on PostgreSQL, JSON elsewhere."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[tuple[str, ...]]):  # noqa: N801 - SQLAlchemy's name
        """Compares whole tuples, and asks for one element."""

        def has(self, element: object) -> ColumnElement[bool]:
            """Whether the tuple has this element, which is kept as its text."""
            return HasElement(self.expr, str(element))

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the engine's own type."""
        return dialect.type_descriptor(ARRAY(Text()) if is_postgresql(dialect) else JSON(none_as_null=True))

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> list[str] | None:
        """Give the driver a list."""
        return None if value is None else [str(element) for element in value]

    def process_result_value(self, value: list[str] | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Give the domain a tuple."""
        return None if value is None else tuple(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        """Give the domain a tuple; PostgreSQL's driver has made a list of texts already."""
        if is_postgresql(dialect):
            return lambda value: None if value is None else tuple(value)
        return super().result_processor(dialect, coltype)


class HasElement(FunctionElement[bool]):
    """Whether a `TextTuple` has an element."""

    inherit_cache = True
    name = "has_element"

    def __init__(self, column: ColumnElement[Any], element: str | ColumnElement[str]) -> None:
        super().__init__(column, type_coerce(element, Text()))


@compiles(HasElement, "postgresql")
def _has_element_postgresql(element: HasElement, compiler: SQLCompiler, **options: Any) -> str:
    column, value = element.clauses
    return f"{compiler.process(column, **options)} @> ARRAY[{compiler.process(value, **options)}]::text[]"


@compiles(HasElement)
def _has_element(element: HasElement, compiler: SQLCompiler, **options: Any) -> str:
    column, value = element.clauses
    left, right = compiler.process(column, **options), compiler.process(value, **options)
    return f"EXISTS (SELECT 1 FROM json_each({left}) WHERE value = {right})"  # noqa: S608 - compiled clauses # nosec B608


class JsonModel(TypeDecorator[Value], Generic[Value]):
    """A validated value, kept as JSON."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: type[Value]) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind
        self._adapter: TypeAdapter[Value] = TypeAdapter(kind)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the engine's own type."""
        return dialect.type_descriptor(JSONB(none_as_null=True) if is_postgresql(dialect) else JSON(none_as_null=True))

    def process_bind_param(self, value: Value | None, dialect: Dialect) -> Any:
        """Give the driver plain JSON values."""
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Value | None:
        """Give the domain the value."""
        return None if value is None else self._adapter.validate_python(value)


class OrderedEnum(TypeDecorator[Member], Generic[Member]):
    """An enumeration kept as its place in the order, so that the database compares as the domain does."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, kind: type[Member]) -> None:
        super().__init__()
        self.kind = kind
        self._members = tuple(kind)
        self._places = {member: place for place, member in enumerate(self._members)}

    def process_bind_param(self, value: Member | None, dialect: Dialect) -> int | None:
        """Give the driver the place."""
        return None if value is None else self._places[self.kind(value)]

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        """Give the domain the member."""
        members = dict(enumerate(self._members))
        return members.get


class TransactionId(TypeDecorator[int]):
    """The number of the transaction that wrote a row: PostgreSQL's `xid8`; always 0 where transactions have none."""

    impl = BigInteger
    cache_ok = True


class current_transaction_id(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """The number of the present transaction."""

    inherit_cache = True
    type = BigInteger()
    name = "current_transaction_id"


@compiles(current_transaction_id, "postgresql")
def _transaction_id_postgresql(element: current_transaction_id, compiler: SQLCompiler, **options: Any) -> str:
    return "(pg_current_xact_id()::text::bigint)"


@compiles(current_transaction_id)
def _transaction_id(element: current_transaction_id, compiler: SQLCompiler, **options: Any) -> str:
    return "0"


def dump_json(value: object) -> str:
    """Serialise for a JSON column."""
    return to_json(value).decode()


def load_json(text: str | bytes) -> Any:
    """Read a JSON column."""
    return from_json(text)
