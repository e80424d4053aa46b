"""A failing event is classified, tried again later and later, and at last left to a person; only its stream waits."""

from datetime import timedelta
from typing import Any

import pytest

from colonnade.application.messaging import RetryPolicy
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import EventTypes, Unavailable, VersionConflict
from colonnade.infrastructure.subscriptions.parking import fault_of
from colonnade.testing import FrozenClock

from ..waiting import eventually
from .lab import Lab
from .scripted import POLICY, Script, pass_pause
from .words import TYPES, Broken, Noted, Shaky, Struck, stream_in


@pytest.fixture
def script(subscriptions: Subscriptions) -> Script:
    """A subscription to texts that fail as a test says."""
    script = Script()
    script.subscribe(subscriptions)
    return script


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (Shaky("again, please"), "retrying", "lab.shaky"),
        (Broken("never"), "dead", "lab.broken"),
        (ValueError("unexpected"), "retrying", "ValueError"),
    ],
    ids=["retryable", "not retryable", "unexpected"],
)
async def test_a_failure_is_what_its_error_says(
    lab: Lab, subscriptions: Subscriptions, script: Script, error: Exception, state: str, code: str
) -> None:
    """What will not go away is left to a person at once; nothing of the attempt stays, and the checkpoint goes on."""
    script.fail("bad", error)
    await lab.run(subscriptions)
    await lab.note("a-1", "bad")
    await lab.note("b-1", "good")
    assert [effect.text for effect in await lab.until_there_are(1)] == ["good"]
    (row,) = await lab.until_parked(state)
    assert (row.subscription, row.stream, row.event_type) == ("lab.scripted", "a-1", "lab.noted")
    assert (row.attempts, row.error_code, row.parked_at) == (1, code, lab.clock.now())
    assert str(error) in row.error
    assert (row.next_at is None) is (state == "dead")
    assert await lab.checkpoints("lab.scripted") == [await lab.end()]


async def test_a_lost_race_is_run_again_at_once(lab: Lab, subscriptions: Subscriptions, script: Script) -> None:
    """Nothing is wrong with the event: it is set aside only if it loses again and again."""
    script.fail("racing", *(VersionConflict("somebody was faster") for _ in range(2)))
    script.fail("beaten", *(VersionConflict("somebody was faster") for _ in range(4)))
    await lab.run(subscriptions)
    await lab.note("a-1", "racing")
    assert [effect.text for effect in await lab.until_there_are(1)] == ["racing"]
    assert await lab.parked() == []
    await lab.note("b-1", "beaten")
    (row,) = await lab.until_parked("retrying")
    assert (row.attempts, row.error_code) == (1, "version_conflict")
    assert script.attempts == {"racing": 3, "beaten": 4}


async def test_where_unexpected_code_broke_is_kept(lab: Lab, subscriptions: Subscriptions, script: Script) -> None:
    """An operator reads the trace; of an error that explains itself, the sentence."""
    script.fail("unexpected", ZeroDivisionError("by nothing"))
    script.fail("known", Broken("the sentence"))
    await lab.run(subscriptions)
    await lab.note("a-1", "unexpected")
    await lab.note("b-1", "known")
    unexpected, known = await lab.until_parked("retrying", "dead")
    assert "Traceback" in unexpected.error
    assert unexpected.error.endswith("ZeroDivisionError: by nothing\n")
    assert "scripted.py" in unexpected.error
    assert known.error == "the sentence"


@pytest.mark.parametrize("attempts", [1, 2, 3, 7])
def test_pauses_grow_with_the_attempts(clock: FrozenClock, attempts: int) -> None:
    """By the policy of the subscription, a quarter more or less."""
    policy = RetryPolicy(attempts=8, first_pause_seconds=10)
    fault = fault_of(Shaky("again"), attempts, policy, clock)
    planned = min(10 * 2 ** (attempts - 1), policy.longest_pause_seconds)
    assert fault.next_at is not None
    assert timedelta(seconds=planned * 0.75) <= fault.next_at - clock.now() <= timedelta(seconds=planned * 1.25)
    assert fault_of(Shaky("again"), 8, policy, clock).next_at is None


async def test_it_is_tried_again_when_its_time_has_come(lab: Lab, subscriptions: Subscriptions, script: Script) -> None:
    """Not before; and what succeeds then has its effect once."""
    script.fail("bad", Shaky("again, please"))
    await lab.run(subscriptions)
    await lab.note("a-1", "bad")
    (row,) = await lab.until_parked("retrying")
    lab.clock.move_to(row.next_at - timedelta(seconds=1))
    lab.wake()
    await lab.note("b-1", "good")
    await lab.until_there_are(1)
    assert script.attempts["bad"] == 1
    lab.clock.move_to(row.next_at)
    lab.wake()
    assert [effect.text for effect in await lab.until_there_are(2)] == ["good", "bad"]
    assert await lab.parked() == []


