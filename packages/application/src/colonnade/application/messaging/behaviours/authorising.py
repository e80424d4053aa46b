"""Enforce the access rule that each message declares."""

from enum import StrEnum
from typing import Any

from colonnade.application.messaging.access import INTERNAL, PUBLIC, AccessPolicy, OpenTo
from colonnade.application.messaging.context import Context
from colonnade.application.messaging.messages import Message
from colonnade.application.messaging.pipeline import Call
from colonnade.core import Forbidden, Unauthenticated


class Authorising:
    """Lets a message through only to those whom its rule allows."""

    def __init__(self, policy: AccessPolicy) -> None:
        self._policy = policy

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Check the rule before the call."""
        rule = kind.access
        if rule is PUBLIC:
            return call
        if rule is INTERNAL:
            return _internal(call)
        return _signed_in(call) if isinstance(rule, OpenTo) else self._permitted(rule, call)

    def _permitted(self, permission: StrEnum, call: Call) -> Call:
        authorise = self._policy.authorise

        async def permitted(message: Any, context: Context) -> Any:  # types are stated by the bus
            caller = context.caller
            if caller is not None:
                await authorise(permission, message, caller)
            elif context.console is None:
                raise Unauthenticated("sign in first")
            return await call(message, context)

        return permitted


def _internal(call: Call) -> Call:
    async def internal(message: Any, context: Context) -> Any:  # types are stated by the bus
        if not context.by_service:
            raise Forbidden("only the service itself sends this")
        return await call(message, context)

    return internal


def _signed_in(call: Call) -> Call:
    async def signed_in(message: Any, context: Context) -> Any:  # types are stated by the bus
        if context.caller is None:
            raise Unauthenticated("sign in first")
        return await call(message, context)

    return signed_in
