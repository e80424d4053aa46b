"""Who may send a message: everybody, whoever is signed in, the service, or those whom the policy allows."""

from datetime import timedelta
from uuid import UUID

import pytest

from colonnade.application import Caller, Context
from colonnade.application.messaging import Limits
from colonnade.application.messaging.behaviours import (
    Authorising,
    StepUpRequired,
)
from colonnade.core import Forbidden, Unauthenticated

from .around import NOON, bus_around, failing
from .fakes import (
    ADA,
    BEN,
    Allowing,
    Destroy,
    Greet,
    Me,
    MovingClock,
    Rename,
    Right,
    Self,
    Sweep,
)


async def test_a_public_message_needs_nobody() -> None:
    """The policy is not even asked."""
    policy = Allowing({})
    bus = await bus_around(Authorising(policy))

    assert await bus.send(Greet(name="Ada")) == "hello Ada"
    assert policy.asked == []


async def test_a_message_for_those_who_are_signed_in_needs_somebody() -> None:
    """Anybody will do."""
    bus = await bus_around(Authorising(Allowing({})))

    assert await bus.send(Me(), Context(caller=BEN)) == "you"
    with pytest.raises(Unauthenticated):
        await bus.send(Me(), Context())


async def test_a_permission_is_asked_of_the_policy() -> None:
    """With the message that it is about and with who sends it; a refusal keeps the handler from running."""
    work, runs = failing()
    policy = Allowing({ADA: frozenset({Right.WRITE}), BEN: frozenset({Right.READ})})
    bus = await bus_around(Authorising(policy), work=work)

    assert await bus.send(Rename(title="A"), Context(caller=ADA)) == "renamed to A"
    with pytest.raises(Forbidden):
        await bus.send(Rename(title="B"), Context(caller=BEN))
    with pytest.raises(Unauthenticated):
        await bus.send(Rename(title="C"))
    assert policy.asked == [(Right.WRITE, "tests.rename", ADA), (Right.WRITE, "tests.rename", BEN)]
    assert len(runs) == 1


@pytest.mark.parametrize("context", [Context(), Context(caller=ADA)])
async def test_what_the_service_does_by_itself_is_refused_to_everybody_else(context: Context) -> None:
    """Whoever they are and whatever they may do; the policy is not even asked."""
    work, runs = failing()
    policy = Allowing({ADA: frozenset(Right)})
    bus = await bus_around(Authorising(policy), work=work)

    with pytest.raises(Forbidden, match="only the service itself"):
        await bus.send(Sweep(), context)
    assert runs == []
    assert policy.asked == []


@pytest.mark.parametrize("caller", [None, ADA])
async def test_the_service_itself_needs_nobody(caller: Caller | None) -> None:
    """A job may be on somebody's behalf, or on nobody's."""
    bus = await bus_around(Authorising(Allowing({})))

    assert await bus.send(Sweep(), Context(caller=caller, by_service=True)) == 7


LIMITS = Limits(UUID(int=1), frozenset({Right.READ.value}))
TOKEN = Caller(ADA.user_id, limits=LIMITS)


@pytest.mark.parametrize(("proved", "through"), [(0, True), (600, True), (601, False), (None, False)])
async def test_what_is_sensitive_needs_a_fresh_proof(proved: int | None, through: bool) -> None:
    """For ten minutes after it (RFC 9470); then it is asked for, with how fresh it must be."""
    clock = MovingClock(NOON)
    proved_at = None if proved is None else NOON - timedelta(seconds=proved)
    caller = Caller(ADA.user_id, proved_at=proved_at)
    policy = Allowing({caller: frozenset(Right)})
    bus = await bus_around(Authorising(policy, clock, step_up_seconds=600))

    if through:
        assert await bus.send(Destroy(), Context(caller=caller)) == "destroyed"
        return
    with pytest.raises(StepUpRequired) as refused:
        await bus.send(Destroy(), Context(caller=caller))
    assert refused.value.facts == {"max_age_seconds": 600.0}


async def test_a_token_does_nothing_that_is_sensitive() -> None:
    """Whatever it carries: nobody sits behind it who could prove anything."""
    bus = await bus_around(Authorising(Allowing({TOKEN: frozenset(Right)}), MovingClock(NOON)))
    with pytest.raises(Forbidden, match="not a token"):
        await bus.send(Destroy(), Context(caller=Caller(ADA.user_id, limits=Limits(UUID(int=2), frozenset(Right)))))


async def test_a_token_does_what_it_carries_and_nothing_else() -> None:
    """Even if its owner may; and of what needs no permission only what is open to tokens."""
    bus = await bus_around(Authorising(Allowing({TOKEN: frozenset(Right)})))
    with pytest.raises(Forbidden, match="does not carry"):
        await bus.send(Rename(title="B"), Context(caller=TOKEN))
    with pytest.raises(Forbidden, match="not a token"):
        await bus.send(Me(), Context(caller=TOKEN))
    assert await bus.send(Self(), Context(caller=TOKEN)) == "yourself"


async def test_the_service_may_not_do_more_on_behalf_of_somebody() -> None:
    """What needs a permission needs it in a job as well."""
    bus = await bus_around(Authorising(Allowing({BEN: frozenset({Right.READ})})))

    with pytest.raises(Forbidden):
        await bus.send(Rename(title="B"), Context(caller=BEN, by_service=True))
    with pytest.raises(Unauthenticated):
        await bus.send(Rename(title="B"), Context(by_service=True))
