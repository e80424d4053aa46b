"""Buses: send a message, get its answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from colonnade.application.messaging.context import Context
from colonnade.application.messaging.handlers import Handlers
from colonnade.application.messaging.messages import Message
from colonnade.application.messaging.pipeline import Behaviour, Call, Reactions, compile_call
from colonnade.application.messaging.registration import RegistrationError, register
from colonnade.application.messaging.resolver import Resolver

Result = TypeVar("Result")

NOBODY = Context(correlation_id="")
"""The context of a message that nobody in particular sends."""


class Bus(Protocol):
    """Takes a message to whatever answers it, in this process or elsewhere."""

    async def send(self, message: Message[Result], context: Context = NOBODY) -> Result:
        """Send a message and return its answer.

        Raises:
            ColonnadeError: The message was refused or failed; the same classes whatever the transport.
        """
        ...


class LocalBus:
    """Answers messages in this process; made by `start`."""

    def __init__(self, calls: dict[type[Message[Any]], Call]) -> None:
        self._calls = calls

    @classmethod
    async def start(
        cls,
        *,
        handlers: Iterable[Handlers],
        resolver: Resolver,
        behaviours: Sequence[Behaviour] = (),
        messages: Iterable[type[Message[Any]]] = (),
        reactions: Reactions | None = None,
    ) -> "LocalBus":
        """Check all registrations and compile each into one function.

        Args:
            handlers: The handlers of every module.
            resolver: Where their dependencies come from.
            behaviours: What happens around each message, outermost first.
            messages: Messages that must have a handler.
            reactions: What else happens in the unit of work of each command.

        Raises:
            RegistrationError: A handler is missing, doubled, or asks for what nothing provides.
        """
        calls: dict[type[Message[Any]], Call] = {}
        for registration in register(handlers, resolver, messages):
            call = await compile_call(registration, resolver, reactions)
            for behaviour in reversed(behaviours):
                call = behaviour.around(registration.kind, call)
            calls[registration.kind] = call
        return cls(calls)

    def kinds(self) -> Mapping[str, type[Message[Any]]]:
        """Return every message that has a handler, by its wire name: what a job table can be read with."""
        return {kind.wire_name: kind for kind in self._calls}

    async def send(self, message: Message[Result], context: Context = NOBODY) -> Result:
        """Send a message and return its answer.

        Raises:
            ColonnadeError: The message was refused or failed.
            RegistrationError: No handler was registered for this kind of message.
        """
        try:
            call = self._calls[type(message)]
        except KeyError:
            raise RegistrationError([f"{type(message).__name__} has no handler"]) from None
        answer: Result = await call(message, context)
        return answer
