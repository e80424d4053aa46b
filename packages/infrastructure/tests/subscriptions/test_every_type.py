"""A subscription that takes every event misses none that only a newer process knows, during a rolling update."""

from collections.abc import Sequence

import pytest

from colonnade.application.subscriptions import Subscriptions
from colonnade.core import DomainEvent, EventTypes, RecordedEvent

from ..waiting import eventually
from .lab import Lab
from .scripted import POLICY, pass_pause
from .words import TYPES, Effects, Noted, Struck

OLDER = EventTypes([Noted])


def of_release(*kinds: type[DomainEvent], batch: bool, every_type: bool = True) -> Subscriptions:
    """Return the subscription as a release has it that knows these kinds."""
    subscriptions = Subscriptions()

    async def leave(event: DomainEvent, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)

    async def leave_all(events: Sequence[RecordedEvent], effects: Effects) -> None:
        for recorded in events:
            effects.leave(recorded)

    subscribe = subscriptions.durable("lab.all", *kinds, batch=batch, retries=POLICY, every_type=every_type)
    subscribe(leave_all if batch else leave)
    return subscriptions


@pytest.mark.parametrize("batch", [False, True], ids=["one by one", "in batches"])
async def test_an_event_that_only_newer_processes_know_waits_for_one(lab: Lab, batch: bool) -> None:
    """With its stream behind it, however long that takes; the other streams go on."""
    old = await lab.run(of_release(Noted, batch=batch), types=OLDER)
    await lab.append([lab.event("a-1", Struck(text="new"))])
    await lab.note("a-1", "behind")
    await lab.note("b-1", "other")
    assert [effect.text for effect in await lab.until_there_are(1)] == ["other"]
    for attempts in range(1, POLICY.limit + 2):
        await _until_tried(lab, attempts)
    rows = await lab.until_parked("retrying", "waiting")
    assert [row.error_code for row in rows] == ["unknown_event", None]
    await old.stop()
    await lab.run(of_release(Noted, Struck, batch=batch), types=TYPES)
    await _until_nothing_waits(lab)
    assert [effect.text for effect in await lab.until_there_are(3)] == ["other", "new", "behind"]
    assert await lab.parked() == []


async def test_what_names_its_kinds_passes_others_by(lab: Lab) -> None:
    """It wants them only once it says so."""
    old = await lab.run(of_release(Noted, batch=True, every_type=False), types=OLDER)
    await lab.append([lab.event("a-1", Struck(text="new"))])
    await lab.note("a-1", "known")
    await lab.until_there_are(1)
    await old.stop()
    await lab.run(of_release(Noted, Struck, batch=True, every_type=False), types=TYPES)
    await lab.note("a-1", "later")
    assert [effect.text for effect in await lab.until_there_are(2)] == ["known", "later"]


async def _until_tried(lab: Lab, attempts: int) -> None:
    """Let pauses pass until the event at the front was tried so often."""

    async def tried() -> bool:
        if attempts <= max((row.attempts for row in await lab.parked()), default=0):
            return True
        await pass_pause(lab)
        return False

    await eventually(tried)


async def _until_nothing_waits(lab: Lab) -> None:
    """Let pauses pass until nothing is set aside any more."""

    async def through() -> bool:
        if not await lab.parked():
            return True
        await pass_pause(lab)
        return False

    await eventually(through)
