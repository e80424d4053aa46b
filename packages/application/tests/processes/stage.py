"""A stage for processes: an engine over a store in memory, whose messages are answered by hand."""

from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from colonnade.application.jobs import JobId, JobOutcome
from colonnade.application.messaging import INTERNAL, Command, Message
from colonnade.application.processes import (
    Process,
    ProcessDefinitions,
    ProcessEngine,
    ProcessId,
    ProcessInstance,
    Step,
    Wait,
)
from colonnade.application.processes.messages import ContinueProcess, EndWait
from colonnade.core import DomainEvent, NotFound, Specification, UserId, new_id, predicate

Answer = TypeVar("Answer")
KEY = "trip 1"


class Book(Command[str], name="stage.book", requires=INTERNAL):
    """What a step sends."""

    what: str


class Count(Command[dict[str, int]], name="stage.count", requires=INTERNAL):
    """What a step sends that wants more than a text for an answer."""


class Paid(DomainEvent, type="stage.paid"):
    """Something that a process may wait for."""

    key: str
    amount: int = 0


class Refused(DomainEvent, type="stage.refused"):
    """Something else that a process may wait for."""

    key: str


class Trip(BaseModel):
    """What the processes of these tests know."""

    model_config = ConfigDict(frozen=True)

    notes: tuple[str, ...] = ()
    rooms: int = 0

    def noting(self, note: str) -> "Trip":
        """Return the same with a note more."""
        return self.model_copy(update={"notes": (*self.notes, note)})


def step(name: str, **more: Any) -> Step[Trip]:
    """Return a step that books its name, notes the answer, and can be undone."""
    parts: dict[str, Any] = {
        "send": lambda state: Book(what=name),
        "keep": lambda state, answer: state.noting(answer),
        "undo": lambda state: Book(what=f"undo {name}"),
    }
    return Step(name, **{**parts, **more})


def payment(name: str = "payment", **more: Any) -> Wait[Trip]:
    """Return a wait for the payment."""
    parts: dict[str, Any] = {"events": {Paid: lambda event: event.key}}
    return Wait(name, **{**parts, **more})


def trip(*steps: Step[Trip] | Wait[Trip], **more: Any) -> Process[Trip]:
    """Return a process of these steps."""
    return Process("stage.trip", "trip", Trip, steps, **more)


class Sent(NamedTuple):
    """A message that was sent later."""

    message: Message[Any]
    at: datetime
    job_id: JobId
    then: Message[Any] | None


