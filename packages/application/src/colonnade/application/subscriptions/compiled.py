"""From a subscription to one async function: checked and looked up at start-up, not per event."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging.context import Caller, Context
from colonnade.application.messaging.registration import RegistrationError, dependencies_of, name_of, unprovided
from colonnade.application.messaging.resolver import Resolver, Scope
from colonnade.application.subscriptions.subscription import Generation, Mode, Reaction, Subscription
from colonnade.core import RecordedEvent, UnitOfWork

Given = Mapping[Any, object]  # what is known by type from the start
React = Callable[[Any, Given, Scope], Awaitable[None]]  # an event or a batch of them

_GIVEN = frozenset({Context, Generation})
_GIVEN_PER_EVENT = _GIVEN | {RecordedEvent}


def check(subscriptions: Iterable[Subscription], resolver: Resolver) -> list[Subscription]:
    """Return the subscriptions if every one of them can be called.

    Raises:
        RegistrationError: A name is taken twice, a function asks for what nobody provides, or for what nobody would
            commit; all faults are listed.
    """
    found = list(subscriptions)
    faults = [
        f"two subscriptions are called {name}: rename one"
        for name, count in Counter(subscription.name for subscription in found).items()
        if count > 1
    ]
    for subscription in found:
        name = name_of(subscription.reaction)
        if not subscription.events:
            faults.append(f"{name} ({subscription.name}) names no event: say which it wants to hear of")
        if Caller in (dependencies := dependencies_of(subscription.reaction, faults)):
            faults.append(f"{name} asks for the Caller, but an event may have none: ask for the Context instead")
        faults.extend(unprovided(name, dependencies, resolver, given={*_given_to(subscription), Caller}))
        faults.extend(_uncommitted(subscription, dependencies))
        if subscription.forget is not None:
            wanted = dependencies_of(subscription.forget, faults)
            faults.extend(unprovided(name_of(subscription.forget), wanted, resolver, given={Context}))
    if faults:
        raise RegistrationError(faults)
    return found


def _uncommitted(subscription: Subscription, dependencies: Iterable[Any]) -> list[str]:  # types of any kind
    """Return a fault for each thing that a function without a unit of work of its own would do in vain."""
    if not subscription.outside and subscription.mode is not Mode.LIVE:
        return []
    return [
        f"{name_of(subscription.reaction)} ({subscription.name}) asks for {kind.__name__}, which nobody commits: what "
        "is live or has its effect outside persists nothing; let a durable subscription send a job instead"
        for kind in dependencies
        if _stands_for(kind, UnitOfWork) or _stands_for(kind, Scheduler)
    ]


def _stands_for(kind: Any, port: type[Any]) -> bool:  # types of any kind, and a protocol
    """Tell whether a class is a port or has its methods."""
    return isinstance(kind, type) and all(hasattr(kind, name) for name in vars(port) if not name.startswith("_"))


def compile_reaction(subscription: Subscription) -> React:
    """Return the function of a subscription with its dependencies filled in from what is given, then from the scope."""
    return _compile(subscription.reaction)


def compile_forget(subscription: Subscription) -> React | None:
    """Return the function that deletes a generation of a projection, with its dependencies filled in."""
    return None if subscription.forget is None else _compile(subscription.forget)


def _compile(function: Reaction) -> React:
    kinds = dependencies_of(function, [])

    async def react(event: Any, given: Given, scope: Scope) -> None:  # an event, a batch of them or a generation
        await function(event, *[given[kind] if kind in given else await scope.get(kind) for kind in kinds])

    return react


def _given_to(subscription: Subscription) -> frozenset[Any]:  # types of any kind
    if subscription.mode is Mode.IN_TRANSACTION:
        return frozenset({Context})
    return _GIVEN if subscription.batch else _GIVEN_PER_EVENT
