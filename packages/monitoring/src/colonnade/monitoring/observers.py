"""What the API and the bus tell, as log lines, metrics and spans.

The two classes fit the protocols `RequestObserver` and `MessageObserver` by shape: neither side imports the other.
"""

import logging
from contextvars import Token
from typing import NamedTuple

from colonnade.core.extras import require_extra

require_extra("colonnade-monitoring", "logs,metrics,tracing", "structlog", "opentelemetry", "prometheus_client")

import structlog
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from colonnade.core import ColonnadeError
from colonnade.monitoring.metrics import Metrics

_SERVER_ERROR = 500


class _Running(NamedTuple):
    """A span that has begun, and how to make the one around it the present one again."""

    span: Span
    previous: "Token[otel_context.Context]"


class RequestTelemetry:
    """One log line, one measurement and one span for each request."""

    def __init__(self, metrics: Metrics, tracer: Tracer | None = None) -> None:
        self._metrics = metrics
        self._tracer = tracer
        self._log = structlog.stdlib.get_logger("colonnade.access")
        self._enabled = logging.getLogger("colonnade.access").isEnabledFor

    def started(self, method: str, path: str, request_id: str, traceparent: str) -> _Running | None:
        """Note that a request came."""
        self._metrics.request_started()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, trace_id=traceparent[3:35])
        if self._tracer is None:
            return None
        parent = extract({"traceparent": traceparent})
        span = self._tracer.start_span(
            method, parent, SpanKind.SERVER, {"http.request.method": method, "url.path": path, "request.id": request_id}
        )
        return _Running(span, otel_context.attach(trace.set_span_in_context(span)))

    def finished(self, token: _Running | None, method: str, route: str, status: int, seconds: float) -> None:
        """Note that it was answered."""
        self._metrics.request_finished(method, route, status, seconds)
        level = logging.ERROR if status >= _SERVER_ERROR else logging.INFO
        if self._enabled(level):
            took = round(seconds * 1000, 3)
            self._log.log(level, "request", method=method, route=route, status=status, milliseconds=took)
        if token is not None:
            token.span.update_name(f"{method} {route}")
            token.span.set_attributes({"http.route": route, "http.response.status_code": status})
            if status >= _SERVER_ERROR:
                token.span.set_status(Status(StatusCode.ERROR))
            token.span.end()
            otel_context.detach(token.previous)


class MessageTelemetry:
    """One measurement and one span for each message, and a log line for each that broke."""

    def __init__(self, metrics: Metrics, tracer: Tracer | None = None) -> None:
        self._metrics = metrics
        self._tracer = tracer
        self._log = structlog.stdlib.get_logger("colonnade.messages")
        self._enabled = logging.getLogger("colonnade.messages").isEnabledFor

    def started(self, wire_name: str, correlation_id: str) -> _Running | None:
        """Note that a message is about to be handled."""
        if self._tracer is None:
            return None
        span = self._tracer.start_span(wire_name, attributes={"correlation.id": correlation_id})
        return _Running(span, otel_context.attach(trace.set_span_in_context(span)))

    def finished(self, token: _Running | None, wire_name: str, seconds: float, error: BaseException | None) -> None:
        """Note that a message was handled, and how."""
        outcome = "ok" if error is None else error.code if isinstance(error, ColonnadeError) else "fault"
        self._metrics.message_finished(wire_name, outcome, seconds)
        if self._enabled(logging.DEBUG):
            self._log.debug("message", message=wire_name, outcome=outcome, milliseconds=round(seconds * 1000, 3))
        if token is not None:
            token.span.set_attribute("outcome", outcome)
            if error is not None and outcome == "fault":
                token.span.record_exception(error)
                token.span.set_status(Status(StatusCode.ERROR))
            token.span.end()
            otel_context.detach(token.previous)
