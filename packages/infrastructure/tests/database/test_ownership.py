"""A unit of work that commits only while something is its own, and tells when it has."""

from typing import Any

import pytest
from sqlalchemy import text

from colonnade.core import Conflict
from colonnade.domain.workspaces import WorkspaceName
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.database.unit_of_work import LeaseLost

TAKE = text("INSERT INTO job_queues (name, paused) VALUES (:name, false)")
OWN = text("UPDATE job_queues SET running_limit = 7 WHERE name = :name")
LIMITS = text("SELECT running_limit FROM job_queues ORDER BY name")


async def test_what_is_its_own_is_committed(house: Any) -> None:
    """The changes, and what the fence itself writes."""
    await house.database.write(TAKE, {"name": "mine"})
    work = house.unit_of_work()
    (await house.workspaces(work).get(house.workspace.id)).rename(WorkspaceName("Renamed"))
    work.at_commit_if_owned(OWN, {"name": "mine"})
    await work.commit()
    assert (await house.database.fetch(LIMITS))[0][0] == 7
    assert len(await house.log.stream(house.workspace.stream)) == 2


async def test_what_is_not_its_own_any_more_is_refused(house: Any) -> None:
    """Nothing is written: neither changes and events, nor statements before it, nor another fence that holds."""
    await house.database.write(TAKE, {"name": "mine"})
    work = house.unit_of_work()
    (await house.workspaces(work).get(house.workspace.id)).rename(WorkspaceName("Renamed"))
    work.at_commit(TAKE, {"name": "another"})
    work.at_commit_if_owned(OWN, {"name": "mine"})
    work.at_commit_if_owned(OWN, {"name": "somebody else's"})
    with pytest.raises(LeaseLost) as refused:
        await work.commit()
    await work.rollback()
    assert [row[0] for row in await house.database.fetch(LIMITS)] == [None]
    assert len(await house.log.stream(house.workspace.stream)) == 1
    assert isinstance(refused.value, Conflict)
    assert not refused.value.retryable


async def test_a_fence_alone_is_something_to_commit(house: Any) -> None:
    """A reaction without an effect still moves the checkpoint."""
    await house.database.write(TAKE, {"name": "mine"})
    work = house.unit_of_work()
    work.at_commit_if_owned(OWN, {"name": "mine"})
    await work.commit()
    assert [row[0] for row in await house.database.fetch(LIMITS)] == [7]


async def test_a_fence_is_for_one_commit(house: Any) -> None:
    """Neither the next one nor one after a rollback asks again."""
    work = house.unit_of_work()
    work.at_commit_if_owned(OWN, {"name": "never there"})
    await work.rollback()
    work.at_commit(TAKE, {"name": "mine"})
    await work.commit()
    work.at_commit_if_owned(OWN, {"name": "mine"})
    await work.commit()
    work.at_commit(TAKE, {"name": "another"})
    await house.database.write(text("DELETE FROM job_queues"))
    await work.commit()
    assert [row[0] for row in await house.database.fetch(LIMITS)] == [None]


@pytest.mark.parametrize("something", [True, False], ids=["something to write", "nothing to write"])
async def test_who_asked_is_told_after_the_commit(house: Any, *, something: bool) -> None:
    """Once, in order, when everything can be read; there need not be anything to write."""
    told: list[str] = []
    work: SqlUnitOfWork = house.unit_of_work()
    if something:
        work.at_commit(TAKE, {"name": "mine"})
    work.after_commit(lambda: told.append("first"))
    work.after_commit(lambda: told.append("second"))
    assert told == []
    await work.commit()
    assert told == ["first", "second"]
    await work.commit()
    assert told == ["first", "second"]


async def test_nobody_is_told_of_what_was_not_committed(house: Any) -> None:
    """Neither after a rollback nor after a refusal, not even later."""
    told: list[str] = []
    work = house.unit_of_work()
    work.after_commit(lambda: told.append("rolled back"))
    await work.rollback()
    work.at_commit_if_owned(OWN, {"name": "not mine"})
    work.after_commit(lambda: told.append("refused"))
    with pytest.raises(LeaseLost):
        await work.commit()
    await work.rollback()
    work.at_commit(TAKE, {"name": "mine"})
    await work.commit()
    assert told == []


async def test_a_transaction_is_committed_if_its_work_returns(house: Any) -> None:
    """And undone if it raises; its answer is passed on."""

    def work(connection: Any) -> str:
        connection.execute(TAKE, {"name": "mine"})
        return "done"

    def failing(connection: Any) -> None:
        connection.execute(TAKE, {"name": "another"})
        raise LookupError

    assert await house.database.transact(work) == "done"
    with pytest.raises(LookupError):
        await house.database.transact(failing)
    assert len(await house.database.fetch(LIMITS)) == 1
