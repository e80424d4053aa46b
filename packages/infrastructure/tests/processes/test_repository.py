"""The repository of processes: what is kept comes back as it was, and of each kind and key one runs."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from colonnade.application.messaging import Context
from colonnade.application.processes import ProcessId, ProcessInstance, ProcessRepository, Status
from colonnade.application.processes.events import ProcessCancelled
from colonnade.core import NotFound, UserId, VersionConflict, new_id
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.processes.repository import PROCESSES

from .services import Service
from .works import Works

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("1970-01-01"),
    max_value=datetime.fromisoformat("2200-01-01"),
    timezones=st.just(UTC),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
INSTANCES = st.builds(
    ProcessInstance,
    id=st.uuids().map(ProcessId),
    version=st.integers(1, 2**31 - 1),
    name=TEXT,
    definition=st.integers(1, 1000),
    key=TEXT,
    tenant=st.none() | st.uuids(),
    started_by=st.none() | st.uuids().map(UserId),
    status=st.sampled_from(Status),
    step=st.none() | TEXT,
    turn=st.integers(0, 2**31 - 1),
    facts=st.dictionaries(TEXT, JSON, max_size=4),
    done=st.lists(TEXT, max_size=4).map(tuple),
    heard=st.lists(TEXT, max_size=4).map(tuple),
    error=st.none() | TEXT,
    started_at=MOMENTS,
    updated_at=MOMENTS,
    ended_at=st.none() | MOMENTS,
)


def facts_of(process: ProcessInstance) -> dict[str, Any]:
    """Return all that a process is made of, but for what it has recorded."""
    return {name: value for name, value in vars(process).items() if name != "_recorded"}


@given(INSTANCES)
@settings(max_examples=60, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
def test_a_process_survives_the_way_into_its_row_and_back(process: ProcessInstance) -> None:
    row = PROCESSES.to_row(process)
    assert facts_of(PROCESSES.to_domain(SimpleNamespace(**row), [])) == facts_of(process)
    assert row.keys() == {column.name for column in PROCESSES.table.c}


@pytest.fixture
async def service(works: Works) -> Service:
    """A service without any process of its own."""
    return await works.service()


async def using(service: Service, work: Callable[[ProcessRepository], Any]) -> Any:
    """Do something with the repository in a unit of work, and commit."""
    async with service.resolver.scope({Context: Context()}) as scope:
        answer = await work(await scope.get(ProcessRepository))
        await (await scope.get(SqlUnitOfWork)).commit()
    return answer


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(process=INSTANCES)
async def test_a_stored_process_comes_back_as_it_was(service: Service, process: ProcessInstance) -> None:
    process.id, process.version, process.key = new_id(ProcessId), 0, str(new_id(ProcessId))
    process.record(ProcessCancelled(process_id=process.id, by=None))
    expected = facts_of(process)
    await using(service, lambda processes: processes.add(process))
    assert facts_of(await using(service, lambda processes: processes.get(process.id))) == expected


def started(key: str, *, name: str = "works.trip") -> ProcessInstance:
    """Return a process that has begun."""
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    return ProcessInstance.start(
        new_id(ProcessId), name=name, definition=1, key=key, facts={}, at=at, tenant=None, by=None
    )


async def test_what_runs_is_found_by_name_and_key(service: Service) -> None:
    process, other = started("a"), started("a", name="works.other")
    for one in (process, other, started("b")):
        await using(service, lambda processes, one=one: processes.add(one))
    found = await using(service, lambda processes: processes.running("works.trip", "a"))
    assert found.id == process.id
    assert await using(service, lambda processes: processes.running("works.trip", "c")) is None


async def test_what_is_over_does_not_run(service: Service) -> None:
    process = started("a")
    await using(service, lambda processes: processes.add(process))

    async def end(processes: ProcessRepository) -> None:
        (await processes.get(process.id)).end(Status.COMPLETED, process.started_at)

    await using(service, end)
    assert await using(service, lambda processes: processes.running("works.trip", "a")) is None
    await using(service, lambda processes: processes.add(started("a")))
    assert (await using(service, lambda processes: processes.get(process.id))).status is Status.COMPLETED


async def test_what_is_found_in_two_ways_is_one(service: Service) -> None:
    process = started("a")
    await using(service, lambda processes: processes.add(process))

    async def find(processes: ProcessRepository) -> bool:
        return await processes.get(process.id) is await processes.running("works.trip", "a")

    assert await using(service, find)


@pytest.mark.integration
async def test_of_two_who_change_a_process_at_once_one_must_look_again(postgres_works: Works) -> None:
    """On SQLite, whoever reads in order to write has the database for himself."""
    service = await postgres_works.service()
    process = started("a")
    await using(service, lambda processes: processes.add(process))

    async def change(processes: ProcessRepository) -> None:
        (await processes.get(process.id)).end(Status.UNDONE, process.started_at)

    async with service.resolver.scope({Context: Context()}) as scope:
        processes, work = await scope.get(ProcessRepository), await scope.get(SqlUnitOfWork)
        (await processes.get(process.id)).end(Status.COMPLETED, process.started_at)
        await using(service, change)
        with pytest.raises(VersionConflict):
            await work.commit()


async def test_a_process_that_is_not_there_is_not_found(service: Service) -> None:
    with pytest.raises(NotFound, match="there is no such process"):
        await using(service, lambda processes: processes.get(new_id(ProcessId)))
