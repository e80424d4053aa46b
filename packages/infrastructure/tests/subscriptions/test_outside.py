"""An effect outside the database happens at least once, and the checkpoint is kept behind it."""

import asyncio

from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent

from ..waiting import DEADLINE_SECONDS, eventually
from .faults import lost_commits
from .lab import Lab
from .scripted import POLICY, Script, pass_pause
from .words import Broken, Noted, Shaky


def subscribe(subscriptions: Subscriptions, script: Script) -> list[tuple[str, str]]:
    """Subscribe with an effect outside, and return the list in which it is left: text and event id."""
    done = list[tuple[str, str]]()

    @subscriptions.durable("lab.outside", Noted, outside=True, retries=POLICY)
    async def send(event: Noted, recorded: RecordedEvent) -> None:
        script.play(event.text)
        done.append((event.text, str(recorded.event_id)))

    return done


async def test_what_was_done_is_not_done_again_after_a_stop(lab: Lab, subscriptions: Subscriptions) -> None:
    """The checkpoint is kept once the page is done."""
    done = subscribe(subscriptions, Script())
    first = await lab.run(subscriptions)
    await lab.note("a-1", "one", "two")

    async def kept() -> bool:
        return await lab.checkpoints("lab.outside") == [await lab.end()]

    await eventually(kept)
    await first.stop()
    await lab.run(subscriptions)
    await lab.note("a-1", "three")
    await eventually(lambda: len(done) == 3)
    assert [text for text, _ in done] == ["one", "two", "three"]


async def test_what_may_not_have_been_done_is_done_again(lab: Lab, subscriptions: Subscriptions) -> None:
    """A process that ends in the middle of an event leaves it to the next one, which gives it the same id."""
    reached, heard = asyncio.Event(), list[str]()

    @subscriptions.durable("lab.outside", Noted, outside=True)
    async def send(event: Noted, recorded: RecordedEvent) -> None:
        heard.append(f"{event.text} {recorded.event_id}")
        if not reached.is_set():
            reached.set()
            await asyncio.Event().wait()

    first = await lab.run(subscriptions)
    await lab.note("a-1", "one")
    async with asyncio.timeout(DEADLINE_SECONDS):
        await reached.wait()
    await first.stop()
    await lab.run(subscriptions)
    await eventually(lambda: len(heard) == 2)
    assert heard[0] == heard[1]


async def test_a_lost_line_behind_the_effect_loses_nothing(lab: Lab, subscriptions: Subscriptions) -> None:
    """The checkpoint is kept in the next attempt; what is done twice has one id."""
    done = subscribe(subscriptions, Script())
    process = await lab.run(subscriptions)
    with lost_commits(process.database, after=False, when=lambda: bool(done)) as lost:
        await lab.note("a-1", "one")
        await eventually(lambda: bool(lost))
        await lab.note("a-1", "two")
        await eventually(lambda: done[-1][0] == "two")
    assert [text for text, _ in dict.fromkeys(done)] == ["one", "two"]


async def test_its_failures_are_set_aside_like_others(lab: Lab, subscriptions: Subscriptions) -> None:
    """The stream waits behind them, retries do not repeat what is done, and a dead letter is a dead letter."""
    script = Script()
    done = subscribe(subscriptions, script)
    script.fail("a1", Shaky("not yet"))
    script.fail("b1", Broken("never"))
    await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2")
    await lab.note("b-1", "b1", "b2")
    await lab.note("c-1", "c1")
    await lab.until_parked("retrying", "waiting", "dead", "waiting")
    await eventually(lambda: len(done) == 1)
    await pass_pause(lab)
    await lab.until_parked("dead", "waiting")
    assert [text for text, _ in done] == ["c1", "a1", "a2"]
    assert await lab.checkpoints("lab.outside") == [await lab.end()]
