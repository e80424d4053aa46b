"""How processes hear of what they wait for: the answers to their messages, their timers, and events."""

from collections.abc import Iterable
from typing import Any

from colonnade.application.jobs import JobOutcomes
from colonnade.application.messaging import Handlers
from colonnade.application.processes.engine import ProcessEngine
from colonnade.application.processes.messages import PATIENT, ContinueProcess, EndWait
from colonnade.application.processes.process import Process
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import DomainEvent

handlers = Handlers()


@handlers.handles(ContinueProcess)
async def continue_process(command: ContinueProcess, engine: ProcessEngine, outcomes: JobOutcomes) -> None:
    """Go on, with what the step answered or why it failed."""
    await engine.job_ended(command.process_id, command.turn, await outcomes.of(command.job_id))


@handlers.handles(EndWait)
async def end_wait(command: EndWait, engine: ProcessEngine) -> None:
    """Go on without the event that did not come."""
    await engine.wait_ended(command.process_id, command.turn)


def process_subscriptions(processes: Iterable[Process[Any]]) -> Subscriptions:  # of any state
    """Return the subscription by which processes hear of the events that start them or that they wait for."""
    subscriptions = Subscriptions()
    kinds: dict[type[DomainEvent], None] = {}
    for process in processes:
        kinds.update(dict.fromkeys([*process.starts, *process.awaited]))
    if kinds:

        @subscriptions.durable("processes", *kinds, retries=PATIENT)
        async def hear(event: DomainEvent, engine: ProcessEngine) -> None:
            await engine.hear(event)

    return subscriptions
