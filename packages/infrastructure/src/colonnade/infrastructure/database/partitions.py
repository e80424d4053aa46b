"""Shares of the log: which of n partitions a stream belongs to, the same in Python, PostgreSQL and SQLite."""

from hashlib import md5
from typing import Any

from sqlalchemy import ColumnElement, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_HEX_DIGITS = 8


def partition_of(stream: str, partitions: int) -> int:
    """Return a stream's partition, from 0: its MD5 digest's first 32 bits modulo the number of partitions."""
    return int(md5(stream.encode(), usedforsecurity=False).hexdigest()[:_HEX_DIGITS], 16) % partitions


class stream_partition(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """A stream's partition."""

    inherit_cache = True
    type = Integer()
    name = "stream_partition"

    def __init__(self, stream: ColumnElement[str], partitions: ColumnElement[int]) -> None:
        super().__init__(stream, partitions)


@compiles(stream_partition, "postgresql")
def _partition_postgresql(element: stream_partition, compiler: SQLCompiler, **options: Any) -> str:
    stream, partitions = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(('x' || left(md5({stream}), {_HEX_DIGITS}))::bit(32)::bigint % {partitions})"


@compiles(stream_partition)
def _partition(element: stream_partition, compiler: SQLCompiler, **options: Any) -> str:
    stream, partitions = (compiler.process(clause, **options) for clause in element.clauses)
    return f"stream_partition({stream}, {partitions})"
