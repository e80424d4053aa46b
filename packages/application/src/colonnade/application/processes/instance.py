"""A running process: where it is, what it knows, what it has done. Its stream in the event log is its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, NewType, Protocol, Self
from uuid import UUID

from colonnade.application.processes import events
from colonnade.core import AggregateRoot, Conflict, DomainEvent, Repository, UserId

ProcessId = NewType("ProcessId", UUID)


class Status(StrEnum):
    """How a process stands."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    UNDOING = "undoing"
    STUCK = "stuck"
    COMPLETED = "completed"
    UNDONE = "undone"


class ProcessRuns(Conflict):
    """A process of this kind runs already for the same thing."""

    code = "processes.runs_already"


class ProcessOver(Conflict):
    """The process has ended, or does already what is asked for."""

    code = "processes.over"


@dataclass(eq=False, kw_only=True)
class ProcessInstance(AggregateRoot[ProcessId]):
    """One run of a process.

    Attributes:
        name: Which process.
        definition: Version of its definition.
        key: What it is about; one of each name runs for a key at a time.
        tenant: Whose it is.
        started_by: Who wanted it.
        step: Where it is; none when it has ended.
        turn: Counts what it waited for: an answer to an earlier turn is late and changes nothing.
        facts: What it knows, as JSON values.
        done: The steps that are done and not undone, first first.
        heard: Events that came before it waited for them, as `<type> <facts as JSON>`.
        error: Why it is being undone, or is stuck.
    """

    stream_kind: ClassVar[str] = "process"

    name: str
    definition: int
    key: str
    tenant: UUID | None
    started_by: UserId | None
    step: str | None
    facts: Mapping[str, Any]  # JSON values
    started_at: datetime
    updated_at: datetime
    status: Status = Status.RUNNING
    turn: int = 0
    done: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    error: str | None = None
    ended_at: datetime | None = None

    @classmethod
    def start(
        cls,
        process_id: ProcessId,
        *,
        name: str,
        definition: int,
        key: str,
        facts: Mapping[str, Any],
        at: datetime,
        tenant: UUID | None,
        by: UserId | None,
    ) -> Self:
        """Begin a process."""
        instance = cls(
            id=process_id,
            name=name,
            definition=definition,
            key=key,
            tenant=tenant,
            started_by=by,
            step=None,
            facts=facts,
            started_at=at,
            updated_at=at,
        )
        instance.happened(
            events.ProcessStarted(process_id=process_id, name=name, key=key, tenant=tenant, started_by=by), at
        )
        return instance

    def happened(self, event: DomainEvent, at: datetime) -> None:
        """Note what happened."""
        self.updated_at = at
        self.record(event)

    def next_turn(self, step: str) -> int:
        """Go to a step; answers to what was sent before are late from now on."""
        self.step = step
        self.turn += 1
        return self.turn

    def end(self, status: Status, at: datetime) -> None:
        """Be over."""
        self.status, self.step, self.ended_at = status, None, at
        self.happened(
            events.ProcessEnded(
                process_id=self.id,
                name=self.name,
                key=self.key,
                status=status.value,
                tenant=self.tenant,
                started_by=self.started_by,
            ),
            at,
        )


class ProcessRepository(Repository[ProcessInstance, ProcessId], Protocol):
    """All processes, those that have ended included."""

    async def running(self, name: str, key: str, /) -> ProcessInstance | None:
        """Return the process of a kind that runs for a key."""
        ...
