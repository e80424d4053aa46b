"""Where a subscription begins: now, unless it is a projection, which begins with the first event there is."""

from collections.abc import Sequence

from colonnade.application.subscriptions import Generation, Subscriptions
from colonnade.core import RecordedEvent
from colonnade.infrastructure.database.event_log import START
from colonnade.infrastructure.subscriptions.checkpoints import Checkpoints

from .lab import Lab
from .words import Effects, Noted


async def forget(generation: Generation) -> None:
    """Nothing to forget."""


async def leave_all(events: Sequence[RecordedEvent], generation: Generation, effects: Effects) -> None:
    """Leave an effect for each event."""
    for recorded in events:
        effects.leave(recorded, generation)


async def test_a_new_subscription_begins_now(lab: Lab, subscriptions: Subscriptions) -> None:
    """It is to do something about what happens, not about what happened."""

    @subscriptions.durable("lab.new", Noted)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)

    await lab.note("a-1", "before")
    await lab.run(subscriptions)
    await lab.note("a-1", "after")
    assert [effect.text for effect in await lab.until_there_are(1)] == ["after"]


async def test_a_new_projection_begins_with_the_first_event(lab: Lab, subscriptions: Subscriptions) -> None:
    """It is to show what is; its rows are of the first edition."""
    subscriptions.projection("lab.board", Noted, forget=forget)(leave_all)
    await lab.note("a-1", "before")
    await lab.run(subscriptions)
    await lab.note("a-1", "after")
    assert [effect.text for effect in await lab.until_there_are(2, generation=1)] == ["before", "after"]


async def test_a_subscription_that_is_known_goes_on(lab: Lab, subscriptions: Subscriptions) -> None:
    """To register it again changes nothing, whoever else does at the same time."""

    @subscriptions.durable("lab.known", Noted, partitions=3)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)

    checkpoints, (subscription,) = Checkpoints(lab.database, lab.clock), list(subscriptions)
    await checkpoints.register(subscription)
    before = await lab.checkpoints("lab.known")
    await lab.note("a-1", "one")
    await checkpoints.register(subscription)
    assert await lab.checkpoints("lab.known") == before
    assert len(before) == 3
    await lab.run(subscriptions)
    await lab.until_there_are(1)


async def test_all_that_remember_are_registered_at_once(lab: Lab, subscriptions: Subscriptions) -> None:
    """What is live or belongs to the transaction remembers nothing."""

    async def hear(event: Noted) -> None: ...

    subscriptions.durable("lab.one", Noted)(hear)
    subscriptions.durable("lab.two", Noted)(hear)
    subscriptions.live("lab.live", Noted)(hear)
    subscriptions.in_transaction("lab.together", Noted)(hear)
    await Checkpoints(lab.database, lab.clock).register_all(subscriptions)
    known = {name: len(await lab.checkpoints(name)) for name in ("lab.one", "lab.two", "lab.live", "lab.together")}
    assert known == {"lab.one": 1, "lab.two": 1, "lab.live": 0, "lab.together": 0}


async def test_an_empty_log_is_no_special_case(lab: Lab, subscriptions: Subscriptions) -> None:
    """The first event there ever is gets heard, by both kinds."""
    subscriptions.projection("lab.board", Noted, forget=forget)(leave_all)
    subscriptions.durable("lab.new", Noted, batch=True)(_as_second)
    await lab.run(subscriptions)
    assert START in await lab.checkpoints("lab.board")
    await lab.note("a-1", "first")
    await lab.until_there_are(1, generation=1)
    await lab.until_there_are(1, generation=2)


async def _as_second(events: Sequence[RecordedEvent], effects: Effects) -> None:
    for recorded in events:
        effects.leave(recorded, 2)
