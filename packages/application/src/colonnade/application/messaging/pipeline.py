"""From a registration to one async function: dependencies are looked up at start-up, not per message."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from pydantic import TypeAdapter

from colonnade.application.messaging.context import Caller, Context
from colonnade.application.messaging.messages import Command, Message
from colonnade.application.messaging.registration import Registration, needs_scope
from colonnade.application.messaging.resolver import Resolver, Scope, Subject
from colonnade.core import ColonnadeError, Unauthenticated, UnitOfWork

Call = Callable[[Any, Context], Awaitable[Any]]  # a message of one kind and its answer, whose types the bus states


class Behaviour(Protocol):
    """Something that happens around the handling of every message.

    It is applied once per kind of message, at start-up: to one that it does not concern it returns `call` itself.
    """

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Return a function that does what the behaviour is for and calls `call`."""
        ...


class Receipts(Protocol):
    """Keeps the answer of a command that must happen once, in the same unit of work as what it changed."""

    async def keep(self, context: Context, answer: bytes) -> None:
        """Remember the serialised answer to the command with the context's idempotency key, or that is its job."""
        ...


class Reactions(Protocol):
    """What else happens in the unit of work of a command, because of the events that it records."""

    async def react(self, unit_of_work: UnitOfWork, scope: Scope, context: Context) -> None:
        """Let every subscription in the transaction hear of the events that are not committed yet."""
        ...


async def compile_call(registration: Registration, resolver: Resolver, reactions: Reactions | None = None) -> Call:
    """Return the innermost call: scope, unit of work, handler, reactions."""
    if issubclass(registration.kind, Command):
        return await _in_unit_of_work(registration, resolver, reactions)
    if needs_scope(registration, resolver):
        return await _in_scope(registration, resolver)
    return await _directly(registration, resolver)


async def _directly(registration: Registration, resolver: Resolver) -> Call:
    """Return a call whose dependencies are all known at start-up."""
    handler = registration.handler
    known = [None if kind in {Caller, Context} else await resolver.get(kind) for kind in registration.dependencies]
    if Caller not in registration.dependencies and Context not in registration.dependencies:
        fixed = tuple(known)

        async def call(message: Any, context: Context) -> Any:  # types are stated by the bus
            return await handler(message, *fixed)

        return call

    kinds = registration.dependencies

    async def call_with_context(message: Any, context: Context) -> Any:  # types are stated by the bus
        return await handler(message, *(_given(kind, context, value) for kind, value in zip(kinds, known, strict=True)))

    return call_with_context


async def _in_scope(registration: Registration, resolver: Resolver) -> Call:
    handler, kinds = registration.handler, registration.dependencies

    async def call(message: Any, context: Context) -> Any:  # types are stated by the bus
        async with resolver.scope({Subject: message, Context: context}) as scope:
            return await handler(message, *[await _resolve(kind, context, scope) for kind in kinds])

    return call


async def _in_unit_of_work(registration: Registration, resolver: Resolver, reactions: Reactions | None) -> Call:
    handler, kinds = registration.handler, registration.dependencies
    if resolver.lifetime(UnitOfWork) is None:
        return await _in_scope(registration, resolver)
    dump_answer = TypeAdapter(registration.kind.result).dump_json
    keeps_receipts = resolver.lifetime(Receipts) is not None

    async def call(message: Any, context: Context) -> Any:  # types are stated by the bus
        async with resolver.scope({Subject: message, Context: context}) as scope:
            unit_of_work: UnitOfWork = await scope.get(UnitOfWork)
            try:
                answer = await handler(message, *[await _resolve(kind, context, scope) for kind in kinds])
                if reactions is not None:
                    await reactions.react(unit_of_work, scope, context)
                if keeps_receipts and (context.idempotency_key is not None or context.delivery is not None):
                    receipts: Receipts = await scope.get(Receipts)
                    await receipts.keep(context, dump_answer(answer))
                await unit_of_work.commit()
            except BaseException as error:
                if isinstance(error, ColonnadeError) and error.keeps_changes:
                    await unit_of_work.commit()
                else:
                    await unit_of_work.rollback()
                raise
            return answer

    return call


async def _resolve(kind: Any, context: Context, scope: Scope) -> Any:  # a type, and an object of it
    return _given(kind, context, None) if kind in {Caller, Context} else await scope.get(kind)


def _given(kind: Any, context: Context, value: Any) -> Any:  # a type, and an object of it
    if kind is Context:
        return context
    if kind is Caller:
        if context.caller is None:
            raise Unauthenticated("sign in first")
        return context.caller
    return value
