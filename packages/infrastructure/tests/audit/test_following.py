"""The audit follows the log: every event exactly once, whoever dies in between; notes come by the same way."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from colonnade.application.audit import EVENTS as AUDIT_EVENTS
from colonnade.application.audit import (
    AuditChains,
    AuditLog,
    AuditNote,
    Record,
    SearchAudit,
    chain_subscription,
)
from colonnade.application.messaging import Caller, Context, LocalBus, Origin
from colonnade.core import CursorCodec, EventTypes, Forbidden, Unavailable, UserId, new_id
from colonnade.domain.workspaces import EVENTS, UPCASTERS, WorkspaceId
from colonnade.infrastructure.audit import SqlAuditChains, SqlAuditLog, queries
from colonnade.infrastructure.audit.tables import SERVICE, entries
from colonnade.infrastructure.composition import ServiceResolver, running_service
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.protection import PersonKeys
from colonnade.infrastructure.work import CONSTRAINTS

from ..conftest import House
from ..sealing import Sealing
from .conftest import Audit

TYPES = EventTypes((*EVENTS, *AUDIT_EVENTS), UPCASTERS)
DEADLINE_SECONDS = 20
Make = Callable[[SqlUnitOfWork], object]


class Dying:
    """A writer whose process is gone as soon as it has written, before anything is committed."""

    def __init__(self, chains: SqlAuditChains, died: asyncio.Event) -> None:
        self._chains = chains
        self._died = died

    async def append(self, records: Sequence[Record]) -> None:
        """Write, and die."""
        await self._chains.append(records)
        self._died.set()
        raise Unavailable("the process is gone")


def service(audit: Audit, make: Make | None = None) -> Any:  # an asynchronous context manager of a bus
    """Run a service that follows the log."""
    resolver = ServiceResolver(
        audit.database,
        TYPES,
        CONSTRAINTS,
        clock=audit.clock,
        objects={CursorCodec: CursorCodec(b"secret"), PersonKeys: Sealing(audit.database, audit.clock).keys},
        factories={AuditChains: make or audit.chains},
        subscriptions=[chain_subscription(TYPES)],
    )
    return running_service(resolver, handlers=[queries.handlers], behaviours=(), poll_seconds=0.02)


async def written(audit: Audit, count: int) -> list[Any]:
    """Wait for so many entries, and return their rows."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            rows = await audit.database.fetch(select(entries).order_by(entries.c.chain, entries.c.sequence))
            if len(rows) >= count:
                return list(rows)
            await asyncio.sleep(0.01)


async def rename(house: House, workspace_id: WorkspaceId, *names: str) -> None:
    """Let so many things happen."""
    for name in names:
        unit_of_work = house.unit_of_work(metadata={"caller": str(house.owner)})
        workspace = await house.workspaces(unit_of_work).get(workspace_id)
        workspace.rename(name)
        await unit_of_work.commit()


async def test_every_event_becomes_one_entry(house: House) -> None:
    """Those from before anybody followed the log, too: the workspace was made earlier."""
    audit = Audit(house.database, house.clock)
    async with service(audit):
        await rename(house, house.workspace.id, "One", "Two", "Three")
        rows = await written(audit, 4)
    assert [row.sequence for row in rows] == [1, 2, 3, 4]
    assert [row.caller for row in rows] == [None, *[str(house.owner)] * 3]
    assert {row.chain for row in rows} == {str(house.workspace.id)}
    logged = [str(event.event_id) for event in (await house.events())[-4:]]
    assert [row.event_id for row in rows] == logged
    assert await audit.found() == []


async def test_no_event_is_lost_or_doubled_when_a_worker_dies_in_between(house: House) -> None:
    audit, died = Audit(house.database, house.clock), asyncio.Event()
    async with service(audit, lambda unit_of_work: Dying(audit.chains(unit_of_work), died)):
        await rename(house, house.workspace.id, "One", "Two", "Three", "Four")
        async with asyncio.timeout(DEADLINE_SECONDS):
            await died.wait()
    assert await audit.database.fetch(select(entries)) == []
    async with service(audit):
        rows = await written(audit, 5)
        await rename(house, house.workspace.id, "Five")
        rows = await written(audit, 6)
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5, 6]
    assert await audit.found() == []


async def test_a_refusal_comes_to_the_chain_with_all_its_circumstances(house: House) -> None:
    """A user agent that tries to write lines of its own included."""
    audit, eve = Audit(house.database, house.clock), new_id(UserId)
    log: AuditLog = SqlAuditLog(audit.unit_of_work)
    origin = Origin("192.0.2.1", 'curl\r\n{"event":"forged"}\u2028\x1b[2J')
    context = Context(Caller(eve, UUID(int=1)), "request 1", origin=origin)
    message = SearchAudit(workspace_id=house.workspace.id)
    async with service(audit) as bus:
        await rename(house, house.workspace.id, "One")
        await written(audit, 2)
        await log.note(AuditNote.refused(message, Forbidden("no")), context, message.wire_name)
        await written(audit, 3)
        found = await search(bus, house.workspace.id, person=eve, outcome="refused")
        nothing = await search(bus, house.workspace.id, person=eve, outcome="failed")
    (entry,) = found
    assert (entry.type, entry.message, entry.address) == ("audit.command_refused", "audit.search", "192.0.2.1")
    assert (entry.session, entry.correlation) == (str(UUID(int=1)), "request 1")
    assert entry.agent is not None
    assert entry.agent.isprintable()
    assert len(entry.agent.splitlines()) == 1
    assert '"code":"forbidden"' in entry.details
    assert nothing == ()


async def test_a_refusal_about_a_workspace_that_is_not_there_is_the_services(house: House) -> None:
    audit = Audit(house.database, house.clock)
    message = SearchAudit(workspace_id=new_id(WorkspaceId))
    async with service(audit):
        note = AuditNote.refused(message, Forbidden("no"))
        await SqlAuditLog(audit.unit_of_work).note(note, Context(), message.wire_name)
        await written(audit, 2)
        (row,) = await audit.database.fetch(select(entries).where(entries.c.chain == SERVICE))
    assert row.type == "audit.command_refused"


async def search(bus: LocalBus, workspace_id: WorkspaceId, **wanted: Any) -> Any:  # views
    """Search a workspace's audit."""
    return (await bus.send(SearchAudit.model_validate({"workspace_id": workspace_id, **wanted}))).items
