"""Every column of the product is classified, and what is classified as sealed can be sealed."""

from pathlib import Path

import pytest
from sqlalchemy import Table

from colonnade.infrastructure.identity import external_rows, passkey_rows, second_factor_rows, throttle_rows
from colonnade.infrastructure.protection.classification import CLASSIFICATION, Fate
from colonnade.infrastructure.protection.columns import Encrypted
from colonnade.infrastructure.work import TABLES

DECLARED = (external_rows, passkey_rows, second_factor_rows, throttle_rows)
"""Modules with tables, imported so that they are among them."""
EXPLANATION = Path(__file__).parents[4] / "docs" / "explanation" / "data-protection.md"


@pytest.mark.parametrize("table", TABLES.sorted_tables, ids=lambda table: str(table.name))
def test_every_column_is_classified(table: Table) -> None:
    """With nothing left over: a new column is a decision."""
    assert table.name in CLASSIFICATION, f"say in classification.py what {table.name} says of people"
    assert set(CLASSIFICATION[table.name].fates) == set(table.c.keys())


def test_nothing_is_classified_that_is_not_there() -> None:
    """Nor is a column classified twice."""
    assert set(CLASSIFICATION) == set(TABLES.tables)
    for name, classified in CLASSIFICATION.items():
        assert set(classified.people) <= set(TABLES.tables[name].c.keys())
        assert classified.people or not classified.goes


def test_whatever_is_encrypted_is_classified_as_sealed() -> None:
    for table in TABLES.sorted_tables:
        encrypted = {column.name for column in table.c if isinstance(column.type, Encrypted)}
        assert all(CLASSIFICATION[table.name].fates[name] is Fate.SEALED for name in encrypted)


def test_people_can_read_it() -> None:
    """Every table and column that says something of a person is in the explanation."""
    explained = EXPLANATION.read_text()
    for name, classified in CLASSIFICATION.items():
        for column, fate in classified.fates.items():
            if fate in {Fate.SEALED, Fate.EXPIRES}:
                assert f"`{name}.{column.removesuffix('_sealed')}`" in explained, f"{name}.{column} is not explained"
        if classified.goes:
            assert f"`{name}`" in explained
