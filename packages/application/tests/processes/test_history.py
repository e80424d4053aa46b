"""The history of a process, in sentences that a person can read."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from colonnade.application.processes import events
from colonnade.application.processes.history import sentence
from colonnade.core import DomainEvent

from .stage import KEY, Paid, Stage, payment, step, trip

ID = UUID("01890a5d-ac96-7000-8000-000000000001")
JOB = UUID("01890a5d-ac96-7000-8000-000000000002")
UNTIL = datetime(2026, 1, 12, 9, tzinfo=UTC)

SENTENCES: list[tuple[DomainEvent, str]] = [
    (events.ProcessStarted(process_id=ID, name="n", key=KEY, tenant=None, started_by=None), "began, for trip 1"),
    (
        events.StepSent(process_id=ID, step="flight", message="flights.book", job_id=JOB),
        f"flight: sent flights.book (job {JOB})",
    ),
    (events.StepSkipped(process_id=ID, step="flight"), "flight: nothing to do"),
    (events.StepDone(process_id=ID, step="flight"), "flight: done"),
    (events.StepFailed(process_id=ID, step="flight", error="no {seat}"), "flight: failed for good: no {seat}"),
    (
        events.WaitBegan(process_id=ID, step="pay", events=("a.paid", "a.refused"), until=UNTIL),
        "pay: waits for a.paid, a.refused until 2026-01-12T09:00:00+00:00",
    ),
    (events.WaitBegan(process_id=ID, step="pay", events=("a.paid",), until=None), "pay: waits for a.paid"),
    (
        events.WaitBegan(process_id=ID, step="pay", events=(), until=UNTIL),
        "pay: waits until 2026-01-12T09:00:00+00:00",
    ),
    (events.WaitEnded(process_id=ID, step="pay", because="a.paid"), "pay: a.paid"),
    (events.WaitEnded(process_id=ID, step="", because="a.paid came early"), "noted: a.paid came early"),
    (
        events.UndoSent(process_id=ID, step="flight", message="flights.cancel", job_id=JOB),
        f"flight: sent flights.cancel to undo it (job {JOB})",
    ),
    (events.StepUndone(process_id=ID, step="flight"), "flight: undone"),
    (events.UndoFailed(process_id=ID, step="flight", error="closed"), "flight: could not be undone: closed"),
    (events.ProcessCancelled(process_id=ID, by=None), "cancelled: what was done is undone"),
    (events.ProcessRetried(process_id=ID, step="flight", by=None), "flight: tried again"),
    (events.ProcessUpgraded(process_id=ID, definition=2, step="flight"), "goes on by definition 2"),
    (
        events.ProcessEnded(process_id=ID, name="n", key=KEY, status="completed", tenant=None, started_by=None),
        "completed",
    ),
]


@pytest.mark.parametrize(("event", "text"), SENTENCES)
def test_what_happened_is_a_sentence(event: DomainEvent, text: str) -> None:
    assert sentence(event) == text


def test_everything_that_can_happen_has_a_sentence() -> None:
    assert {type(event) for event, _ in SENTENCES} == set(events.EVENTS)


def test_what_is_not_known_is_told_by_its_name() -> None:
    assert sentence(Paid(key=KEY)) == "stage.paid"


async def test_a_whole_history_can_be_read() -> None:
    stage = Stage(trip(step("flight"), payment(), step("hotel", send=lambda state: None), step("car")))
    process = await stage.start()
    await stage.hear(Paid(key=KEY))
    await stage.answer("flight")
    await stage.fail("car")
    await stage.answer("undo flight")
    jobs = [event.job_id for event in stage.history[process] if isinstance(event, events.StepSent | events.UndoSent)]
    assert [sentence(event) for event in stage.history[process]] == [
        "began, for trip 1",
        f"flight: sent stage.book (job {jobs[0]})",
        "noted: stage.paid came early",
        "flight: done",
        "payment: stage.paid",
        "hotel: nothing to do",
        f"car: sent stage.book (job {jobs[1]})",
        "car: failed for good: no room",
        f"flight: sent stage.book to undo it (job {jobs[2]})",
        "flight: undone",
        "undone",
    ]
