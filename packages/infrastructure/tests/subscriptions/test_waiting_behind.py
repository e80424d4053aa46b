"""What stands behind a failed event of its stream waits, and follows in order once that is out of the way."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent, Unavailable

from ..waiting import DEADLINE_SECONDS, eventually
from .faults import lost_commits
from .lab import Lab
from .scripted import POLICY, Script, pass_pause
from .words import Broken, Effects, Noted, Shaky


@pytest.fixture
def script(subscriptions: Subscriptions) -> Script:
    """A subscription to texts that fail as a test says."""
    script = Script()
    script.subscribe(subscriptions)
    return script


async def drop_dead(lab: Lab) -> None:
    """Do what an operator's tool does with a dead letter that nobody needs: delete it."""
    await lab.database.write(text("DELETE FROM parked_events WHERE state = 'dead'"))
    lab.wake()


async def replay_dead(lab: Lab) -> None:
    """Do what an operator's tool does with a dead letter that is to be tried again."""
    statement = "UPDATE parked_events SET state = 'retrying', attempts = 0, next_at = parked_at WHERE state = 'dead'"
    await lab.database.write(text(statement))
    lab.wake()


async def texts_of(lab: Lab, wanted: Sequence[str]) -> None:
    """Wait until these are the effects, in this order."""
    found = await lab.until_there_are(len(wanted))
    assert [effect.text for effect in found] == list(wanted)