async def test_after_the_last_attempt_it_is_dead(lab: Lab, subscriptions: Subscriptions, script: Script) -> None:
    """With the last error, and it is not tried again, however long one waits."""
    script.fail("bad", Shaky("one"), ValueError("two"), Shaky("three"))
    await lab.run(subscriptions)
    await lab.note("a-1", "bad")
    seen = list[tuple[int, str]]()
    for attempts in (1, 2):
        row = await _until_tried(lab, attempts)
        assert row.state == "retrying"
        seen.append((row.attempts, row.error_code))
        await pass_pause(lab)
    (row,) = await lab.until_parked("dead")
    assert seen == [(1, "lab.shaky"), (2, "ValueError")]
    assert (row.attempts, row.error_code, row.error, row.next_at) == (POLICY.limit, "lab.shaky", "three", None)
    lab.clock.advance(days=365)
    lab.wake()
    await lab.note("b-1", "good")
    await lab.until_there_are(1)
    assert script.attempts["bad"] == 3


async def test_an_error_that_will_not_go_away_ends_the_attempts(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """Even if the first one might have."""
    script.fail("bad", Shaky("perhaps"), Broken("never"))
    await lab.run(subscriptions)
    await lab.note("a-1", "bad")
    await lab.until_parked("retrying")
    await pass_pause(lab)
    (row,) = await lab.until_parked("dead")
    assert (row.attempts, row.error_code) == (2, "lab.broken")


async def test_an_outage_holds_the_partition_and_sets_nothing_aside(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """What is down is no fault of the event: nothing overtakes, no attempt counts, all follows once it is up."""
    script.fail("down", *(Unavailable("the server is down") for _ in range(3)))
    await lab.run(subscriptions)
    await lab.note("a-1", "down")
    await lab.note("b-1", "next")
    await eventually(lambda: script.attempts["down"] == 2)
    assert script.attempts["next"] == 0
    assert await lab.parked() == []
    assert [effect.text for effect in await lab.until_there_are(2)] == ["down", "next"]
    assert script.attempts["down"] == 4
    assert await lab.parked() == []


async def test_an_outage_of_one_partition_is_not_that_of_another(lab: Lab, subscriptions: Subscriptions) -> None:
    """Each waits for itself."""
    script = Script()
    script.subscribe(subscriptions, "lab.parts", partitions=4)
    script.fail("down", *(Unavailable("the server is down") for _ in range(1000)))
    await lab.run(subscriptions)
    await lab.note(stream_in(0, of=4), "down")
    await lab.note(stream_in(1, of=4), "up")
    assert [effect.text for effect in await lab.until_there_are(1)] == ["up"]


async def test_an_event_of_the_future_stands_in_the_way_of_its_own_stream_alone(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """A process that does not know it yet sets it aside; one that does handles it and what is behind it, in order."""
    older = EventTypes([Struck])
    old = await lab.run(subscriptions, types=older)
    await lab.note("a-1", "future", "behind")
    first, second = await lab.until_parked("retrying", "waiting")
    assert (first.error_code, second.error_code) == ("unknown_event", None)
    await old.stop()
    await lab.run(subscriptions, types=TYPES)
    await lab.note("b-1", "other")
    assert [effect.text for effect in await lab.until_there_are(1)] == ["other"]
    await pass_pause(lab)
    assert [effect.text for effect in await lab.until_there_are(3)] == ["other", "future", "behind"]


async def test_a_version_of_the_future_is_an_event_of_the_future(
    lab: Lab, subscriptions: Subscriptions, script: Script
) -> None:
    """Also among batches of events that are known."""
    sizes = list[int]()
    script.subscribe_to_batches(subscriptions, sizes)
    await lab.run(subscriptions)
    future = lab.event("a-1", Noted(text="future"))._replace(schema_version=2)
    await lab.append([lab.event("b-1", Noted(text="one")), future, lab.event("c-1", Noted(text="two"))])

    async def both() -> bool:
        return sorted(await lab.texts()) == ["one", "one", "two", "two"]

    await eventually(both)
    assert {(row.subscription, row.stream, row.error_code) for row in await lab.parked()} == {
        ("lab.scripted", "a-1", "unknown_event"),
        ("lab.batches", "a-1", "unknown_event"),
    }


async def _until_tried(lab: Lab, attempts: int) -> Any:
    """Wait until the one event that was set aside was tried so often, and return its row."""

    async def tried() -> bool:
        return [row.attempts for row in await lab.parked()] == [attempts]

    await eventually(tried)
    return (await lab.parked())[0]
