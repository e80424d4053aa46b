"""The suite that every scheduler passes."""
# ruff: noqa: S101 - suites assert

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta

import pytest

from colonnade.application.jobs import JobId, Scheduler
from colonnade.application.messaging import INTERNAL, Command, Context
from colonnade.core import Clock, UnitOfWork, new_id
from colonnade.testing.fakes.store import SentLater


class Remind(Command[None], name="testing.remind", requires=INTERNAL):
    """Something to send later."""

    of: str


class SchedulerSubject(ABC):
    """A scheduler, and what waits because of it.

    Attributes:
        clock: What the scheduler goes by; it stands still.
    """

    clock: Clock

    @abstractmethod
    def open(self, context: Context) -> tuple[UnitOfWork, Scheduler]:
        """Open a unit of work with a scheduler in it."""

    @abstractmethod
    async def waiting(self) -> Sequence[SentLater]:
        """Return the messages that wait."""

    async def texts(self) -> list[str]:
        """Return what the waiting reminders are of, in alphabetical order."""
        return sorted(sent.message.of for sent in await self.waiting() if isinstance(sent.message, Remind))


class SchedulerSuite:
    """Subclass it as `Test…` and give it a fixture `subject`."""

    @pytest.fixture
    def subject(self) -> SchedulerSubject:
        """Say what the suite runs against."""
        raise NotImplementedError("override the fixture 'subject'")

    async def test_what_is_sent_waits_from_the_commit_on(self, subject: SchedulerSubject) -> None:
        """Before it, nobody knows of it; what was not said is: at once, with an id of its own."""
        work, scheduler = subject.open(Context())
        job_id = scheduler.send_later(Remind(of="tea"))
        assert list(await subject.waiting()) == []
        await work.commit()
        assert list(await subject.waiting()) == [SentLater(job_id, Remind(of="tea"), subject.clock.now())]

    async def test_what_was_rolled_back_was_not_sent(self, subject: SchedulerSubject) -> None:
        """A job is kept together with the change that asked for it, or not at all."""
        work, scheduler = subject.open(Context())
        scheduler.send_later(Remind(of="tea"))
        await work.rollback()
        await work.commit()
        assert list(await subject.waiting()) == []

    async def test_everything_that_was_said_is_kept(self, subject: SchedulerSubject) -> None:
        """When, under which key, with which id, and what follows."""
        job_id, at = new_id(JobId), subject.clock.now() + timedelta(days=3)
        work, scheduler = subject.open(Context())
        given = scheduler.send_later(Remind(of="tea"), at=at, unique="tea", job_id=job_id, then=Remind(of="cups"))
        await work.commit()
        assert given == job_id
        assert list(await subject.waiting()) == [SentLater(job_id, Remind(of="tea"), at, "tea", Remind(of="cups"))]

    async def test_one_key_is_sent_once_while_it_waits(self, subject: SchedulerSubject) -> None:
        """Within a unit of work and in the next one; without a key, everything is sent."""
        for text in ("first", "second"):
            work, scheduler = subject.open(Context())
            scheduler.send_later(Remind(of=text), unique="tea")
            scheduler.send_later(Remind(of=f"{text} again"), unique="tea")
            scheduler.send_later(Remind(of=f"{text} without"))
            await work.commit()
        assert await subject.texts() == ["first", "first without", "second without"]

    async def test_what_waits_can_be_taken_back(self, subject: SchedulerSubject) -> None:
        """It goes with the commit, alone, and its key is free for the next one at once."""
        work, scheduler = subject.open(Context())
        scheduler.send_later(Remind(of="tea"), unique="tea")
        scheduler.send_later(Remind(of="coffee"), unique="coffee")
        await work.commit()
        work, scheduler = subject.open(Context())
        scheduler.cancel("tea")
        scheduler.cancel("nothing of this name")
        assert await subject.texts() == ["coffee", "tea"]
        scheduler.send_later(Remind(of="more tea"), unique="tea")
        await work.commit()
        assert await subject.texts() == ["coffee", "more tea"]

    async def test_taking_back_is_undone_by_a_rollback(self, subject: SchedulerSubject) -> None:
        """As is sending."""
        work, scheduler = subject.open(Context())
        scheduler.send_later(Remind(of="tea"), unique="tea")
        await work.commit()
        work, scheduler = subject.open(Context())
        scheduler.cancel("tea")
        await work.rollback()
        assert await subject.texts() == ["tea"]

    async def test_telling_the_past_again_sends_nothing_and_takes_nothing_back(self, subject: SchedulerSubject) -> None:
        """Who rebuilds a projection neither repeats its effects nor touches what waits now."""
        work, scheduler = subject.open(Context())
        scheduler.send_later(Remind(of="tea"), unique="tea")
        await work.commit()
        work, scheduler = subject.open(Context(replaying=True))
        job_id = new_id(JobId)
        assert scheduler.send_later(Remind(of="yesterday's tea"), job_id=job_id) == job_id
        assert scheduler.send_later(Remind(of="more of it"))
        scheduler.cancel("tea")
        await work.commit()
        assert await subject.texts() == ["tea"]
