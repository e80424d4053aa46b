"""What happens to processes: the history that a person can read."""

from datetime import datetime
from uuid import UUID

from colonnade.core import DomainEvent, UserId


class ProcessStarted(DomainEvent, type="processes.started", version=1):
    """A process began."""

    process_id: UUID
    name: str
    key: str
    tenant: UUID | None
    started_by: UserId | None


class StepSent(DomainEvent, type="processes.step_sent", version=1):
    """The message of a step was sent."""

    process_id: UUID
    step: str
    message: str
    job_id: UUID


class StepSkipped(DomainEvent, type="processes.step_skipped", version=1):
    """A step had nothing to do."""

    process_id: UUID
    step: str


class StepDone(DomainEvent, type="processes.step_done", version=1):
    """A step is done."""

    process_id: UUID
    step: str


class StepFailed(DomainEvent, type="processes.step_failed", version=1):
    """A step failed for good."""

    process_id: UUID
    step: str
    error: str


class WaitBegan(DomainEvent, type="processes.wait_began", version=1):
    """The process waits, for events or for a time."""

    process_id: UUID
    step: str
    events: tuple[str, ...]
    until: datetime | None


class WaitEnded(DomainEvent, type="processes.wait_ended", version=1):
    """What the process waited for is there, or the time is over."""

    process_id: UUID
    step: str
    because: str


class UndoSent(DomainEvent, type="processes.undo_sent", version=1):
    """The message that undoes a step was sent."""

    process_id: UUID
    step: str
    message: str
    job_id: UUID


class StepUndone(DomainEvent, type="processes.step_undone", version=1):
    """A step was undone."""

    process_id: UUID
    step: str


class UndoFailed(DomainEvent, type="processes.undo_failed", version=1):
    """A step could not be undone: a person must look."""

    process_id: UUID
    step: str
    error: str


class ProcessCancelled(DomainEvent, type="processes.cancelled", version=1):
    """Somebody wants the process undone."""

    process_id: UUID
    by: UserId | None


class ProcessRetried(DomainEvent, type="processes.retried", version=1):
    """Somebody wants the step that the process is stuck at tried again."""

    process_id: UUID
    step: str
    by: UserId | None


class ProcessUpgraded(DomainEvent, type="processes.upgraded", version=1):
    """A running process goes on by a newer definition."""

    process_id: UUID
    definition: int
    step: str | None


class ProcessEnded(DomainEvent, type="processes.ended", version=1):
    """The process is over: `completed`, or `undone`."""

    process_id: UUID
    name: str
    key: str
    status: str
    tenant: UUID | None
    started_by: UserId | None


EVENTS = (
    ProcessStarted,
    StepSent,
    StepSkipped,
    StepDone,
    StepFailed,
    WaitBegan,
    WaitEnded,
    UndoSent,
    StepUndone,
    UndoFailed,
    ProcessCancelled,
    ProcessRetried,
    ProcessUpgraded,
    ProcessEnded,
)