async def test_later_events_of_the_stream_wait_and_other_streams_go_on(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """They are set aside without having been tried; when the first succeeds, they follow in their order."""
    script.fail("a1", Shaky("not yet"))
    await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2")
    await lab.note("b-1", "b1")
    await lab.note("a-1", "a3")
    await texts_of(lab, ["b1"])
    rows = await lab.until_parked("retrying", "waiting", "waiting")
    assert [row.attempts for row in rows] == [1, 0, 0]
    assert script.attempts["a2"] == script.attempts["a3"] == 0
    await pass_pause(lab)
    await texts_of(lab, ["b1", "a1", "a2", "a3"])
    assert await lab.parked() == []
    await lab.note("a-1", "a4")
    await texts_of(lab, ["b1", "a1", "a2", "a3", "a4"])
    assert await lab.parked() == []


async def test_what_stands_behind_a_dead_letter_waits_for_a_person(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """However long it takes; when it is replayed, it and all that is behind it are handled in order."""
    script.fail("a1", Broken("never"))
    await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2")
    await lab.until_parked("dead", "waiting")
    lab.clock.advance(days=100)
    await lab.note("a-1", "a3")
    await lab.until_parked("dead", "waiting", "waiting")
    await replay_dead(lab)
    await texts_of(lab, ["a1", "a2", "a3"])
    assert await lab.parked() == []


async def test_a_follower_that_fails_keeps_the_rest_waiting(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """It is then the one that is tried again, with attempts of its own."""
    script.fail("a1", Shaky("not yet"))
    script.fail("a2", Shaky("nor this"))
    await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2", "a3")
    await lab.until_parked("retrying", "waiting", "waiting")
    await pass_pause(lab)
    rows = await lab.until_parked("retrying", "waiting")
    assert [row.attempts for row in rows] == [1, 0]
    await texts_of(lab, ["a1"])
    await pass_pause(lab)
    await texts_of(lab, ["a1", "a2", "a3"])


async def test_streams_wait_each_for_itself(lab: Lab, subscriptions: Subscriptions, script: Script) -> None:
    """A dead letter of one does not keep the retries of another."""
    script.fail("a1", Broken("never"))
    script.fail("b1", Shaky("not yet"))
    await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2")
    await lab.note("b-1", "b1", "b2")
    await lab.until_parked("dead", "waiting", "retrying", "waiting")
    await pass_pause(lab)
    await texts_of(lab, ["b1", "b2"])
    assert await lab.states() == ["dead", "waiting"]


async def test_what_was_set_aside_survives_a_restart(lab: Lab, subscriptions: Subscriptions, script: Script) -> None:
    """The next process goes on with the attempts, and lets nothing overtake."""
    script.fail("a1", Shaky("one"), Shaky("two"))
    first = await lab.run(subscriptions)
    await lab.note("a-1", "a1")
    await lab.until_parked("retrying")
    await first.stop()
    await lab.note("a-1", "a2")
    await lab.run(subscriptions)
    await lab.until_parked("retrying", "waiting")
    await pass_pause(lab)
    await eventually(lambda: script.attempts["a1"] == 2)
    await lab.until_parked("retrying", "waiting")
    await pass_pause(lab)
    await texts_of(lab, ["a1", "a2"])


async def test_an_outage_while_the_followers_are_handled_loses_none(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """They are handled when it is over, without anybody's help."""
    script.fail("a1", Shaky("not yet"))
    script.fail("a2", Unavailable("down"))
    await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2", "a3")
    await lab.until_parked("retrying", "waiting", "waiting")
    await pass_pause(lab)
    await texts_of(lab, ["a1", "a2", "a3"])
    assert await lab.parked() == []


async def test_a_process_that_ends_while_the_followers_are_handled_loses_none(
    lab: Lab, subscriptions: Subscriptions
) -> None:
    """The first one is done and gone; the next process must know that the second one's turn has come."""
    failed, reached = list[str](), asyncio.Event()

    @subscriptions.durable("lab.ended", Noted, retries=POLICY)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        if event.text == "a1" and not failed:
            failed.append(event.text)
            raise Shaky("not yet")
        if event.text == "a2" and not reached.is_set():
            reached.set()
            await asyncio.Event().wait()
        effects.leave(recorded)

    first = await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2", "a3")
    await lab.until_parked("retrying", "waiting", "waiting")
    await pass_pause(lab)
    async with asyncio.timeout(DEADLINE_SECONDS):
        await reached.wait()
    await texts_of(lab, ["a1"])
    await first.stop()
    await lab.run(subscriptions)
    await texts_of(lab, ["a1", "a2", "a3"])


async def test_a_dead_letter_that_is_dropped_frees_its_stream(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """Its followers are handled, in order, and whatever comes later."""
    script.fail("a1", Broken("never"))
    await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2", "a3")
    await lab.until_parked("dead", "waiting", "waiting")
    await drop_dead(lab)
    await texts_of(lab, ["a2", "a3"])
    await lab.note("a-1", "a4")
    await texts_of(lab, ["a2", "a3", "a4"])


async def test_a_dead_letter_that_is_dropped_while_it_is_tried_is_not_handled(
    lab: Lab, subscriptions: Subscriptions
) -> None:
    """What the operator decided holds: nothing of the attempt stays, and the partition is read on."""
    attempts, reached, go_on = list[str](), asyncio.Event(), asyncio.Event()

    @subscriptions.durable("lab.dropped", Noted, retries=POLICY)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        if event.text == "a1":
            attempts.append(event.text)
            if len(attempts) == 1:
                raise Broken("never")
            reached.set()
            await go_on.wait()
        effects.leave(recorded)

    await lab.run(subscriptions)
    await lab.note("a-1", "a1")
    await lab.until_parked("dead")
    await replay_dead(lab)
    async with asyncio.timeout(DEADLINE_SECONDS):
        await reached.wait()
    await lab.database.write(text("DELETE FROM parked_events"))
    go_on.set()
    await lab.note("b-1", "b1")
    await lab.note("a-1", "a2")
    await texts_of(lab, ["b1", "a2"])


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
async def test_a_line_that_is_lost_while_something_is_set_aside_doubles_nothing(
    lab: Lab, subscriptions: Subscriptions, script: Script, *, after: bool
) -> None:
    """It is set aside once, or handled once, but never both."""
    script.fail("a1", Shaky("not yet"))
    process = await lab.run(subscriptions)
    with lost_commits(process.database, after=after, when=lambda: script.attempts["a1"] == 1) as lost:
        await lab.note("a-1", "a1", "a2")
        await eventually(lambda: bool(lost))
        await pass_pause(lab)

        async def settled() -> bool:
            await pass_pause(lab)
            return len(await lab.effects()) >= 2 and not await lab.parked()

        await eventually(settled)
    await texts_of(lab, ["a1", "a2"])
    await lab.note("a-1", "a3")
    await texts_of(lab, ["a1", "a2", "a3"])


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
async def test_a_line_that_is_lost_at_the_end_of_a_retry_doubles_nothing(
    lab: Lab, subscriptions: Subscriptions, script: Script, *, after: bool
) -> None:
    """The effect and its end as something set aside are one transaction."""
    script.fail("a1", Shaky("not yet"))
    process = await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2")
    await lab.until_parked("retrying", "waiting")
    with lost_commits(process.database, after=after, when=lambda: script.attempts["a1"] == 2) as lost:
        await pass_pause(lab)
        await eventually(lambda: bool(lost))
        await texts_of(lab, ["a1", "a2"])
    await lab.note("a-1", "a3")
    await texts_of(lab, ["a1", "a2", "a3"])
    assert await lab.parked() == []
