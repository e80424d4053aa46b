"""The repository of aggregates that say something of a person: those columns are sealed with the person's key.

Beside a column `phone` lies `phone_sealed`. A row is read in either form, since it may be from before there were keys;
it is written sealed. What is left of the column itself then says nothing, or is empty.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from colonnade.core import AggregateRoot
from colonnade.infrastructure.database import AggregateTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.protection.people import PersonKeys
from colonnade.infrastructure.protection.rows import PersonalTexts

Aggregate = TypeVar("Aggregate", bound=AggregateRoot[Any])  # the identifier's type is the next parameter
Id = TypeVar("Id", bound=UUID)


def _nothing(row_id: UUID) -> str | None:
    return None


class SealedColumn(NamedTuple):
    """A column that is sealed beside itself.

    Attributes:
        name: Of the column; the sealed text is in the one that ends in `_sealed`.
        erased: What stands for the text once its owner is erased.
        blank: Returns what is left of it in a sealed row, by the row's id.
    """

    name: str
    erased: str
    blank: Callable[[UUID], str | None] = _nothing

    @property
    def sealed(self) -> str:
        """Name of the column with the sealed text."""
        return f"{self.name}_sealed"


class SealingRepository(SqlRepository[Aggregate, Id]):
    """Aggregates of one kind, whose mapping knows nothing of sealing."""

    def __init__(
        self,
        unit_of_work: SqlUnitOfWork,
        kind: AggregateTable[Aggregate],
        keys: PersonKeys,
        columns: Sequence[SealedColumn],
        *,
        owner: str,
    ) -> None:
        """Join a unit of work.

        Args:
            unit_of_work: The transaction to be part of.
            kind: How the aggregates lie in their table, in the clear.
            keys: Keys of people.
            columns: Which columns are sealed.
            owner: Name of the column with the id of the person whose data they are.
        """
        self._clear_kind = kind
        self._texts = PersonalTexts(keys, kind.table.name)
        self._columns = columns
        self._owner = owner
        self._as_found: set[UUID] = set()
        sealing = replace(kind, to_domain=self._to_domain, to_row=self._to_row)
        super().__init__(unit_of_work, sealing)

    async def add(self, aggregate: Aggregate, /) -> None:
        """Put a new aggregate in, with a key for its owner."""
        await self._texts.ensure([self._clear_kind.to_row(aggregate)[self._owner]])
        await super().add(aggregate)

    async def _adopt(self, row: Any) -> Aggregate:  # a row of the table
        await self._texts.ensure([getattr(row, self._owner)])
        return await super()._adopt(row)

    def _to_domain(self, row: Any, parts: Sequence[Any]) -> Aggregate:  # rows of any table
        values = dict(row._mapping)
        for column in self._columns:
            sealed = values[column.sealed]
            if sealed is not None:
                values[column.name] = self._texts.open(
                    row.id, column.name, sealed, owner=values[self._owner], erased=column.erased
                )
            elif values[column.name] != column.blank(row.id):
                self._as_found.add(row.id)
        return self._clear_kind.to_domain(SimpleNamespace(**values), parts)

    def _to_row(self, aggregate: Aggregate) -> Values:
        row = self._clear_kind.to_row(aggregate)
        if aggregate.id in self._as_found and not aggregate.recorded_events:
            return row
        for column in self._columns:
            text = row[column.name]
            if text is not None and text != column.blank(aggregate.id):
                row[column.sealed] = self._texts.seal(aggregate.id, column.name, text, owner=row[self._owner])
            row[column.name] = column.blank(aggregate.id)
        return row