class Stage:
    """Processes, what they sent, and who answers it.

    Attributes:
        sent: What waits for an answer, in the order in which it was sent.
        timers: The ends of waitings, in the order in which they were sent.
        history: What happened to each process.
    """

    def __init__(self, *definitions: Process[Any]) -> None:
        self.definitions = definitions
        self.time = datetime(2026, 1, 5, 9, tzinfo=UTC)
        self.sent: list[Sent] = []
        self.timers: list[Sent] = []
        self.history: dict[ProcessId, list[DomainEvent]] = {}
        self._stored: dict[ProcessId, ProcessInstance] = {}

    def now(self) -> datetime:
        """Return the time."""
        return self.time

    def advance(self, **span: float) -> None:
        """Move the time on."""
        self.time += timedelta(**span)

    async def start(self, key: str = KEY, state: BaseModel | None = None, **whose: Any) -> ProcessId:
        """Start the first definition."""
        first = self.definitions[0]
        started = await self.act(lambda engine: engine.start(first, key, state or Trip(), **whose))
        return started.id

    async def hear(self, event: DomainEvent) -> None:
        """Let the processes hear of an event."""
        await self.act(lambda engine: engine.hear(event))

    async def cancel(self, process_id: ProcessId, by: UserId | None = None) -> None:
        """Cancel a process."""
        await self.act(lambda engine: engine.cancel(process_id, by=by))

    async def retry(self, process_id: ProcessId, by: UserId | None = None) -> None:
        """Let a process that is stuck try again."""
        await self.act(lambda engine: engine.retry(process_id, by=by))

    async def answer(self, what: str, result: object = None) -> Sent:
        """Let the job of a message end well; without another result the answer is its text."""
        return await self._end(what, JobOutcome(True, what if result is None else result, None, None))

    async def fail(self, what: str, error: str = "no room") -> Sent:
        """Let the job of a message fail for good."""
        return await self._end(what, JobOutcome(False, None, "stage.full", error))

    async def repeat(self, sent: Sent, *, succeeded: bool = True) -> None:
        """Deliver the answer to a message, whether or not it was answered."""
        outcome = JobOutcome(succeeded, "again", None, None if succeeded else "again")
        follow_up = sent.then
        assert isinstance(follow_up, ContinueProcess)
        await self.act(lambda engine: engine.job_ended(follow_up.process_id, follow_up.turn, outcome))

    async def ring(self, timer: Sent) -> None:
        """Let the time of a waiting end."""
        end = timer.message
        assert isinstance(end, EndWait)
        await self.act(lambda engine: engine.wait_ended(end.process_id, end.turn))

    async def act(self, work: Callable[[ProcessEngine], Awaitable[Answer]]) -> Answer:
        """Do something in one unit of work: all of it happens or nothing."""
        processes, scheduler = _Processes(self._stored), _Scheduler(self.now)
        engine = ProcessEngine(ProcessDefinitions(self.definitions), processes, scheduler, self)
        answer = await work(engine)
        for instance in processes.opened.values():
            self.history.setdefault(instance.id, []).extend(instance.release_events())
        self._stored.update(deepcopy(processes.opened))
        for sent in scheduler.sent:
            (self.timers if isinstance(sent.message, EndWait) else self.sent).append(sent)
        return answer

    def process(self, process_id: ProcessId) -> ProcessInstance:
        """Return a process as it is stored."""
        return self._stored[process_id]

    def processes(self) -> list[ProcessInstance]:
        """Return all processes, in the order of their start."""
        return list(self._stored.values())

    def state(self, process_id: ProcessId) -> Trip:
        """Return what a process knows."""
        return Trip.model_validate(self.process(process_id).facts)

    def waiting(self) -> list[str]:
        """Return the texts of the messages that wait for an answer."""
        return [sent.message.what for sent in self.sent if isinstance(sent.message, Book)]

    def told(self, process_id: ProcessId) -> list[str]:
        """Return the types of what happened to a process, without their context."""
        return [event.event_type.partition(".")[2] for event in self.history[process_id]]

    async def _end(self, what: str, outcome: JobOutcome) -> Sent:
        (place,) = (place for place, text in enumerate(self._labels()) if text == what)
        sent = self.sent.pop(place)
        follow_up = sent.then
        assert isinstance(follow_up, ContinueProcess)
        assert follow_up.job_id == sent.job_id
        await self.act(lambda engine: engine.job_ended(follow_up.process_id, follow_up.turn, outcome))
        return sent

    def _labels(self) -> list[str]:
        return [getattr(sent.message, "what", sent.message.wire_name) for sent in self.sent]


class _Processes:
    """The processes of one unit of work; those that it adds are not found by others before it ends."""

    def __init__(self, stored: Mapping[ProcessId, ProcessInstance]) -> None:
        self._stored = stored
        self.opened: dict[ProcessId, ProcessInstance] = {}

    async def get(self, aggregate_id: ProcessId, /) -> ProcessInstance:
        """Return a process, the same object each time."""
        if aggregate_id not in self.opened:
            if aggregate_id not in self._stored:
                raise NotFound("there is no such process")
            self.opened[aggregate_id] = deepcopy(self._stored[aggregate_id])
        return self.opened[aggregate_id]

    async def add(self, aggregate: ProcessInstance, /) -> None:
        """Put a new process in."""
        self.opened[aggregate.id] = aggregate

    async def matching(self, specification: Specification, /, *, limit: int = 100) -> list[ProcessInstance]:
        """Return the stored processes that match."""
        matches = predicate(specification)
        return [await self.get(key) for key, stored in self._stored.items() if matches(stored)][:limit]

    async def running(self, name: str, key: str, /) -> ProcessInstance | None:
        """Return the process of a kind that runs for a key."""
        for stored in self._stored.values():
            if (stored.name, stored.key, stored.ended_at) == (name, key, None):
                return await self.get(stored.id)
        return None


class _Scheduler:
    """Collects what is sent."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.sent: list[Sent] = []

    def send_later(
        self,
        message: Message[Any],
        *,
        at: datetime | None = None,
        unique: str | None = None,
        job_id: JobId | None = None,
        then: Message[Any] | None = None,
    ) -> JobId:
        """Keep a message."""
        made = job_id or new_id(JobId)
        self.sent.append(Sent(message, at or self._now(), made, then))
        return made

    def cancel(self, unique: str) -> None:
        """Nothing of a process has a key."""
        raise AssertionError(f"a process took back {unique}")
