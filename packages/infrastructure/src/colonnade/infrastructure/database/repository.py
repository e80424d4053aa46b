"""The repository of every aggregate: identity map, change detection, optimistic locking (Fowler, PoEAA)."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement

from colonnade.core import AggregateRoot, NotFound, Specification
from colonnade.infrastructure.database.aggregates import AggregateTable, Values
from colonnade.infrastructure.database.specifications import to_sql
from colonnade.infrastructure.database.unit_of_work import Change, SqlUnitOfWork

Aggregate = TypeVar("Aggregate", bound=AggregateRoot[Any])  # the identifier's type is the next parameter
Id = TypeVar("Id", bound=UUID)


@dataclass(slots=True)
class _Tracked(Generic[Aggregate]):
    """An aggregate in the identity map, with its rows as they were read; none for a new one."""

    aggregate: Aggregate
    row: Values | None
    children: dict[tuple[Any, ...], Values]  # primary keys of any type


class SqlRepository(Generic[Aggregate, Id]):
    """The aggregates of one kind that a tenant owns, within one unit of work."""

    def __init__(
        self, unit_of_work: SqlUnitOfWork, kind: AggregateTable[Aggregate], *, tenant: UUID | None = None
    ) -> None:
        """Join a unit of work.

        Args:
            unit_of_work: The transaction to be part of.
            kind: How the aggregates lie in tables.
            tenant: Whose they are; needed exactly if the table says whose its rows are.

        Raises:
            TypeError: The tenant is missing or not asked for.
        """
        if (kind.tenant is None) is not (tenant is None):
            raise TypeError(f"{kind.table.name} {'has no' if kind.tenant is None else 'needs a'} tenant")
        self._unit_of_work = unit_of_work
        self._kind = kind
        self._tenant = tenant
        self._bound: Values = {} if tenant is None else {"of_tenant": tenant}
        self._tracked: dict[UUID, _Tracked[Aggregate]] = {}
        unit_of_work.join(self)

    async def get(self, aggregate_id: Id, /) -> Aggregate:
        """Return the aggregate, the same object for the same id.

        Raises:
            NotFound: There is none, or it is another tenant's.
        """
        known = self._tracked.get(aggregate_id)
        if known is not None:
            return known.aggregate
        rows = await self._unit_of_work.fetch(self._kind.select_one, {"of_id": aggregate_id, **self._bound})
        if not rows:
            raise NotFound(self._kind.missing)
        return await self._adopt(rows[0])

    async def add(self, aggregate: Aggregate, /) -> None:
        """Put a new aggregate in; it is written when the unit of work commits."""
        self._tracked[aggregate.id] = _Tracked(aggregate, None, {})

    async def matching(self, specification: Specification, /, *, limit: int = 100) -> list[Aggregate]:
        """Return up to `limit` stored aggregates that satisfy the specification, in the order of their ids."""
        columns: dict[str, ColumnElement[Any]] = {column.name: column for column in self._kind.table.c}
        statement = self._kind.select_matching(to_sql(specification, columns))
        rows = await self._unit_of_work.fetch(statement, {"limit": limit, **self._bound})
        return [await self._adopt(row) for row in rows]

    def changes(self) -> list[Change]:
        """Return what must be written, new aggregates first."""
        return [change for tracked in self._tracked.values() if (change := self._change(tracked)) is not None]

    def forget(self) -> None:
        """Empty the identity map."""
        self._tracked.clear()

    async def _adopt(self, row: Any) -> Aggregate:  # a row of the aggregate's table
        known = self._tracked.get(row.id)
        if known is not None:
            return known.aggregate
        parts: list[Values] = []
        child = self._kind.child
        if child is not None:
            found = await self._unit_of_work.fetch(self._kind.select_children(), {"of_id": row.id})
            parts = [dict(part._mapping) for part in found]
        aggregate = self._kind.to_domain(row, parts)
        children = {} if child is None else {child.key(part): part for part in parts}
        self._tracked[aggregate.id] = _Tracked(aggregate, dict(row._mapping), children)
        return aggregate

    def _change(self, tracked: _Tracked[Aggregate]) -> Change | None:
        aggregate, before, order = tracked.aggregate, tracked.row, self._kind.order
        after = self._kind.to_row(aggregate)
        if before is None:
            self._require_tenant(after)
            return Change(aggregate, [(self._kind.insert, after, None), *self._child_statements(tracked)], 0, order)
        changed = {name: value for name, value in after.items() if value != before[name]}
        parts = self._child_statements(tracked)
        if not changed and not parts:
            return None
        if not aggregate.recorded_events:
            raise TypeError(f"{type(aggregate).__name__} changed {sorted(changed)} without recording an event")
        parameters = {
            "of_id": aggregate.id,
            "of_version": before["version"],
            **self._bound,
            **{f"new_{name}": value for name, value in changed.items()},
        }
        statements = [(self._kind.update(frozenset(changed)), parameters, 1), *parts]
        return Change(aggregate, statements, before["version"], order)

    def _child_statements(self, tracked: _Tracked[Aggregate]) -> list[tuple[Any, Values, int | None]]:  # statements
        child = self._kind.child
        if child is None:
            return []
        after = {child.key(row): row for row in child.to_rows(tracked.aggregate)}
        before = tracked.children
        keys = [column.name for column in child.table.primary_key]
        removed = [dict(zip(keys, key, strict=True)) for key in before if key not in after]
        added = [row for key, row in after.items() if key not in before]
        changed = [row for key, row in after.items() if key in before and row != before[key]]
        return [
            *((self._kind.delete_child(), _prefixed("of_", row), None) for row in removed),
            *((child.table.insert(), row, None) for row in added),
            *(
                (
                    self._kind.update_child(),
                    {
                        **_prefixed("of_", {name: row[name] for name in keys}),
                        **_prefixed("new_", {name: value for name, value in row.items() if name not in keys}),
                    },
                    None,
                )
                for row in changed
            ),
        ]

    def _require_tenant(self, row: Values) -> None:
        if self._kind.tenant is not None and row[self._kind.tenant] != self._tenant:
            raise NotFound(self._kind.missing)


def _prefixed(prefix: str, row: Values) -> Values:
    return {f"{prefix}{name}": value for name, value in row.items()}
