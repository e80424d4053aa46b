"""A subscription by batch has a page in one transaction; if that fails, event by event, to find the one at fault."""

from collections.abc import Sequence

import pytest

from colonnade.application.messaging import Context
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent, Unavailable

from ..waiting import eventually
from .lab import Lab
from .scripted import Script, pass_pause
from .words import Broken, Noted, Shaky, Struck


@pytest.fixture
def sizes() -> list[int]:
    """How large each batch was that succeeded."""
    return []


@pytest.fixture
def script(subscriptions: Subscriptions, sizes: list[int]) -> Script:
    """A subscription by batch to texts that fail as a test says."""
    script = Script()
    script.subscribe_to_batches(subscriptions, sizes)
    return script


async def test_a_page_is_a_batch(lab: Lab, subscriptions: Subscriptions, script: Script, sizes: list[int]) -> None:
    """One transaction for many events; the checkpoint is then behind the last."""
    process = await lab.run(subscriptions, page=10)
    await process.stop()
    await lab.note("a-1", *(f"a{number}" for number in range(12)))
    await lab.note("b-1", *(f"b{number}" for number in range(12)))
    await lab.run(subscriptions, page=10)
    found = await lab.until_there_are(24)
    assert sizes == [10, 10, 4]
    assert [effect.version for effect in found if effect.stream == "a-1"] == list(range(1, 13))
    assert await lab.checkpoints("lab.batches") == [await lab.end()]


async def test_a_batch_holds_only_what_it_asked_for(
    lab: Lab, subscriptions: Subscriptions, script: Script, sizes: list[int]
) -> None:
    """A page without such an event is no batch, and the checkpoint is behind what was passed over all the same."""
    process = await lab.run(subscriptions)
    await process.stop()
    await lab.append([lab.event("a-1", Struck(text="not")) for _ in range(3)])
    await lab.note("a-1", "one")
    await lab.append([lab.event("a-1", Struck(text="not"))])
    await lab.run(subscriptions)
    await lab.until_there_are(1)
    assert sizes == [1]
    assert await lab.checkpoints("lab.batches") == [await lab.end()]


async def test_a_batch_acts_because_of_its_last_event(lab: Lab, subscriptions: Subscriptions) -> None:
    """That is the cause that is kept of what it does."""
    causes: list[tuple[str | None, str]] = []

    @subscriptions.durable("lab.causes", Struck, batch=True)
    async def leave(events: Sequence[RecordedEvent], context: Context) -> None:
        causes.append((context.causation_id, str(events[-1].event_id)))

    await lab.run(subscriptions)
    await lab.strike_out("a-1", count=3)
    await eventually(lambda: bool(causes))
    assert all(cause == last for cause, last in causes)


async def test_a_failing_batch_is_handled_event_by_event(
    lab: Lab, subscriptions: Subscriptions, script: Script, sizes: list[int]
) -> None:
    """The one at fault is set aside, the rest of its stream waits, all others have their effect once, in order."""
    script.fail("a2", Shaky("in the batch"), Shaky("alone"))
    await lab.run(subscriptions)
    await lab.append([lab.event(stream, Noted(text=words)) for stream, words in _INTERLEAVED])
    found = await lab.until_there_are(5)
    assert {effect.text for effect in found} == {"a1", "b1", "b2", "b3", "c1"}
    assert [effect.text for effect in found if effect.stream == "b-1"] == ["b1", "b2", "b3"]
    assert set(sizes) == {1}
    rows = await lab.until_parked("retrying", "waiting")
    assert [row.attempts for row in rows] == [1, 0]
    assert await lab.checkpoints("lab.batches") == [await lab.end()]
    await pass_pause(lab)
    assert [effect.text for effect in (await lab.until_there_are(7))[5:]] == ["a2", "a3"]


async def test_while_something_waits_pages_are_handled_event_by_event(
    lab: Lab, subscriptions: Subscriptions, script: Script, sizes: list[int]
) -> None:
    """So that nothing overtakes; afterwards batches are batches again."""
    script.fail("a1", Broken("in the batch"), Broken("alone"))
    process = await lab.run(subscriptions)
    await lab.note("a-1", "a1")
    await lab.until_parked("dead")
    await process.stop()
    await lab.append([lab.event("a-1", Noted(text="a2")), lab.event("b-1", Noted(text="b1"))])
    await lab.note("b-1", "b2")
    await lab.run(subscriptions)
    assert [effect.text for effect in await lab.until_there_are(2)] == ["b1", "b2"]
    assert await lab.states() == ["dead", "waiting"]
    assert sizes == [1, 1]


async def test_an_outage_holds_the_whole_batch(
    lab: Lab, subscriptions: Subscriptions, script: Script, sizes: list[int]
) -> None:
    """It is no fault of any event: the batch comes again as it was."""
    script.fail("two", Unavailable("down"))
    process = await lab.run(subscriptions)
    await process.stop()
    await lab.note("a-1", "one", "two", "three")
    await lab.run(subscriptions)
    await lab.until_there_are(3)
    assert sizes == [3]
    assert script.attempts == {"one": 2, "two": 2, "three": 1}
    assert await lab.parked() == []


_INTERLEAVED = (
    ("a-1", "a1"),
    ("b-1", "b1"),
    ("a-1", "a2"),
    ("b-1", "b2"),
    ("a-1", "a3"),
    ("c-1", "c1"),
    ("b-1", "b3"),
)
