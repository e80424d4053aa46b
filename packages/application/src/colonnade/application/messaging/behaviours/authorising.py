"""Enforce the access rule that each message declares."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from colonnade.application.messaging.access import INTERNAL, PUBLIC, AccessPolicy, OpenTo
from colonnade.application.messaging.context import Caller, Context
from colonnade.application.messaging.messages import Message
from colonnade.application.messaging.pipeline import Call
from colonnade.core import Clock, Forbidden, SystemClock, Unauthenticated


class StepUpRequired(Unauthenticated):
    """The message is sensitive, and the caller last proved who they are too long ago (RFC 9470).

    `max_age_seconds` in the facts says how fresh the proof must be.
    """

    code = "step_up_required"


class Authorising:
    """Lets a message through only to those whom its rule allows.

    Args:
        policy: Decides about permissions.
        clock: Tells how long ago a proof was; the system's if not said.
        step_up_seconds: How fresh the proof must be for messages that are declared with `step_up=True`.
    """

    def __init__(self, policy: AccessPolicy, clock: Clock | None = None, *, step_up_seconds: float = 600.0) -> None:
        self._policy = policy
        self._clock = clock or SystemClock()
        self._step_up_seconds = step_up_seconds

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Check the rule before the call."""
        rule = kind.access
        if rule is PUBLIC:
            return call
        if rule is INTERNAL:
            return _internal(call)
        inner = self._stepped_up(call) if kind.step_up else call
        return _signed_in(kind, inner) if isinstance(rule, OpenTo) else self._permitted(kind, rule, inner)

    def _permitted(self, kind: type[Message[Any]], permission: StrEnum, call: Call) -> Call:
        authorise = self._policy.authorise

        async def permitted(message: Any, context: Context) -> Any:  # types are stated by the bus
            caller = context.caller
            if caller is not None:
                if caller.limits is not None:
                    _require_open(kind, caller)
                    _require_carried(caller, permission)
                await authorise(permission, message, caller)
            elif context.console is None:
                raise Unauthenticated("sign in first")
            return await call(message, context)

        return permitted

    def _stepped_up(self, call: Call) -> Call:
        clock, longest = self._clock, timedelta(seconds=self._step_up_seconds)

        async def stepped_up(message: Any, context: Context) -> Any:  # types are stated by the bus
            caller = context.caller
            if caller is not None and not context.by_service:
                if caller.limits is not None:
                    raise Forbidden("a person does this, signed in, not a token")
                if caller.proved_at is None or clock.now() - caller.proved_at > longest:
                    raise StepUpRequired(
                        "prove once more who you are, then try again", max_age_seconds=longest.total_seconds()
                    )
            return await call(message, context)

        return stepped_up


def _internal(call: Call) -> Call:
    async def internal(message: Any, context: Context) -> Any:  # types are stated by the bus
        if not context.by_service:
            raise Forbidden("only the service itself sends this")
        return await call(message, context)

    return internal


def _signed_in(kind: type[Message[Any]], call: Call) -> Call:
    async def signed_in(message: Any, context: Context) -> Any:  # types are stated by the bus
        if context.caller is None:
            raise Unauthenticated("sign in first")
        _require_open(kind, context.caller)
        return await call(message, context)

    return signed_in


def _require_open(kind: type[Message[Any]], caller: Caller) -> None:
    if caller.limits is not None and not kind.open_to_tokens:
        raise Forbidden("a person does this, signed in, not a token")


def _require_carried(caller: Caller, permission: StrEnum) -> None:
    if caller.limits is not None and permission.value not in caller.limits.permissions:
        raise Forbidden(f"this token does not carry {permission}", permission=permission)
