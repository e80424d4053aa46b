"""Enforce the access rule that each message declares."""

from typing import Any

from colonnade.application.messaging.access import PUBLIC, AccessPolicy, OpenTo
from colonnade.application.messaging.context import Context
from colonnade.application.messaging.messages import Message
from colonnade.application.messaging.pipeline import Call
from colonnade.core import Unauthenticated


class Authorising:
    """Lets a message through only to those whom its rule allows."""

    def __init__(self, policy: AccessPolicy) -> None:
        self._policy = policy

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Check the rule before the call."""
        rule, authorise = kind.access, self._policy.authorise
        if rule is PUBLIC:
            return call

        async def signed_in(message: Any, context: Context) -> Any:  # types are stated by the bus
            if context.caller is None:
                raise Unauthenticated("sign in first")
            return await call(message, context)

        if isinstance(rule, OpenTo):
            return signed_in

        async def permitted(message: Any, context: Context) -> Any:  # types are stated by the bus
            caller = context.caller
            if caller is None:
                raise Unauthenticated("sign in first")
            await authorise(rule, message, caller)
            return await call(message, context)

        return permitted
