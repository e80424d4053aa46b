"""Checks at start-up: every message has one handler, and every handler can be called."""

import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, get_type_hints

from colonnade.application.messaging.access import INTERNAL, PUBLIC
from colonnade.application.messaging.context import Caller, Context
from colonnade.application.messaging.handlers import Handler, Handlers
from colonnade.application.messaging.messages import Message
from colonnade.application.messaging.resolver import Lifetime, Resolver

Function = Callable[..., Awaitable[Any]]  # what it is about first, then whatever the signature asks for


class RegistrationError(TypeError):
    """The messages and handlers do not fit together; the message lists every fault and how to mend it."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(("the bus cannot start:", *(f"- {fault}" for fault in self.faults))))


@dataclass(frozen=True, slots=True)
class Registration:
    """A message, its handler, and the types that the handler asks for beside the message."""

    kind: type[Message[Any]]
    handler: Handler
    dependencies: tuple[Any, ...]  # types, protocols and annotated aliases alike


def register(
    collections: Iterable[Handlers], resolver: Resolver, messages: Iterable[type[Message[Any]]] = ()
) -> list[Registration]:
    """Match messages with handlers.

    Args:
        collections: The handlers of every module.
        resolver: Where the dependencies come from.
        messages: Messages that must have a handler, such as all rows of the contract.

    Raises:
        RegistrationError: Something does not fit; all faults are listed.
    """
    faults: list[str] = []
    found: dict[type[Message[Any]], Registration] = {}
    for kind, handler in (pair for handlers in collections for pair in handlers):
        if kind in found:
            faults.append(
                f"{kind.__name__} has two handlers, {name_of(found[kind].handler)} and {name_of(handler)}: drop one"
            )
            continue
        registration = Registration(kind, handler, dependencies_of(handler, faults))
        faults.extend(_unresolvable(registration, resolver))
        found[kind] = registration
    faults.extend(
        f"{kind.__name__} ({kind.wire_name}) has no handler: decorate one with @handlers.handles({kind.__name__}) "
        "and give its module's handlers to the bus"
        for kind in messages
        if kind not in found
    )
    if faults:
        raise RegistrationError(faults)
    return list(found.values())


def dependencies_of(handler: Function, faults: list[str]) -> tuple[Any, ...]:
    """Return the types that a function asks for after its first parameter; what is wrong with it goes to `faults`."""
    if not inspect.iscoroutinefunction(handler):
        faults.append(f"{name_of(handler)} is not an async function: write 'async def'")
    hints = get_type_hints(handler)
    parameters = list(inspect.signature(handler).parameters.values())
    others = parameters[1:]
    if not parameters:
        faults.append(f"{name_of(handler)} takes no message: make it the first parameter")
    faults.extend(
        f"{name_of(handler)}: parameter '{parameter.name}' cannot be given by place: drop the star before it"
        for parameter in others
        if parameter.kind not in {parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD}
    )
    names = [parameter.name for parameter in others]
    faults.extend(
        f"{name_of(handler)}: parameter '{name}' has no type, so nothing can be injected: annotate it"
        for name in names
        if name not in hints
    )
    return tuple(hints[name] for name in names if name in hints)


def _unresolvable(registration: Registration, resolver: Resolver) -> list[str]:
    handler, kind = name_of(registration.handler), registration.kind
    faults = []
    if Caller in registration.dependencies and kind.access in {PUBLIC, INTERNAL}:
        faults.append(f"{handler} asks for the Caller, but {kind.__name__} may have none: ask for the Context instead")
    return [*faults, *unprovided(handler, registration.dependencies, resolver, given={Caller, Context})]


def unprovided(function: str, dependencies: Iterable[Any], resolver: Resolver, *, given: Collection[Any]) -> list[str]:
    """Return a fault for each type that a function asks for and nobody provides.

    Args:
        function: Its name, for the fault.
        dependencies: What it asks for, types of any kind.
        resolver: Who provides.
        given: What is known without a provider.
    """
    return [
        f"{function} asks for {getattr(dependency, '__name__', str(dependency))}, which nothing provides: "
        "add a provider of it to the container"
        for dependency in dependencies
        if dependency not in given and resolver.lifetime(dependency) is None
    ]


def needs_scope(registration: Registration, resolver: Resolver) -> bool:
    """Tell whether a handler asks for anything that is made per message."""
    return any(
        dependency not in {Caller, Context} and resolver.lifetime(dependency) is Lifetime.REQUEST
        for dependency in registration.dependencies
    )


def name_of(handler: Function) -> str:
    """Return how people find a function."""
    return f"{handler.__module__}.{getattr(handler, '__qualname__', repr(handler))}"
