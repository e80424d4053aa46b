"""The SQL interpreter gives Python's answers, on both engines."""

from collections.abc import Sequence

import pytest
from sqlalchemy import BigInteger, Column, Date, Integer, MetaData, Table, Text, insert, select

from colonnade.core import Specification, field
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.specifications import to_sql
from colonnade.infrastructure.database.types import OrderedEnum, TextTuple, UtcDateTime
from colonnade.testing.contracts import Level, Sample, SampleStore, SpecificationSuite

metadata = MetaData()
table = Table(
    "samples",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text().with_variant(Text(collation="C"), "postgresql")),
    Column("words", Text),
    Column("number", BigInteger),
    Column("day", Date),
    Column("moment", UtcDateTime),
    Column("labels", TextTuple),
    Column("level", OrderedEnum(Level)),
)


class SqlSamples:
    """Samples in a table."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def fill(self, samples: Sequence[Sample]) -> None:
        async with self.database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            rows = [{name: getattr(sample, name) for name in table.c.keys()} for sample in samples]  # noqa: SIM118
            await connection.execute(insert(table), rows)

    async def select(self, specification: Specification) -> set[int]:
        rows = await self.database.fetch(select(table.c.id).where(to_sql(specification, table.c)))
        return {row.id for row in rows}


class TestSqlSpecifications(SpecificationSuite):
    """Specifications read by SQL."""

    @pytest.fixture
    async def store(self, database: Database) -> SampleStore:
        return SqlSamples(database)


def test_a_field_without_a_column_is_a_mistake() -> None:
    """A specification that names what the table does not have is refused when it is built."""
    with pytest.raises(KeyError):
        to_sql(field("elsewhere") == 1, table.c)
