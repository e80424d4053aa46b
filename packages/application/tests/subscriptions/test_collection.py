"""Subscriptions are collected with everything that was said of them."""

from collections.abc import Sequence

from colonnade.application.messaging import RetryPolicy
from colonnade.application.subscriptions import Generation, Mode, Subscription, Subscriptions
from colonnade.core import RecordedEvent

from .fakes import LampLit, LampOut


def collected(subscriptions: Subscriptions) -> Subscription:
    """Return the one subscription there is."""
    (subscription,) = subscriptions
    return subscription


def test_a_decorated_function_stays_a_function() -> None:
    """It can be called in tests, and decorated twice."""
    subscriptions = Subscriptions()

    async def hear(event: LampLit) -> None: ...

    assert subscriptions.live("lamps.live", LampLit)(hear) is hear
    assert subscriptions.in_transaction("lamps.together", LampLit)(hear) is hear
    assert [(one.name, one.mode, one.reaction) for one in subscriptions] == [
        ("lamps.live", Mode.LIVE, hear),
        ("lamps.together", Mode.IN_TRANSACTION, hear),
    ]


def test_a_durable_subscription_keeps_what_was_said() -> None:
    """And what was not said is: one partition, in the database, event by event, tried several times."""
    plain, special, policy = Subscriptions(), Subscriptions(), RetryPolicy(attempts=2)

    @plain.durable("lamps.plain", LampLit)
    async def hear(event: LampLit) -> None: ...

    @special.durable(
        "lamps.special", LampLit, LampOut, partitions=7, outside=True, batch=True, retries=policy, every_type=True
    )
    async def hear_all(events: Sequence[RecordedEvent]) -> None: ...

    assert collected(plain) == Subscription("lamps.plain", (LampLit,), Mode.DURABLE, hear)
    assert (collected(plain).partitions, collected(plain).outside, collected(plain).batch) == (1, False, False)
    assert not collected(plain).every_type
    assert collected(plain).retries == RetryPolicy()
    assert collected(special) == Subscription(
        "lamps.special",
        (LampLit, LampOut),
        Mode.DURABLE,
        hear_all,
        7,
        outside=True,
        batch=True,
        retries=policy,
        every_type=True,
    )


def test_a_projection_takes_batches_and_can_forget() -> None:
    """That is what makes it rebuildable; nothing else is."""
    subscriptions = Subscriptions()

    async def forget(generation: Generation) -> None: ...

    @subscriptions.projection("lamps.board", LampLit, forget=forget, partitions=3)
    async def project(events: Sequence[RecordedEvent], generation: Generation) -> None: ...

    projection = collected(subscriptions)
    assert projection.projection
    assert (projection.batch, projection.partitions, projection.forget) == (True, 3, forget)
    assert not Subscription("lamps.plain", (LampLit,), Mode.DURABLE, project).projection


def test_it_knows_its_events_by_class_and_by_name() -> None:
    """Each name once, in one order, however they were given."""

    async def hear(event: LampLit | LampOut) -> None: ...

    both = Subscription("lamps.both", (LampOut, LampLit, LampOut), Mode.LIVE, hear)

    assert both.types == ("lamps.lamp_lit", "lamps.lamp_out")
    assert both.concerns(LampOut(room="hall"))
    assert not Subscription("lamps.lit", (LampLit,), Mode.LIVE, hear).concerns(LampOut(room="hall"))
