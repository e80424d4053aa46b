"""A projection is built anew beside the one that is read, from the log, while events go on; then it takes its place."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from colonnade.application.subscriptions import Subscriptions
from colonnade.infrastructure.database.event_log import START, LogPosition, event_log
from colonnade.infrastructure.subscriptions import Checkpoints, Generations
from colonnade.infrastructure.subscriptions.generations import AlreadyRebuilding, NotRebuildable
from colonnade.infrastructure.subscriptions.reader import LogReader
from colonnade.infrastructure.subscriptions.tables import subscription_partitions

from ..waiting import eventually
from .board import NAME, Board, rebuild, shown, until_active
from .lab import Lab, Open
from .scripted import pass_pause
from .words import Noted, Shaky


@pytest.fixture
def board(subscriptions: Subscriptions) -> Board:
    """A projection."""
    return Board(subscriptions)


async def test_a_rebuilt_projection_shows_the_whole_log(lab: Lab, subscriptions: Subscriptions, board: Board) -> None:
    """From the first event on, in the order of each stream, once; what was before it is gone."""
    process = await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2")
    await lab.note("b-1", "b1")
    await lab.until_there_are(3)
    assert await rebuild(lab, process) == 2
    await until_active(lab, 2)
    found = await lab.until_there_are(3)
    assert [effect.text for effect in found if effect.stream == "a-1"] == ["a1", "a2"]
    assert await lab.effects(generation=1) == []
    assert board.forgotten == [1]


async def test_readers_see_the_old_edition_until_the_new_one_is_complete(
    lab: Lab, subscriptions: Subscriptions, board: Board
) -> None:
    """It goes on with live events meanwhile; then the new one, which has them too, takes its place at once."""
    process = await lab.run(subscriptions)
    await lab.note("a-1", "a1")
    await lab.until_there_are(1)
    board.go_on.clear()
    await rebuild(lab, process)
    await process.ready(holding=4)
    await lab.note("a-1", "a2")
    await lab.until_there_are(2, generation=1)
    lab.wake()
    assert await shown(lab) == ["a1", "a2"]
    assert await lab.effects(generation=2) == []
    board.go_on.set()
    await until_active(lab, 2)
    assert await shown(lab) == ["a1", "a2"]
    await lab.note("a-1", "a3")
    await lab.until_there_are(3, generation=2)
    assert await shown(lab) == ["a1", "a2", "a3"]
    await process.ready(holding=2)


async def test_events_that_never_stop_coming_are_all_there(
    lab: Lab, subscriptions: Subscriptions, board: Board
) -> None:
    """Before, during and after the rebuilding and the switch, in two processes that share the work."""
    process = await lab.run(subscriptions, page=5)
    other = await lab.process(subscriptions, page=5).start(holding=0)
    count = 0
    for turn in range(30):
        if turn == 10:
            await rebuild(lab, process)
        for stream in ("a-1", "b-1", "c-1"):
            await lab.note(stream, f"{turn}")
            count += 1
    await until_active(lab, 2)
    await lab.note("a-1", "last")
    found = await lab.until_there_are(count + 1, generation=2)
    for stream in ("a-1", "b-1", "c-1"):
        versions = [effect.version for effect in found if effect.stream == stream]
        assert versions == list(range(1, len(versions) + 1))
    await other.stop()


async def test_nothing_is_sent_because_of_the_past(lab: Lab, subscriptions: Subscriptions, board: Board) -> None:
    """While it catches up, it is told so, and its jobs are suppressed; afterwards they are sent again."""
    process = await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2")
    await lab.until_there_are(2)
    assert await lab.jobs() == ["a1", "a2"]
    await rebuild(lab, process)
    await until_active(lab, 2)
    assert await lab.jobs() == ["a1", "a2"]
    await lab.note("a-1", "a3")
    await lab.until_there_are(3, generation=2)
    assert await lab.jobs() == ["a1", "a2", "a3"]
    assert set(board.replaying[1]) == {False}
    assert (board.replaying[2][0], board.replaying[2][-1]) == (True, False)


async def test_it_is_not_complete_while_something_is_tried_again(
    lab: Lab, subscriptions: Subscriptions, board: Board
) -> None:
    """An event of the past that failed belongs to the catch-up: readers wait for it, and it sends nothing."""
    process = await lab.run(subscriptions)
    await lab.note("a-1", "a1", "a2")
    await lab.until_there_are(2)
    board.script.fail("a1", Shaky("in the batch"), Shaky("alone"))
    await rebuild(lab, process)
    await lab.until_parked("retrying", "waiting")
    for _ in range(3):
        lab.wake()
        await process.lease.alive()
    assert await shown(lab) == ["a1", "a2"]
    await pass_pause(lab)
    await until_active(lab, 2)
    assert await shown(lab) == ["a1", "a2"]
    assert await lab.jobs() == ["a1", "a2"]


async def test_it_can_begin_at_a_position(lab: Lab, subscriptions: Subscriptions, board: Board) -> None:
    """With the event that is there."""
    process = await lab.run(subscriptions)
    for words in ("one", "two", "three"):
        await lab.note("a-1", words)
    await lab.until_there_are(3)
    await rebuild(lab, process, (await lab.end()).position - 1)
    await until_active(lab, 2)
    assert await shown(lab) == ["two", "three"]


async def test_it_can_begin_at_a_time(lab: Lab, subscriptions: Subscriptions, board: Board) -> None:
    """With the first event of that moment or after it."""
    process = await lab.run(subscriptions)
    moments = []
    for words in ("one", "two", "three"):
        moments.append(lab.clock.advance(minutes=1))
        await lab.note("a-1", words)
    await lab.until_there_are(3)
    await rebuild(lab, process, moments[1])
    await until_active(lab, 2)
    assert await shown(lab) == ["two", "three"]


@pytest.mark.parametrize("since", ["position", "time"])
async def test_it_can_begin_after_everything_there_is(
    lab: Lab, subscriptions: Subscriptions, board: Board, since: str
) -> None:
    """Then it is empty until something happens."""
    process = await lab.run(subscriptions)
    await lab.note("a-1", "one")
    await lab.until_there_are(1)
    later = {"position": (await lab.end()).position + 1, "time": lab.clock.now() + timedelta(days=1)}
    await rebuild(lab, process, later[since])
    await until_active(lab, 2)
    await lab.note("a-1", "two")
    await lab.until_there_are(1, generation=2)
    assert await shown(lab) == ["two"]


@pytest.mark.integration
@pytest.mark.parametrize("by", ["position", "time"])
async def test_events_of_transactions_that_overlap_are_not_skipped(
    postgres_lab: Lab, subscriptions: Subscriptions, board: Board, by: str
) -> None:
    """An event since then is there, even if older ones stand behind it in the log, or it is not committed yet."""
    lab = postgres_lab
    process = await lab.run(subscriptions)
    first, second, third = Open(lab), Open(lab), Open(lab)
    await first.note("x-1", "x1")
    await second.note("b-1", "before")
    moment = lab.clock.advance(minutes=1)
    await third.note("c-1", "c1")
    await first.note("a-1", "since")
    await second.end()
    await first.end()
    position = (await lab.database.fetch(select(event_log.c.position).where(event_log.c.stream == "a-1")))[0][0]
    await rebuild(lab, process, position if by == "position" else moment)
    await third.end()
    await until_active(lab, 2)

    async def complete() -> bool:
        wanted = {"since"} if by == "position" else {"since", "c1"}
        return set(await lab.texts(2)) >= wanted

    await eventually(complete)


async def test_two_rebuildings_one_after_the_other(lab: Lab, subscriptions: Subscriptions, board: Board) -> None:
    """Each edition has a number of its own."""
    process = await lab.run(subscriptions)
    await lab.note("a-1", "one")
    await lab.until_there_are(1)
    for generation in (2, 3):
        assert await rebuild(lab, process) == generation
        await until_active(lab, generation)
    await eventually(lambda: board.forgotten == [1, 2])
    assert await shown(lab) == ["one"]


async def test_only_one_edition_grows_at_a_time(lab: Lab, subscriptions: Subscriptions, board: Board) -> None:
    """Until it has taken its place."""
    process = await lab.run(subscriptions)
    await lab.note("a-1", "one")
    await lab.until_there_are(1)
    board.go_on.clear()
    await rebuild(lab, process)
    with pytest.raises(AlreadyRebuilding):
        await rebuild(lab, process)
    board.go_on.set()
    await until_active(lab, 2)


async def test_only_a_projection_can_be_rebuilt(lab: Lab, subscriptions: Subscriptions) -> None:
    """What others did cannot be done again beside what they do."""

    @subscriptions.durable("lab.acts", Noted)
    async def act(event: Noted) -> None: ...

    process = lab.process(subscriptions)
    with pytest.raises(NotRebuildable) as refused:
        await rebuild(lab, process)
    assert refused.value.facts == {"field": "name"}


async def test_an_edition_that_is_complete_is_switched_to_once(
    lab: Lab, subscriptions: Subscriptions, board: Board
) -> None:
    """Of several processes that notice it, one does it; the others change nothing."""
    process = lab.process(subscriptions)
    generations = Generations(lab.database, Checkpoints(lab.database, lab.clock), process.resolver)
    (projection,) = process.subscriptions
    await Checkpoints(lab.database, lab.clock).register(projection)
    await rebuild(lab, process)
    log = LogReader(lab.database, projection)
    assert sorted(await asyncio.gather(*(generations.switch(projection, log) for _ in range(4)))) == [
        *[False] * 3,
        True,
    ]
    assert await lab.checkpoints(NAME) == [START] * 2


async def test_an_edition_is_complete_when_it_knows_what_the_old_one_knows(
    lab: Lab, subscriptions: Subscriptions, board: Board
) -> None:
    """Where events never stop coming, nobody is ever at the end of the log; readers only must not go back."""
    process = lab.process(subscriptions)
    generations = Generations(lab.database, Checkpoints(lab.database, lab.clock), process.resolver)
    (projection,) = process.subscriptions
    await Checkpoints(lab.database, lab.clock).register(projection)
    await lab.note("a-1", "one")
    await rebuild(lab, process)
    of, end = subscription_partitions.c, await lab.end()
    log = LogReader(lab.database, projection)

    async def place(generation: int, at: LogPosition) -> None:
        where = (of.subscription == NAME, of.generation == generation)
        await lab.database.write(update(subscription_partitions).where(*where).values(at._asdict()))

    await place(1, end)
    await place(2, START)
    assert not await generations.switch(projection, log)
    await lab.note("a-1", "two")
    await place(2, end)
    assert await generations.switch(projection, log)
