"""Chains have no gaps and no doubles, and their ends are signed in time."""

import logging
from uuid import UUID

import pytest
from sqlalchemy import func, select

from colonnade.application.audit.chaining import AuditSettings
from colonnade.application.audit.description import describe
from colonnade.application.audit.notes import AuditNote
from colonnade.application.audit.upkeep import SignAudit
from colonnade.core import Conflict, Forbidden
from colonnade.domain.workspaces import WorkspaceId, WorkspaceRenamed
from colonnade.infrastructure.audit.reading import checkpoints_of
from colonnade.infrastructure.audit.tables import SERVICE, chains, entries
from colonnade.infrastructure.database import Database
from colonnade.security.audit import read_anchors
from colonnade.security.audit.exports import json_line
from colonnade.testing import FrozenClock

from .conftest import KEYS, WORKSPACE, Audit


async def lengths(audit: Audit) -> dict[str, int]:
    """Return how many entries each chain has."""
    rows = await audit.database.fetch(select(entries.c.chain, func.count()).group_by(entries.c.chain))
    return {row[0]: row[1] for row in rows}


async def test_each_workspace_has_a_chain_and_the_rest_is_the_services(audit: Audit) -> None:
    other = UUID(int=8)
    await audit.fill(2)
    await audit.fill(1, other)
    note = AuditNote.done(SignAudit()).recorded_events[0]
    await audit.write(audit.recorded(note, stream="audit-1"))
    assert await lengths(audit) == {str(WORKSPACE): 2, str(other): 1, SERVICE: 1}
    assert await audit.found() == []


async def test_a_refusal_begins_no_chain(audit: Audit) -> None:
    """Whoever is refused may have made the workspace up."""

    class Look:
        wire_name = "workspaces.get"
        model_fields = ("workspace_id",)
        workspace_id = WorkspaceId(UUID(int=99))

    refusal = AuditNote.refused(Look(), Forbidden("no")).recorded_events[0]  # type: ignore[arg-type]
    await audit.write(audit.recorded(refusal, stream="audit-1"))
    assert await lengths(audit) == {SERVICE: 1}
    await audit.fill(1, Look.workspace_id)
    await audit.write(audit.recorded(refusal, stream="audit-2"))
    assert await lengths(audit) == {SERVICE: 1, str(Look.workspace_id): 2}


async def test_what_is_not_committed_is_not_written(audit: Audit) -> None:
    """As when the worker dies in between: the next one begins where the last committed one ended."""
    await audit.fill(4)
    event = audit.recorded(WorkspaceRenamed(workspace_id=WORKSPACE, name="Engines"))
    dying = audit.unit_of_work()
    await audit.chains(dying).append([describe(event)])
    await dying.rollback()
    await audit.write(event)
    assert await lengths(audit) == {str(WORKSPACE): 5}
    assert await audit.found() == []


async def test_no_event_is_written_twice(audit: Audit) -> None:
    event = audit.recorded(WorkspaceRenamed(workspace_id=WORKSPACE, name="Engines"))
    await audit.write(event)
    with pytest.raises(Conflict):
        await audit.write(event)
    assert await lengths(audit) == {str(WORKSPACE): 1}


async def test_every_so_many_entries_are_signed(audit: Audit) -> None:
    await audit.fill(10)
    signed = [each async for each in checkpoints_of(audit.database.fetch, str(WORKSPACE), upto=99)]
    assert [(each.number, each.sequence) for each in signed] == [(1, 3), (2, 6), (3, 9)]
    assert all(each.is_genuine(KEYS) for each in signed)


async def test_news_is_signed_after_so_many_minutes(audit: Audit) -> None:
    """With the next news, or by the clock if there is none."""
    await audit.fill(1)
    audit.clock.advance(minutes=6)
    await audit.fill(1)
    signed = [each async for each in checkpoints_of(audit.database.fetch, str(WORKSPACE), upto=99)]
    assert [each.sequence for each in signed] == [2]
    await audit.fill(1)
    assert await audit.sign() == 0
    audit.clock.advance(minutes=6)
    assert await audit.sign() == 1
    assert await audit.sign() == 0
    rows = await audit.database.fetch(select(chains))
    assert [(row.sequence, row.checkpoint_sequence, row.unsigned_since) for row in rows] == [(3, 3, None)]
    assert await audit.found() == []


async def test_the_log_gets_a_copy_that_is_an_anchor(audit: Audit, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "colonnade.audit"):
        await audit.fill(10)
    lines = [
        json_line(
            {name: getattr(record, name) for name in ("chain", "kind", "number", "sequence", "hash", "at")}
            | {"kid": record.__dict__["kid"], "signature": record.__dict__["signature"]}
        )
        for record in caplog.records
    ]
    (anchor,) = read_anchors(lines)
    assert (anchor.sequence, anchor.is_genuine(KEYS)) == (9, True)
    assert await audit.found([anchor]) == []


async def test_nothing_is_told_of_what_is_not_committed(audit: Audit, caplog: pytest.LogCaptureFixture) -> None:
    dying = audit.unit_of_work()
    events = [audit.recorded(WorkspaceRenamed(workspace_id=WORKSPACE, name="E")) for _ in range(3)]
    with caplog.at_level(logging.INFO, "colonnade.audit"):
        await audit.chains(dying).append([describe(event) for event in events])
        await dying.rollback()
    assert not caplog.records


async def test_ten_thousand_entries_are_verified(database: Database, clock: FrozenClock) -> None:
    audit = Audit(database, clock, AuditSettings(checkpoint_entries=100))
    await audit.fill(10_000)
    heard = list[int]()
    assert [each async for each in audit.verifier.faults(progress=lambda _, at: heard.append(at))] == []
    assert heard == list(range(500, 10_001, 500))
