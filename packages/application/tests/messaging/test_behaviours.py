"""Behaviours: deadlines, retrying and observing, each around a real bus."""

import asyncio
from datetime import timedelta

import pytest

from colonnade.application import Context
from colonnade.application.messaging.behaviours import (
    Deadlines,
    Observing,
    Retrying,
)
from colonnade.core import Conflict, NotFound, VersionConflict
from colonnade.core.errors import DeadlineExceeded

from .around import NOON, bus_around, failing
from .fakes import (
    Forget,
    Greet,
    MovingClock,
    Rename,
)


async def test_a_message_without_a_deadline_takes_its_time() -> None:
    """As does one whose deadline is far off."""
    clock = MovingClock(NOON)
    bus = await bus_around(Deadlines(clock))

    assert await bus.send(Greet(name="Ada")) == "hello Ada"
    assert await bus.send(Greet(name="Ada"), Context(deadline=NOON + timedelta(hours=1))) == "hello Ada"


async def test_work_that_outlasts_its_deadline_is_ended() -> None:
    """It is cancelled and rolled back, and the sender learns that it may repeat it."""
    book: list[str] = []

    async def forever() -> None:
        await asyncio.Event().wait()

    bus = await bus_around(Deadlines(MovingClock(NOON)), work=forever, book=book)

    with pytest.raises(DeadlineExceeded) as exceeded:
        await bus.send(Forget(), Context(deadline=NOON + timedelta(milliseconds=1)))
    assert exceeded.value.retryable
    assert book == ["rollback"]


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
async def test_a_deadline_that_has_passed_keeps_the_work_from_starting(late: timedelta) -> None:
    """Nobody waits for it any more."""
    clock, (work, runs) = MovingClock(NOON), failing()
    bus = await bus_around(Deadlines(clock), work=work)
    context = Context(deadline=NOON)
    clock.advance(seconds=late.total_seconds())

    with pytest.raises(DeadlineExceeded):
        await bus.send(Forget(), context)
    assert runs == []


async def test_a_timeout_of_the_work_itself_is_not_the_senders_deadline() -> None:
    """A slow database within time is another failure than a sender who stopped waiting."""
    work, _ = failing(TimeoutError("the database did not answer"))
    bus = await bus_around(Deadlines(MovingClock(NOON)), work=work)

    with pytest.raises(TimeoutError, match="the database did not answer"):
        await bus.send(Forget(), Context(deadline=NOON + timedelta(hours=1)))


async def test_a_lost_race_is_run_again() -> None:
    """From the start, in a unit of work of its own, until it is won."""
    book: list[str] = []
    work, runs = failing(VersionConflict("first"), VersionConflict("second"))
    bus = await bus_around(Retrying(attempts=3, pause_seconds=0), work=work, book=book)

    assert await bus.send(Rename(title="A")) == "renamed to A"
    assert len(runs) == 3
    assert book == ["rollback", "rollback", "commit"]


async def test_a_race_lost_too_often_is_lost() -> None:
    """After the number of attempts that was set, with the last conflict."""
    work, runs = failing(*(VersionConflict(str(number)) for number in range(1, 6)))
    bus = await bus_around(Retrying(attempts=4, pause_seconds=0), work=work)

    with pytest.raises(VersionConflict, match="4"):
        await bus.send(Forget())
    assert len(runs) == 4


@pytest.mark.parametrize("error", [Conflict("taken"), NotFound("gone"), RuntimeError("broken")])
async def test_any_other_failure_is_final(error: Exception) -> None:
    """To repeat it would not help."""
    work, runs = failing(error)
    bus = await bus_around(Retrying(pause_seconds=0), work=work)

    with pytest.raises(type(error)):
        await bus.send(Forget())
    assert len(runs) == 1


async def test_a_query_is_not_run_again() -> None:
    """It has no version to conflict with."""
    work, runs = failing(VersionConflict("odd"))
    bus = await bus_around(Retrying(pause_seconds=0), work=work)

    with pytest.raises(VersionConflict):
        await bus.send(Greet(name="Ada"))
    assert len(runs) == 1


class Watching:
    """An observer that writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, BaseException | None]] = []

    def started(self, wire_name: str, correlation_id: str) -> str:
        """Hand out a token."""
        return f"{wire_name} {correlation_id}"

    def finished(self, token: str, wire_name: str, seconds: float, error: BaseException | None) -> None:
        """Write it down."""
        assert seconds >= 0
        self.heard.append((token, wire_name, error))


async def test_each_message_is_observed_with_how_it_ended() -> None:
    """With its name and its correlation; a failure goes on to the sender."""
    watching, gone = Watching(), NotFound("gone")
    work, _ = failing(gone)
    bus = await bus_around(Observing(watching), work=work)
    with pytest.raises(NotFound):
        await bus.send(Forget(), Context(correlation_id="1"))
    await bus.send(Greet(name="Ada"), Context(correlation_id="2"))

    assert watching.heard == [("tests.forget 1", "tests.forget", gone), ("tests.greet 2", "tests.greet", None)]
