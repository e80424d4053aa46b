"""The tables' common ground: one metadata whose constraints all have names, since errors are told by them."""

from typing import ClassVar

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel):
    """The base of table models: rows and nothing else."""

    metadata: ClassVar[MetaData] = metadata


def table_of(row: type[Row]) -> Table:
    """Return the table that a row class declares.

    Raises:
        TypeError: The class was declared without `table=True`.
    """
    table = getattr(row, "__table__", None)
    if not isinstance(table, Table):
        raise TypeError(f"{row.__name__} declares no table")
    return table
