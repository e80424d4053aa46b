"""What moves processes on: pure decisions over an instance, messages through jobs, all in the caller's unit of work."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from colonnade.application.jobs import JobId, JobOutcome, Scheduler
from colonnade.application.messaging import Message
from colonnade.application.processes import events
from colonnade.application.processes.definitions import AnyProcess, ProcessDefinitions, UnknownProcess
from colonnade.application.processes.instance import (
    ProcessId,
    ProcessInstance,
    ProcessOver,
    ProcessRepository,
    ProcessRuns,
    Status,
)
from colonnade.application.processes.messages import ContinueProcess, EndWait
from colonnade.application.processes.process import Step, Wait
from colonnade.core import Clock, DomainEvent, UserId, new_id

AnyStep = Step[Any] | Wait[Any]  # of any state


class ProcessEngine:
    """Starts processes and takes them from step to step."""

    def __init__(
        self, definitions: ProcessDefinitions, processes: ProcessRepository, scheduler: Scheduler, clock: Clock
    ) -> None:
        self._definitions = definitions
        self._processes = processes
        self._scheduler = scheduler
        self._clock = clock

    async def start(
        self,
        process: AnyProcess,
        key: str,
        state: BaseModel,
        *,
        tenant: UUID | None = None,
        by: UserId | None = None,
    ) -> ProcessInstance:
        """Begin a process.

        Args:
            process: Its definition.
            key: What it is about.
            state: What it knows.
            tenant: Whose it is.
            by: Who wants it.

        Raises:
            ProcessRuns: One runs already for this key.
        """
        if await self._processes.running(process.name, key) is not None:
            raise ProcessRuns(f"{process.title} runs already")
        return await self._begin(process, key, state, tenant=tenant, by=by)

    async def job_ended(self, process_id: ProcessId, turn: int, outcome: JobOutcome) -> None:
        """Go on after the job of a turn; an answer to an earlier turn changes nothing."""
        instance = await self._processes.get(process_id)
        if instance.turn != turn or instance.step is None or instance.status is Status.STUCK:
            return
        process = self._definitions.of(instance, self._clock.now())
        step = process.step(instance.step)
        if not isinstance(step, Step):
            return
        if instance.status is Status.UNDOING:
            self._undo_ended(process, instance, step, outcome)
        elif outcome.succeeded:
            self._step_done(process, instance, step, outcome.result)
        else:
            self._fail(process, instance, step.name, outcome.error or outcome.error_code or "unknown")

    async def wait_ended(self, process_id: ProcessId, turn: int) -> None:
        """Go on after the time of a turn."""
        instance = await self._processes.get(process_id)
        if instance.turn != turn or instance.step is None or instance.status is not Status.RUNNING:
            return
        now = self._clock.now()
        process = self._definitions.of(instance, now)
        step = process.step(instance.step)
        if not isinstance(step, Wait):
            return
        instance.happened(events.WaitEnded(process_id=instance.id, step=step.name, because="the time is over"), now)
        following = step.late or (None if step.events else process.after(step.name))
        if step.events and step.late is None:
            self._fail(process, instance, step.name, "the time is over")
        else:
            self._enter(process, instance, following)

    async def hear(self, event: DomainEvent) -> None:
        """Start what an event starts, and let go on what waits for it."""
        for process in self._definitions.newest().values():
            start = process.starts.get(type(event))
            begun = start(event) if start is not None else None
            if begun is not None and await self._processes.running(process.name, begun[0]) is None:
                await self._begin(process, *begun)
        waiting = ((process.name, process.awaited.get(type(event))) for process in self._definitions)
        for name, key in dict.fromkeys((name, key(event)) for name, key in waiting if key is not None):
            instance = await self._processes.running(name, key)
            if instance is not None:
                self._heard(instance, event)

    async def cancel(self, process_id: ProcessId, *, by: UserId | None) -> ProcessInstance:
        """Undo what a running process has done; a step that is under way ends first, and is undone if it succeeds.

        A second time it does not wait for that step any longer.

        Raises:
            ProcessOver: It has ended, or is being undone.
        """
        instance = await self._processes.get(process_id)
        if instance.status not in {Status.RUNNING, Status.CANCELLING}:
            raise ProcessOver(f"the process is {instance.status}: it cannot be cancelled")
        now = self._clock.now()
        process = self._definitions.of(instance, now)
        instance.happened(events.ProcessCancelled(process_id=instance.id, by=by), now)
        instance.error = "cancelled"
        if instance.status is Status.RUNNING and isinstance(process.step(instance.step or ""), Step):
            instance.status = Status.CANCELLING
            return instance
        instance.status = Status.UNDOING
        self._undo_next(process, instance)
        return instance

    async def retry(self, process_id: ProcessId, *, by: UserId | None) -> ProcessInstance:
        """Try again to undo the step that a process is stuck at.

        Raises:
            ProcessOver: It is not stuck.
        """
        instance = await self._processes.get(process_id)
        if instance.status is not Status.STUCK or instance.step is None:
            raise ProcessOver(f"the process is {instance.status}: there is nothing to try again")
        now = self._clock.now()
        instance.happened(events.ProcessRetried(process_id=instance.id, step=instance.step, by=by), now)
        instance.status = Status.UNDOING
        self._undo_next(self._definitions.of(instance, now), instance)
        return instance

    async def _begin(
        self, process: AnyProcess, key: str, state: BaseModel, *, tenant: UUID | None = None, by: UserId | None = None
    ) -> ProcessInstance:
        instance = ProcessInstance.start(
            new_id(ProcessId),
            name=process.name,
            definition=process.version,
            key=key,
            facts=state.model_dump(mode="json"),
            at=self._clock.now(),
            tenant=tenant,
            by=by,
        )
        await self._processes.add(instance)
        self._enter(process, instance, process.steps[0].name)
        return instance

    def _heard(self, instance: ProcessInstance, event: DomainEvent) -> None:
        now = self._clock.now()
        process = self._definitions.of(instance, now)
        step = process.step(instance.step or "")
        if instance.status is not Status.RUNNING or type(event) not in process.awaited:
            return
        if isinstance(step, Wait) and type(event) in step.events:
            self._end_wait(process, instance, step, event)
            self._enter(process, instance, process.after(step.name))
        elif event.event_type not in (name for name, _ in map(_told, instance.heard)):
            instance.heard = (*instance.heard, f"{event.event_type} {event.model_dump_json()}")
            because = f"{event.event_type} came early"
            instance.happened(events.WaitEnded(process_id=instance.id, step="", because=because), now)

    def _end_wait(self, process: AnyProcess, instance: ProcessInstance, step: Wait[Any], event: DomainEvent) -> None:
        if step.keep is not None:
            instance.facts = step.keep(_state(process, instance), event).model_dump(mode="json")
        ended = events.WaitEnded(process_id=instance.id, step=step.name, because=event.event_type)
        instance.happened(ended, self._clock.now())

    def _step_done(self, process: AnyProcess, instance: ProcessInstance, step: Step[Any], result: object) -> None:
        now, state = self._clock.now(), _state(process, instance)
        message = step.send(state)
        if step.keep is not None and message is not None:
            answer = TypeAdapter(type(message).result).validate_python(result, strict=False)
            state = step.keep(state, answer)
            instance.facts = state.model_dump(mode="json")
        if step.name not in instance.done:
            instance.done = (*instance.done, step.name)
        instance.happened(events.StepDone(process_id=instance.id, step=step.name), now)
        if instance.status is Status.CANCELLING:
            instance.status = Status.UNDOING
            self._undo_next(process, instance)
            return
        following = step.then(state) if step.then is not None else None
        self._enter(process, instance, following or process.after(step.name))

    def _enter(self, process: AnyProcess, instance: ProcessInstance, name: str | None) -> None:
        """Go to a step, over those that have nothing to do, or to the end."""
        now = self._clock.now()
        while name is not None:
            step = _required(process, name)
            turn = instance.next_turn(name)
            if isinstance(step, Wait):
                if self._waits(step, process, instance, turn, now):
                    return
            else:
                message = step.send(_state(process, instance))
                if message is not None:
                    self._send(instance, turn, message, events.StepSent, step.name, now)
                    return
                instance.happened(events.StepSkipped(process_id=instance.id, step=name), now)
            name = process.after(name)
        instance.end(Status.COMPLETED, now)

    def _waits(self, step: Wait[Any], process: AnyProcess, instance: ProcessInstance, turn: int, now: datetime) -> bool:
        """Begin to wait, unless what is waited for was heard before."""
        kinds = {kind.event_type: kind for kind in step.events}
        early = next((heard for heard in instance.heard if _told(heard)[0] in kinds), None)
        if early is not None:
            name, facts = _told(early)
            instance.heard = tuple(heard for heard in instance.heard if heard != early)
            self._end_wait(process, instance, step, kinds[name].model_validate_json(facts))
            return False
        until = None if step.until is None else step.until(_state(process, instance), now)
        began = events.WaitBegan(process_id=instance.id, step=step.name, events=tuple(kinds), until=until)
        instance.happened(began, now)
        if until is not None:
            self._scheduler.send_later(EndWait(process_id=instance.id, turn=turn), at=until)
        return True

    def _send(
        self,
        instance: ProcessInstance,
        turn: int,
        message: Message[Any],
        sent: Callable[..., DomainEvent],
        step: str,
        now: datetime,
    ) -> None:
        job_id = new_id(JobId)
        following = ContinueProcess(process_id=instance.id, turn=turn, job_id=job_id)
        self._scheduler.send_later(message, job_id=job_id, then=following)
        instance.happened(sent(process_id=instance.id, step=step, message=message.wire_name, job_id=job_id), now)

    def _fail(self, process: AnyProcess, instance: ProcessInstance, step: str, error: str) -> None:
        instance.happened(events.StepFailed(process_id=instance.id, step=step, error=error), self._clock.now())
        if instance.status is Status.RUNNING:
            instance.error = f"{step}: {error}"
        instance.status = Status.UNDOING
        self._undo_next(process, instance)

    def _undo_next(self, process: AnyProcess, instance: ProcessInstance) -> None:
        """Undo the last step that is done, over those that need no undoing, or be at the end."""
        now, state = self._clock.now(), _state(process, instance)
        while instance.done:
            step = _required(process, instance.done[-1])
            message = step.undo(state) if isinstance(step, Step) and step.undo is not None else None
            if message is not None:
                turn = instance.next_turn(step.name)
                self._send(instance, turn, message, events.UndoSent, step.name, now)
                return
            instance.done = instance.done[:-1]
        instance.end(Status.UNDONE, now)

    def _undo_ended(self, process: AnyProcess, instance: ProcessInstance, step: Step[Any], outcome: JobOutcome) -> None:
        now = self._clock.now()
        if outcome.succeeded:
            instance.done = instance.done[:-1]
            instance.happened(events.StepUndone(process_id=instance.id, step=step.name), now)
            self._undo_next(process, instance)
            return
        error = outcome.error or outcome.error_code or "unknown"
        instance.status, instance.error = Status.STUCK, f"{step.name} could not be undone: {error}"
        instance.happened(events.UndoFailed(process_id=instance.id, step=step.name, error=error), now)


def _state(process: AnyProcess, instance: ProcessInstance) -> Any:  # the state of the process's own type
    facts: Mapping[str, Any] = instance.facts
    return process.state.model_validate(facts)


def _told(heard: str) -> tuple[str, str]:
    """Return the type and the facts of an event that came early."""
    name, _, facts = heard.partition(" ")
    return name, facts


def _required(process: AnyProcess, name: str) -> AnyStep:
    step = process.step(name)
    if step is None:
        raise UnknownProcess(f"{process.name} v{process.version} has no step {name}")
    return step
