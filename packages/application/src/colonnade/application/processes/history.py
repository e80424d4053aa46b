"""The history of a process in sentences."""

from colonnade.application.processes import events
from colonnade.core import DomainEvent

_SENTENCES: dict[type[DomainEvent], str] = {
    events.ProcessStarted: "began, for {key}",
    events.StepSent: "{step}: sent {message} (job {job_id})",
    events.StepSkipped: "{step}: nothing to do",
    events.StepDone: "{step}: done",
    events.StepFailed: "{step}: failed for good: {error}",
    events.UndoSent: "{step}: sent {message} to undo it (job {job_id})",
    events.StepUndone: "{step}: undone",
    events.UndoFailed: "{step}: could not be undone: {error}",
    events.ProcessCancelled: "cancelled: what was done is undone",
    events.ProcessRetried: "{step}: tried again",
    events.ProcessUpgraded: "goes on by definition {definition}",
    events.ProcessEnded: "{status}",
}


def sentence(event: DomainEvent) -> str:
    """Return what happened, for people."""
    if isinstance(event, events.WaitBegan):
        what = f" for {', '.join(event.events)}" if event.events else ""
        until = f" until {event.until.isoformat()}" if event.until is not None else ""
        return f"{event.step}: waits{what}{until}"
    if isinstance(event, events.WaitEnded):
        return f"{event.step or 'noted'}: {event.because}"
    template = _SENTENCES.get(type(event), event.event_type)
    return template.format(**event.model_dump(mode="json"))
