"""Trace, log and measure each message through an observer that the composition root provides."""

from time import perf_counter
from typing import Any, Protocol, TypeVar

from colonnade.application.messaging.context import Context
from colonnade.application.messaging.messages import Message
from colonnade.application.messaging.pipeline import Call

Token = TypeVar("Token")


class MessageObserver(Protocol[Token]):
    """Hears of each message before and after; `colonnade.monitoring` has one for spans, logs and metrics."""

    def started(self, wire_name: str, correlation_id: str) -> Token:
        """Note that a message is about to be handled; what is returned comes back in `finished`."""
        ...

    def finished(self, token: Token, wire_name: str, seconds: float, error: BaseException | None) -> None:
        """Note that a message was handled, and how."""
        ...


class Observing:
    """Tells an observer of each message."""

    def __init__(self, observer: MessageObserver[Any]) -> None:
        self._observer = observer

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Time the call and report it."""
        name = kind.wire_name
        started, finished = self._observer.started, self._observer.finished

        async def observed(message: Any, context: Context) -> Any:  # types are stated by the bus
            token = started(name, context.correlation_id)
            begin = perf_counter()
            try:
                answer = await call(message, context)
            except BaseException as error:
                finished(token, name, perf_counter() - begin, error)
                raise
            finished(token, name, perf_counter() - begin, None)
            return answer

        return observed
