"""Whatever happens, in whatever order: every step that was done is kept or undone, exactly once."""

import asyncio
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from colonnade.application.processes import ProcessOver, Status

from .stage import KEY, Book, Paid, Sent, Stage, Step, Trip, Wait, payment, trip

ENDED = {Status.COMPLETED, Status.UNDONE}


def _step(name: str, *, again: int, undoable: bool) -> Step[Trip]:
    """Return a step that is done a number of times."""
    return Step(
        name,
        send=lambda state: Book(what=name),
        keep=lambda state, answer: state.noting(answer),
        undo=(lambda state: Book(what=f"undo {name}")) if undoable else None,
        then=lambda state: name if state.notes.count(name) < again else None,
    )


def _part(number: int) -> st.SearchStrategy[Step[Trip] | Wait[Trip]]:
    name = f"s{number}"
    steps = st.builds(_step, st.just(name), again=st.integers(1, 3), undoable=st.booleans())
    skipped = st.just(Step[Trip](name, send=lambda state: None))
    waits = st.sampled_from(
        [payment(name), payment(name, until=lambda state, now: now), Wait[Trip](name, until=lambda state, now: now)]
    )
    return st.one_of(steps, steps, skipped, waits)


class ProcessMachine(RuleBasedStateMachine):
    """A process whose jobs end well or not, late or twice, while events come and people interfere."""

    def __init__(self) -> None:
        super().__init__()
        self.effects: list[str] = []
        self.answered: list[Sent] = []

    @initialize(parts=st.integers(1, 4).flatmap(lambda count: st.tuples(*map(_part, range(count)))))
    def begin(self, parts: Any) -> None:
        """Start a process of random steps."""
        self.stage = Stage(trip(*parts))
        self.undoable = {part.name for part in parts if isinstance(part, Step) and part.undo is not None}
        self.process = asyncio.run(self.stage.start())

    @property
    def status(self) -> Status:
        """How the process stands."""
        return self.stage.process(self.process).status

    @precondition(lambda self: self.stage.waiting())
    @rule(place=st.integers(0, 3), goes_well=st.booleans())
    def end_a_job(self, place: int, goes_well: bool) -> None:
        """One of the jobs that run ends: with its effect, or without."""
        what = self.stage.waiting()[place % len(self.stage.waiting())]
        if goes_well:
            self.effects.append(what)
        self.answered.append(asyncio.run(self.stage.answer(what) if goes_well else self.stage.fail(what)))

    @precondition(lambda self: self.answered)
    @rule(place=st.integers(0), succeeded=st.booleans())
    def deliver_again(self, place: int, succeeded: bool) -> None:
        """An answer comes once more: nothing may come of it."""
        before = self.stage.told(self.process)
        asyncio.run(self.stage.repeat(self.answered[place % len(self.answered)], succeeded=succeeded))
        assert self.stage.told(self.process) == before

    @rule()
    def pay(self) -> None:
        """The event that some steps wait for."""
        asyncio.run(self.stage.hear(Paid(key=KEY)))

    @precondition(lambda self: self.stage.timers)
    @rule(place=st.integers(0))
    def ring(self, place: int) -> None:
        """The time of a waiting is over, perhaps of one that has ended."""
        asyncio.run(self.stage.ring(self.stage.timers[place % len(self.stage.timers)]))

    @rule()
    def cancel(self) -> None:
        """Somebody wants it undone."""
        if self.status is Status.RUNNING:
            asyncio.run(self.stage.cancel(self.process))
            assert self.status is not Status.RUNNING

    @rule()
    def retry(self) -> None:
        """Somebody wants it tried again."""
        try:
            asyncio.run(self.stage.retry(self.process))
        except ProcessOver:
            assert self.status is not Status.STUCK

    @invariant()
    def one_job_at_a_time(self) -> None:
        """A process never has two jobs under way."""
        assert len(self.stage.waiting()) <= 1

    @invariant()
    def it_never_hangs(self) -> None:
        """It has a job, waits for an event or a time, waits for a person, or is over."""
        process = self.stage.process(self.process)
        if not self.stage.waiting() and process.status not in {*ENDED, Status.STUCK}:
            assert process.status is Status.RUNNING
            assert isinstance(self.stage.definitions[0].step(process.step or ""), Wait)

    @invariant()
    def what_is_done_is_kept_or_undone_once(self) -> None:
        """No effect is undone that was not there, none twice, and in the end none or all are left."""
        if not self.effects and self.status not in ENDED:
            return
        left: list[str] = []
        for effect in self.effects:
            if effect.startswith("undo "):
                assert left.pop() == effect.removeprefix("undo "), self.effects
            elif effect in self.undoable and effect not in left:
                left.append(effect)
        process = self.stage.process(self.process)
        assert left == [name for name in process.done if name in self.undoable]
        if self.status is Status.UNDONE:
            assert left == []

    def teardown(self) -> None:
        """Whatever happened, a process can be brought to an end."""
        if not hasattr(self, "stage"):
            return
        for _ in range(50):
            if self.status in ENDED:
                break
            self._bring_on()
        assert self.status in ENDED
        self.what_is_done_is_kept_or_undone_once()

    def _bring_on(self) -> None:
        if self.stage.waiting():
            self.end_a_job(0, goes_well=True)
        elif self.status is Status.STUCK:
            self.retry()
        elif self.stage.timers:
            self.ring(len(self.stage.timers) - 1)
            self.pay()
        else:
            self.pay()


TestProcessMachine = ProcessMachine.TestCase
TestProcessMachine.settings = settings(max_examples=150, stateful_step_count=30, deadline=None, derandomize=True)
