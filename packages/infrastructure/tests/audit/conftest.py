"""What the tests of the audit share: chains on each engine, written as the subscription writes them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Executable

from colonnade.application.audit.chaining import AuditSettings
from colonnade.application.audit.description import describe
from colonnade.core import DomainEvent, RecordedEvent, new_id
from colonnade.core.events import EventId
from colonnade.domain.workspaces import WorkspaceRenamed
from colonnade.infrastructure.audit import AuditVerifier, SqlAuditChains, SqlAuditUpkeep
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.work import CONSTRAINTS
from colonnade.security.audit import Checkpoint, Ed25519Key, Fault, PublicKeys
from colonnade.testing import FrozenClock

KEY = Ed25519Key(bytes(range(32)))
KEYS = PublicKeys.of(KEY)
WORKSPACE = UUID(int=7)


class Audit:
    """The audit of a database, with what a test does to it."""

    def __init__(self, database: Database, clock: FrozenClock, settings: AuditSettings | None = None) -> None:
        self.database = database
        self.clock = clock
        self.settings = settings or AuditSettings(checkpoint_entries=3, checkpoint_minutes=5)
        self.verifier = AuditVerifier(database, KEYS, self.settings, clock)

    def unit_of_work(self, metadata: Mapping[str, str] | None = None) -> SqlUnitOfWork:
        """Begin a unit of work."""
        return SqlUnitOfWork(self.database, clock=self.clock, constraints=CONSTRAINTS, metadata=metadata, announced=())

    def chains(self, unit_of_work: SqlUnitOfWork) -> SqlAuditChains:
        """Return the writer."""
        return SqlAuditChains(unit_of_work, KEY.signer, self.settings, self.clock)

    def upkeep(self, unit_of_work: SqlUnitOfWork) -> SqlAuditUpkeep:
        """Return who looks after the chains."""
        return SqlAuditUpkeep(unit_of_work, KEY.signer, KEYS, self.settings, self.clock)

    def recorded(self, event: DomainEvent, stream: str = "workspace-7", **metadata: str) -> RecordedEvent:
        """Return an event as the log would hold it."""
        return RecordedEvent(1, new_id(EventId), stream, 1, event, metadata, self.clock.now())

    async def write(self, *events: RecordedEvent) -> None:
        """Write events to their chains."""
        unit_of_work = self.unit_of_work()
        await self.chains(unit_of_work).append([describe(event) for event in events])
        await unit_of_work.commit()

    async def fill(self, count: int, workspace_id: UUID = WORKSPACE, **metadata: str) -> None:
        """Write so many entries, a second apart, in pages."""
        events = list[RecordedEvent]()
        for number in range(count):
            self.clock.advance(seconds=1)
            event = WorkspaceRenamed(workspace_id=workspace_id, name=f"Engines {number}")
            events.append(self.recorded(event, **metadata))
        for start in range(0, count, 500):
            await self.write(*events[start : start + 500])

    async def sign(self) -> int:
        """Sign what has waited long enough."""
        unit_of_work = self.unit_of_work()
        signed = await self.upkeep(unit_of_work).sign_due()
        await unit_of_work.commit()
        return signed

    async def prune(self, days: float, limit: int = 5_000) -> int:
        """Remove what is older."""
        unit_of_work = self.unit_of_work()
        removed = await self.upkeep(unit_of_work).prune(self.clock.now() - timedelta(days=days), limit)
        await unit_of_work.commit()
        return removed

    async def tamper(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> None:
        """Do something behind the writer's back."""
        await self.database.write(statement, parameters)

    async def faults(self, anchors: Sequence[Checkpoint] = ()) -> list[Fault]:
        """Verify everything."""
        return [fault async for fault in self.verifier.faults(anchors=anchors)]

    async def found(self, anchors: Sequence[Checkpoint] = ()) -> list[tuple[int, str]]:
        """Verify everything, and return where what was found."""
        return [(fault.sequence, fault.kind.value) for fault in await self.faults(anchors)]


@pytest.fixture
def audit(database: Database, clock: FrozenClock) -> Audit:
    """An audit on each engine in turn."""
    return Audit(database, clock)
