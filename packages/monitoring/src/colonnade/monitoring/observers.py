"""What the API and the bus tell, as log lines, metrics and spans.

The two classes fit the protocols `RequestObserver` and `MessageObserver` by shape: neither side imports the other.
"""

import logging
from typing import TYPE_CHECKING

from colonnade.core import ColonnadeError
from colonnade.monitoring.correlation import correlate
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.tracing import Tracing

if TYPE_CHECKING:
    from colonnade.monitoring.spans import Running

_SERVER_ERROR = 500
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestTelemetry:
    """One log line, one measurement and one span for each request."""

    def __init__(self, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self._metrics = metrics
        self._spans = tracing.spans if tracing else None
        self._log = logging.getLogger("colonnade.access")

    def started(self, method: str, path: str, request_id: str, traceparent: str | None) -> "Running | None":
        """Note that a request came."""
        self._metrics.request_started()
        running = None
        if self._spans is not None:
            attributes = {"http.request.method": method, "url.path": path, "request.id": request_id}
            running = self._spans.begin_request(method, traceparent, {**attributes})
        trace = running.traceparent if running else traceparent
        correlate(request_id=request_id, trace_id=trace[3:35] if trace else request_id)
        return running

    def traceparent(self, token: "Running | None") -> str | None:
        """Return the trace context of the span that was begun, if one was."""
        return token.traceparent if token else None

    def finished(self, token: "Running | None", method: str, route: str, status: int, seconds: float) -> None:
        """Note that it was answered."""
        self._metrics.request_finished(method if method in _METHODS else "other", route, status, seconds)
        failed = status >= _SERVER_ERROR
        level = logging.ERROR if failed else logging.INFO
        if self._log.isEnabledFor(level):
            took = round(seconds * 1000, 3)
            facts = {"method": method, "route": route, "status": status, "milliseconds": took}
            self._log.log(level, "request", extra=facts)
        if token is not None and self._spans is not None:
            attributes: dict[str, str | int] = {"http.route": route, "http.response.status_code": status}
            self._spans.end(token, attributes, name=f"{method} {route}", failed=failed)


class MessageTelemetry:
    """One measurement, one span and, for whoever wants to see it, one log line for each message."""

    def __init__(self, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self._metrics = metrics
        self._spans = tracing.spans if tracing else None
        self._log = logging.getLogger("colonnade.messages")

    def started(self, wire_name: str, correlation_id: str) -> "Running | None":
        """Note that a message is about to be handled."""
        if self._spans is None:
            return None
        return self._spans.begin(wire_name, {"correlation.id": correlation_id})

    def finished(self, token: "Running | None", wire_name: str, seconds: float, error: BaseException | None) -> None:
        """Note that a message was handled, and how."""
        outcome = "ok" if error is None else error.code if isinstance(error, ColonnadeError) else "fault"
        self._metrics.message_finished(wire_name, outcome, seconds)
        if self._log.isEnabledFor(logging.DEBUG):
            facts = {"wire_name": wire_name, "outcome": outcome, "milliseconds": round(seconds * 1000, 3)}
            self._log.debug("message", extra=facts)
        if token is not None and self._spans is not None:
            failed = outcome == "fault"
            self._spans.end(token, {"outcome": outcome}, failed=failed, error=error if failed else None)
