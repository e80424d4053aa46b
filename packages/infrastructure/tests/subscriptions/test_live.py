"""Live subscriptions hear of what happens from now on, in every process; nothing is remembered or repeated."""

import pytest

from colonnade.application.messaging import Context
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent, Unavailable

from ..waiting import eventually
from .lab import Lab
from .words import Effects, Noted, Struck


@pytest.fixture
def heard(subscriptions: Subscriptions) -> list[str]:
    """What a live subscription hears."""
    heard = list[str]()

    @subscriptions.live("lab.live", Noted)
    async def hear(event: Noted) -> None:
        heard.append(event.text)

    return heard


async def test_only_what_happens_from_now_on_is_heard(lab: Lab, subscriptions: Subscriptions, heard: list[str]) -> None:
    """In order; a process that comes later hears only what comes later still."""
    await lab.note("a-1", "before")
    first = await lab.run(subscriptions)
    await lab.note("a-1", "one", "two")
    await eventually(lambda: heard == ["one", "two"])
    await first.stop()
    await lab.note("a-1", "between")
    await lab.run(subscriptions)
    await lab.note("a-1", "three")
    await eventually(lambda: heard[2:] == ["three"])


async def test_every_process_hears_everything(lab: Lab, subscriptions: Subscriptions, heard: list[str]) -> None:
    """Unlike durable subscriptions, which share."""
    await lab.run(subscriptions)
    await lab.run(subscriptions)
    await lab.note("a-1", "one")
    await eventually(lambda: len(heard) == 2)
    await lab.note("a-1", "two")
    await eventually(lambda: sorted(heard) == ["one", "one", "two", "two"])


async def test_each_hears_its_own_kinds(lab: Lab, subscriptions: Subscriptions, heard: list[str]) -> None:
    """The log is read once for all of them; each knows the event as it was recorded and acts for the service."""
    told: list[tuple[Struck, RecordedEvent, Context]] = []

    @subscriptions.live("lab.struck", Struck)
    async def tell(event: Struck, recorded: RecordedEvent, context: Context) -> None:
        told.append((event, recorded, context))

    await lab.run(subscriptions)
    await lab.append([lab.event("a-1", Struck(text="out")), lab.event("b-1", Noted(text="in"))])
    await eventually(lambda: heard == ["in"] and len(told) == 1)
    ((event, recorded, context),) = told
    assert recorded.event == event == Struck(text="out")
    assert (context.causation_id, context.by_service) == (str(recorded.event_id), True)


@pytest.mark.parametrize("error", [ValueError("broken"), Unavailable("down")])
async def test_one_that_fails_ends_neither_the_others_nor_itself(
    lab: Lab, subscriptions: Subscriptions, heard: list[str], error: Exception
) -> None:
    """It has not heard this event, and hears the next one."""
    tried = list[str]()

    @subscriptions.live("lab.failing", Noted)
    async def fail(event: Noted) -> None:
        tried.append(event.text)
        raise error

    await lab.run(subscriptions)
    await lab.note("a-1", "one")
    await lab.note("a-1", "two")
    await eventually(lambda: heard == ["one", "two"] and tried == ["one", "two"])


async def test_an_event_of_the_future_is_passed_over(lab: Lab, subscriptions: Subscriptions, heard: list[str]) -> None:
    """A newer process may have written it; this one goes on with what it knows."""
    await lab.run(subscriptions)
    await lab.append([lab.event("a-1", Noted(text="future"))._replace(schema_version=2)])
    await lab.note("b-1", "one")
    await eventually(lambda: heard == ["one"])


async def test_it_leaves_no_trace(lab: Lab, subscriptions: Subscriptions, heard: list[str]) -> None:
    """What it does with a unit of work is not committed: there is nothing that it could be committed with."""

    @subscriptions.live("lab.writing", Noted)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)

    await lab.run(subscriptions)
    await lab.note("a-1", "one")
    await lab.note("a-1", "two")
    await eventually(lambda: heard == ["one", "two"])
    assert await lab.effects() == []
    assert await lab.checkpoints("lab.writing") == []


@pytest.mark.integration
async def test_news_of_another_process_wakes_it(
    postgres_lab: Lab, subscriptions: Subscriptions, heard: list[str]
) -> None:
    """It does not have to look by itself, which it would do only once in an hour here."""
    lab = postgres_lab
    listening = await lab.run(subscriptions, poll_seconds=3600)
    await listening.news.listening()
    other = lab.process([])
    await lab.append_quietly([lab.event("a-1", Noted(text="one"))])
    other.wakeups.committed([Noted(text="one")])
    await eventually(lambda: heard == ["one"])
