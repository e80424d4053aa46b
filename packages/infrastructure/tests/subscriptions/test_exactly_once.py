"""The effect of an event and the checkpoint behind it are one transaction: whatever happens, it happens once."""

from collections.abc import Sequence
from random import Random

import pytest

from colonnade.application.messaging import Context, Subject
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent

from ..waiting import eventually
from .faults import lost_commits
from .lab import Lab
from .words import Effects, Noted, Struck


@pytest.fixture
def heard(subscriptions: Subscriptions) -> list[str]:
    """The texts that a subscription was told, whether or not it could keep the effect."""
    heard = list[str]()

    @subscriptions.durable("lab.once", Noted)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        heard.append(event.text)
        effects.leave(recorded)

    return heard


async def test_an_event_has_its_effect_after_the_commit(
    lab: Lab, subscriptions: Subscriptions, heard: list[str]
) -> None:
    """Once, and the checkpoint is then at the event."""
    await lab.run(subscriptions)
    await lab.note("a-1", "one", "two")
    assert [effect.text for effect in await lab.until_there_are(2)] == ["one", "two"]
    assert await lab.checkpoints("lab.once") == [await lab.end()]
    assert heard == ["one", "two"]


async def test_a_reaction_knows_the_event_as_it_was_recorded(lab: Lab, subscriptions: Subscriptions) -> None:
    """Place, id, and why; it acts for the service, because of the event, and its scope is opened for the event."""
    told: list[tuple[Noted, RecordedEvent, Context]] = []

    @subscriptions.durable("lab.tell", Noted)
    async def tell(event: Noted, recorded: RecordedEvent, context: Context) -> None:
        told.append((event, recorded, context))

    process = await lab.run(subscriptions)
    await lab.note("a-1", "one")
    await eventually(lambda: bool(told))
    ((event, recorded, context),) = told
    assert event == recorded.event == Noted(text="one")
    assert (recorded.stream, recorded.stream_version, recorded.recorded_at) == ("a-1", 1, lab.clock.now())
    assert context.correlation_id == recorded.metadata["correlation_id"] == "lab"
    assert context.causation_id == str(recorded.event_id)
    assert (context.by_service, context.replaying, context.caller) == (True, False, None)
    assert process.resolver.opened == [{Subject: event, Context: context}]


async def test_only_the_kinds_that_were_asked_for_are_heard(
    lab: Lab, subscriptions: Subscriptions, heard: list[str]
) -> None:
    """Others are passed over."""
    await lab.run(subscriptions)
    await lab.append([lab.event("a-1", Struck(text="not")), lab.event("a-1", Noted(text="heard"))])
    await lab.until_there_are(1)
    assert heard == ["heard"]


async def test_after_a_restart_it_goes_on_where_it_was(
    lab: Lab, subscriptions: Subscriptions, heard: list[str]
) -> None:
    """Nothing is repeated, and what happened meanwhile is made up for."""
    first = await lab.run(subscriptions)
    await lab.note("a-1", "before")
    await lab.until_there_are(1)
    await first.stop()
    await lab.note("a-1", "meanwhile")
    await lab.note("b-1", "meanwhile, too")
    await lab.run(subscriptions)
    await lab.note("b-1", "after")
    await lab.until_there_are(4)
    assert heard == ["before", "meanwhile", "meanwhile, too", "after"]


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
async def test_a_connection_that_is_lost_at_the_commit_neither_loses_nor_doubles(
    lab: Lab, subscriptions: Subscriptions, heard: list[str], *, after: bool
) -> None:
    """Whether the transaction was committed or not: who does not know has to look, not to guess."""
    process = await lab.run(subscriptions)
    with lost_commits(process.database, after=after, when=lambda: heard == ["one"]) as lost:
        await lab.note("a-1", "one")
        await eventually(lambda: bool(lost))
        await lab.note("a-1", "two")
        await lab.note("b-1", "three")
        found = await lab.until_there_are(3)
    assert [effect.text for effect in found] == ["one", "two", "three"]
    assert await lab.checkpoints("lab.once") == [await lab.end()]
    assert await lab.parked() == []


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
async def test_a_batch_whose_commit_is_lost_neither_loses_nor_doubles(
    lab: Lab, subscriptions: Subscriptions, *, after: bool
) -> None:
    """All of its events, or none of them yet."""
    sizes = list[int]()

    @subscriptions.durable("lab.batch", Noted, batch=True)
    async def leave(events: Sequence[RecordedEvent], effects: Effects) -> None:
        sizes.append(len(events))
        for recorded in events:
            effects.leave(recorded)

    process = await lab.run(subscriptions)
    with lost_commits(process.database, after=after, when=lambda: bool(sizes)) as lost:
        await lab.note("a-1", "one", "two", "three")
        await eventually(lambda: bool(lost))
        await lab.note("a-1", "four")
        found = await lab.until_there_are(4)
    assert [effect.text for effect in found] == ["one", "two", "three", "four"]


async def test_many_streams_and_many_restarts(lab: Lab, subscriptions: Subscriptions) -> None:
    """In pages smaller than the log, over several partitions, stopped at any time: once each, each stream in order."""
    random = Random(5)

    @subscriptions.durable("lab.once", Noted, partitions=3)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)

    process, count = await lab.run(subscriptions, page=7), 0
    for _ in range(4):
        for _ in range(15):
            texts = [str(number) for number in range(random.randint(1, 3))]
            await lab.note(f"s-{random.randint(1, 6)}", *texts)
            count += len(texts)
        await process.stop()
        process = await lab.run(subscriptions, page=7)
    found = await lab.until_there_are(count)
    for stream in {effect.stream for effect in found}:
        versions = [effect.version for effect in found if effect.stream == stream]
        assert versions == list(range(1, len(versions) + 1))
