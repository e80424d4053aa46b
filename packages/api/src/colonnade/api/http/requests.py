"""What is around every request: bounds, an id, trace context, a problem for whatever goes wrong, observers."""

import logging
import os
import re
from collections.abc import Sequence
from time import perf_counter
from typing import Any, Protocol, TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from colonnade.api.http.hardening import Hardening, SplitHeader
from colonnade.api.http.heads import check_head
from colonnade.api.http.origins import CrossOrigin
from colonnade.api.http.responses import ANSWER_HEADERS, send_empty, send_problem
from colonnade.api.http.settings import HttpSettings
from colonnade.api.problems import UnexpectedFault, status_of
from colonnade.core import ColonnadeError

REQUEST_ID = "colonnade.request_id"
"""Where a request's scope keeps its id."""

ROUTE = "colonnade.route"
"""Where a request's scope keeps the path template that it matched."""

Token = TypeVar("Token")

_log = logging.getLogger("colonnade.api")
_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")


class RequestObserver(Protocol[Token]):
    """Hears of each request; `colonnade.monitoring` has one for logs, metrics and spans."""

    def started(self, method: str, path: str, request_id: str, traceparent: str | None) -> Token:
        """Note that a request came, in its caller's trace if it has one; what is returned comes back in `finished`."""
        ...

    def traceparent(self, token: Token) -> str | None:
        """Return the trace context of the span that was begun, if one was."""
        ...

    def finished(self, token: Token, method: str, route: str, status: int, seconds: float) -> None:
        """Note that it was answered."""
        ...


class Requests:
    """Wraps an ASGI application; sends a problem document for every error that the application raises."""

    def __init__(
        self,
        application: ASGIApp,
        observers: Sequence[RequestObserver[Any]] = (),
        settings: HttpSettings | None = None,
    ) -> None:
        settings = settings or HttpSettings()
        self._application = application
        self._observers = tuple(observers)
        self._head = settings.head
        self._harden = Hardening(is_secure=settings.is_secure).harden
        self._cross_origin = CrossOrigin(settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        request_id, caller, fresh = _identify(scope)
        scope[REQUEST_ID] = request_id
        tokens = [observer.started(scope["method"], scope["path"], request_id, caller) for observer in self._observers]
        begun = (observer.traceparent(token) for observer, token in zip(self._observers, tokens, strict=True))
        traceparent = next((context for context in begun if context), fresh)
        ours = ((b"x-request-id", request_id.encode()), (b"traceparent", traceparent.encode()))
        status, shared, is_preflight = 0, self._shared(scope), _is_preflight(scope)

        async def respond(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                told = scope.get(ANSWER_HEADERS, ())
                message["headers"] = self._harden((*message.get("headers", ()), *told, *shared, *ours))
                status = message["status"]
            await send(message)

        begin = perf_counter()
        try:
            check_head(scope, self._head)
            if is_preflight and self._cross_origin:
                await send_empty(respond, 204)
            else:
                await self._application(scope, receive, respond)
        except Exception as error:  # noqa: BLE001 - the last place where it can be answered and logged
            fault = _as_fault(error, request_id)
            if isinstance(error, SplitHeader):
                scope.pop(ANSWER_HEADERS, None)
            if status == 0:
                await send_problem(respond, fault, request_id)
        finally:
            seconds = perf_counter() - begin
            for observer, token in zip(self._observers, tokens, strict=True):
                observer.finished(token, scope["method"], scope.get(ROUTE, "other"), status or 499, seconds)

    def _shared(self, scope: Scope) -> Sequence[tuple[bytes, bytes]]:
        if not self._cross_origin:
            return ()
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        return self._cross_origin.headers_for(origin, preflight=_is_preflight(scope))


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )


def _as_fault(error: Exception, request_id: str) -> ColonnadeError:
    if isinstance(error, ColonnadeError) and status_of(type(error)) < 500:  # noqa: PLR2004 - server errors begin there
        return error
    _log.error("request %s failed", request_id, exc_info=error)
    if isinstance(error, ColonnadeError):
        return error
    return UnexpectedFault("something broke on the server; its operator finds it under the id of this request")


def _identify(scope: Scope) -> tuple[str, str | None, str]:
    """Return the request's id, its caller's trace context, and one to answer with (W3C Trace Context)."""
    request_id = traceparent = None
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            request_id = value.decode()
        elif name == b"traceparent" and _TRACEPARENT.fullmatch(value):
            traceparent = value.decode()
    fresh = os.urandom(24).hex()
    trace_id, flags = (traceparent[3:35], traceparent[53:]) if traceparent else (fresh[:32], "00")
    return request_id or trace_id, traceparent, f"00-{trace_id}-{fresh[32:]}-{flags}"
