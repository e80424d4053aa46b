"""Checks at start-up: every message has one handler, and every handler can be called."""

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_type_hints

from colonnade.application.messaging.access import PUBLIC
from colonnade.application.messaging.context import Caller, Context
from colonnade.application.messaging.handlers import Handler, Handlers
from colonnade.application.messaging.messages import Message
from colonnade.application.messaging.resolver import Lifetime, Resolver


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
                f"{kind.__name__} has two handlers, {_name(found[kind].handler)} and {_name(handler)}: drop one"
            )
            continue
        registration = Registration(kind, handler, _dependencies(handler, faults))
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


def _dependencies(handler: Handler, faults: list[str]) -> tuple[Any, ...]:
    if not inspect.iscoroutinefunction(handler):
        faults.append(f"{_name(handler)} is not an async function: write 'async def'")
    hints = get_type_hints(handler)
    parameters = list(inspect.signature(handler).parameters.values())
    others = parameters[1:]
    if not parameters:
        faults.append(f"{_name(handler)} takes no message: make it the first parameter")
    faults.extend(
        f"{_name(handler)}: parameter '{parameter.name}' cannot be given by place: drop the star before it"
        for parameter in others
        if parameter.kind not in {parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD}
    )
    names = [parameter.name for parameter in others]
    faults.extend(
        f"{_name(handler)}: parameter '{name}' has no type, so nothing can be injected: annotate it"
        for name in names
        if name not in hints
    )
    return tuple(hints[name] for name in names if name in hints)


def _unresolvable(registration: Registration, resolver: Resolver) -> list[str]:
    handler, kind = _name(registration.handler), registration.kind
    faults = []
    for dependency in registration.dependencies:
        if dependency is Caller and kind.access is PUBLIC:
            faults.append(f"{handler} asks for the Caller, but {kind.__name__} is public: ask for the Context instead")
        elif dependency not in {Caller, Context} and resolver.lifetime(dependency) is None:
            name = getattr(dependency, "__name__", str(dependency))
            faults.append(f"{handler} asks for {name}, which nothing provides: add a provider of it to the container")
    return faults


def needs_scope(registration: Registration, resolver: Resolver) -> bool:
    """Tell whether a handler asks for anything that is made per message."""
    return any(
        dependency not in {Caller, Context} and resolver.lifetime(dependency) is Lifetime.REQUEST
        for dependency in registration.dependencies
    )


def _name(handler: Handler) -> str:
    return f"{handler.__module__}.{getattr(handler, '__qualname__', repr(handler))}"
