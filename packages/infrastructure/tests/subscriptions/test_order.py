"""Events of one stream are handled in their order, however the streams are divided; one share waits for no other."""

import asyncio
from collections import defaultdict

from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent

from ..waiting import DEADLINE_SECONDS, eventually
from .lab import Lab
from .words import Effects, Noted, stream_in

PARTITIONS = 4


async def test_each_stream_is_in_order_over_several_partitions(lab: Lab, subscriptions: Subscriptions) -> None:
    """Interleaved as they may be in the log, each event is handled after the one before it."""

    @subscriptions.durable("lab.ordered", Noted, partitions=PARTITIONS)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        await asyncio.sleep(0)
        effects.leave(recorded)

    await lab.run(subscriptions, page=5)
    streams = [*(stream_in(number, of=PARTITIONS) for number in range(PARTITIONS)), "t-1", "t-2", "t-3"]
    for turn in range(6):
        for stream in streams:
            await lab.note(stream, f"{turn}")
    handled = defaultdict(list)
    for effect in await lab.until_there_are(42):
        handled[effect.stream].append(effect.version)
    assert dict(handled) == {stream: [1, 2, 3, 4, 5, 6] for stream in streams}


async def test_a_slow_stream_holds_up_only_its_own_share(lab: Lab, subscriptions: Subscriptions) -> None:
    """While one event takes its time, the other partitions go on; then what stood behind it follows."""
    begun, finish = asyncio.Event(), asyncio.Event()

    @subscriptions.durable("lab.slow", Noted, partitions=PARTITIONS)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        if event.text == "slow":
            begun.set()
            await finish.wait()
        effects.leave(recorded)

    await lab.run(subscriptions)
    slow, others = stream_in(0, of=PARTITIONS), [stream_in(number, of=PARTITIONS) for number in range(1, PARTITIONS)]
    await lab.note(slow, "slow", "behind")
    async with asyncio.timeout(DEADLINE_SECONDS):
        await begun.wait()
    for stream in others:
        await lab.note(stream, "quick")
    assert {effect.stream for effect in await lab.until_there_are(len(others))} == set(others)
    finish.set()
    texts = [effect.text for effect in await lab.until_there_are(len(others) + 2)]
    assert texts == ["quick"] * len(others) + ["slow", "behind"]


async def test_checkpoints_of_partitions_are_their_own(lab: Lab, subscriptions: Subscriptions) -> None:
    """A restart finds each where it was, even if one of them has never handled anything."""
    heard = list[str]()

    @subscriptions.durable("lab.own", Noted, partitions=PARTITIONS)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        heard.append(event.text)
        effects.leave(recorded)

    first = await lab.run(subscriptions)
    await lab.note(stream_in(1, of=PARTITIONS), "one")
    await lab.until_there_are(1)
    await lab.note(stream_in(2, of=PARTITIONS), "two")
    await lab.until_there_are(2)
    await first.stop()
    await lab.note(stream_in(3, of=PARTITIONS), "three")
    await lab.run(subscriptions)
    await lab.note(stream_in(1, of=PARTITIONS), "four")
    await lab.until_there_are(4)
    assert sorted(heard) == sorted(["one", "two", "three", "four"])


async def test_what_does_not_concern_it_is_not_read_for_ever(lab: Lab, subscriptions: Subscriptions) -> None:
    """A subscription that rarely hears anything moves its checkpoint all the same, from wherever it began."""

    @subscriptions.durable("lab.rare", Noted)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)

    await lab.run(subscriptions)
    before = await lab.checkpoints("lab.rare")
    await lab.strike_out("s-1", count=5_100)

    async def moved() -> bool:
        return await lab.checkpoints("lab.rare") != before

    await eventually(moved)
    assert await lab.effects() == []
