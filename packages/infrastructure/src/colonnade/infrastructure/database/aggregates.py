"""How aggregates lie in tables: the mapping between the two, and the statements that follow from it, built once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from colonnade.core import AggregateRoot

Aggregate = TypeVar("Aggregate", bound=AggregateRoot[Any])  # the identifier's type does not matter here
Values = dict[str, Any]  # a row's values by column, of any type


@dataclass(frozen=True)
class ChildTable(Generic[Aggregate]):
    """A table with the parts of an aggregate, one row each.

    Attributes:
        table: The table; its primary key is the parent's and the part's own.
        parent: Name of the column that holds the aggregate's id.
        to_rows: Returns the rows of an aggregate's parts.
    """

    table: Table
    parent: str
    to_rows: Callable[[Aggregate], list[Values]]

    def key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return a row's primary key."""
        return tuple(row[column.name] for column in self.table.primary_key)


@dataclass(frozen=True)
class AggregateTable(Generic[Aggregate]):
    """Where aggregates of one kind are kept, and how they become rows and come back.

    Attributes:
        table: The table, with the columns `id` and `version`.
        to_domain: Rebuilds an aggregate from its row and the rows of its parts.
        to_row: Returns the row of an aggregate.
        missing: What to say when there is no such aggregate.
        tenant: Name of the column that says whose the row is; every statement is bound to it.
        child: Where its parts are, if it has any.
        one_at_a_time: Whether whoever gets one waits for others who did, until they commit (PostgreSQL; units of work
            on SQLite wait for each other anyway). For what decides about rows of other tables.
    """

    table: Table
    to_domain: Callable[[Any, Sequence[Any]], Aggregate]  # rows of any table
    to_row: Callable[[Aggregate], Values]
    missing: str
    tenant: str | None = None
    child: ChildTable[Aggregate] | None = None
    one_at_a_time: bool = False
    _updates: dict[frozenset[str], Update] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Build the statements that every repository of this kind uses."""
        columns = self.table.c
        mine = (columns[self.tenant] == bindparam("of_tenant"),) if self.tenant else ()
        object.__setattr__(self, "_mine", and_(*mine) if mine else None)
        one = select(self.table).where(columns.id == bindparam("of_id"), *mine)
        one = one.with_for_update(key_share=True) if self.one_at_a_time else one
        object.__setattr__(self, "select_one", one)
        object.__setattr__(self, "insert", insert(self.table))

    select_one: Select[Any] = field(init=False)
    insert: Insert = field(init=False)
    _mine: ColumnElement[bool] | None = field(init=False)

    @cached_property
    def order(self) -> int:
        """Place of the table among all tables, those that it refers to first."""
        return self.table.metadata.sorted_tables.index(self.table)

    def select_matching(self, condition: ColumnElement[bool]) -> Select[Any]:
        """Return the statement for the aggregates that meet a condition, in the order of their ids."""
        statement = select(self.table).where(condition).order_by(self.table.c.id).limit(bindparam("limit"))
        return statement if self._mine is None else statement.where(self._mine)

    def update(self, changed: frozenset[str]) -> Update:
        """Return the statement that writes some columns of one row if nobody else has written it since."""
        statement = self._updates.get(changed)
        if statement is None:
            columns = self.table.c
            statement = (
                update(self.table)
                .where(columns.id == bindparam("of_id"), columns.version == bindparam("of_version"))
                .values({name: bindparam(f"new_{name}", type_=columns[name].type) for name in sorted(changed)})
            )
            if self._mine is not None:
                statement = statement.where(self._mine)
            self._updates[changed] = statement
        return statement

    def select_children(self) -> Select[Any]:
        """Return the statement for the parts of one aggregate."""
        child = self._child()
        return select(child.table).where(child.table.c[child.parent] == bindparam("of_id"))

    def delete_child(self) -> Delete:
        """Return the statement that removes one part."""
        child = self._child()
        return delete(child.table).where(
            *(column == bindparam(f"of_{column.name}") for column in child.table.primary_key)
        )

    def update_child(self) -> Update:
        """Return the statement that rewrites one part."""
        child = self._child()
        rest = [column.name for column in child.table.c if not column.primary_key]
        return (
            update(child.table)
            .where(*(column == bindparam(f"of_{column.name}") for column in child.table.primary_key))
            .values({name: bindparam(f"new_{name}", type_=child.table.c[name].type) for name in rest})
        )

    def _child(self) -> ChildTable[Aggregate]:
        if self.child is None:
            raise TypeError(f"{self.table.name} has no parts")
        return self.child
