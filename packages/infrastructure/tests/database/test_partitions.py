"""A stream's partition is the same wherever it is computed, or an event would be read twice, or never."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, Text, bindparam, select

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.partitions import partition_of, stream_partition
from colonnade.infrastructure.database.prepared import Prepared

_IN_SQL = select(
    stream_partition(bindparam("stream", type_=Text), bindparam("partitions", type_=Integer)).label("partition")
)
_PREPARED = Prepared(_IN_SQL)

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stream=names, partitions=st.integers(1, 32_767))
async def test_python_and_the_database_agree(database: Database, stream: str, partitions: int) -> None:
    """Whatever the name, in whichever way the statement is executed."""
    here, where = partition_of(stream, partitions), {"stream": stream, "partitions": partitions}
    assert 0 <= here < partitions
    assert (await database.fetch(_IN_SQL, where))[0][0] == here
    assert (await database.read(_PREPARED, where))[0][0] == here


@pytest.mark.parametrize(
    ("stream", "partition"), [("task-1", 3), ("user-0190a3c2-7d1e-7c55-8f43-2b9c1f6f3a10", 1), ("", 3), ("größer", 0)]
)
def test_it_never_changes(stream: str, partition: int) -> None:
    """Checkpoints are kept by it: another function would lose its place in every log there is."""
    assert partition_of(stream, 10) == partition


def test_streams_are_spread_evenly() -> None:
    """No partition has much more than its share."""
    counts = [0] * 8
    for number in range(4_000):
        counts[partition_of(f"task-{number}", 8)] += 1
    assert min(counts) > 400
    assert max(counts) < 600
