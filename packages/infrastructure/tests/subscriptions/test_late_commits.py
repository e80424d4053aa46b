"""A transaction that began first and ends last is never skipped, however its events lie in the log."""

from random import Random

import pytest

from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent

from ..waiting import eventually
from .lab import Lab, Open
from .words import Effects, Noted

pytestmark = pytest.mark.integration


@pytest.fixture
def heard(subscriptions: Subscriptions) -> list[str]:
    """What a live subscription hears; a durable one leaves effects."""
    heard = list[str]()

    @subscriptions.durable("lab.durable", Noted, partitions=2)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)

    @subscriptions.live("lab.live", Noted)
    async def hear(event: Noted) -> None:
        heard.append(event.text)

    return heard


async def test_a_late_commit_is_heard(postgres_lab: Lab, subscriptions: Subscriptions, heard: list[str]) -> None:
    """What is behind it in the log waits for it; nothing is read past it."""
    lab = postgres_lab
    await lab.run(subscriptions)
    late = Open(lab)
    await late.note("late-1", "late")
    await lab.note("early-1", "early")
    await lab.note("early-1", "early, too")
    assert (heard, await lab.texts()) == ([], [])
    await late.end()
    await lab.until_there_are(3)
    await eventually(lambda: heard == ["late", "early", "early, too"])


async def test_a_transaction_that_is_undone_holds_nobody_up_for_ever(
    postgres_lab: Lab, subscriptions: Subscriptions, heard: list[str]
) -> None:
    """What was behind it is read, and nothing of it."""
    lab = postgres_lab
    await lab.run(subscriptions)
    undone = Open(lab)
    await undone.note("undone-1", "undone")
    await lab.note("early-1", "early")
    await undone.end(commit=False)
    assert [effect.text for effect in await lab.until_there_are(1)] == ["early"]
    await eventually(lambda: heard == ["early"])


async def test_what_is_open_when_a_subscription_begins_is_still_to_come(
    postgres_lab: Lab, subscriptions: Subscriptions, heard: list[str]
) -> None:
    """It happens when it is committed, which is after the beginning; what was committed long before is not heard."""
    lab = postgres_lab
    await lab.note("old-1", "old")
    late = Open(lab)
    await late.note("late-1", "late")
    await lab.run(subscriptions)
    await late.end()
    assert [effect.text for effect in await lab.until_there_are(1)] == ["late"]
    await eventually(lambda: heard == ["late"])


async def test_transactions_may_end_in_any_order(
    postgres_lab: Lab, subscriptions: Subscriptions, heard: list[str]
) -> None:
    """Many of them, some undone, ended in an order drawn at random: what was committed is heard once."""
    lab, random = postgres_lab, Random(3)
    await lab.run(subscriptions, page=3)
    opened = [Open(lab) for _ in range(8)]
    for number, transaction in enumerate(opened):
        await transaction.note(f"s-{number}", f"{number} a")
    for number, transaction in reversed(list(enumerate(opened))):
        await transaction.note(f"t-{number}", f"{number} b")
    kept = {number for number in range(8) if random.random() < 0.7}
    for number in random.sample(range(8), 8):
        await opened[number].end(commit=number in kept)
    wanted = sorted(f"{number} {letter}" for number in kept for letter in "ab")
    assert sorted(effect.text for effect in await lab.until_there_are(len(wanted))) == wanted
    await eventually(lambda: len(heard) >= len(wanted))
    assert sorted(heard) == wanted
