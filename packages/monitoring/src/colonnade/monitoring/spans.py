"""Spans by OpenTelemetry, for requests and messages; imported only where spans are exported, since it is slow."""

import sys
from contextvars import Token
from typing import NamedTuple

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

Attributes = dict[str, str | int]


class Running(NamedTuple):
    """A span that has begun, and how to make the one around it the present one again."""

    span: Span
    previous: "Token[otel_context.Context]"

    @property
    def traceparent(self) -> str:
        """The span as a trace context header (W3C Trace Context)."""
        context = self.span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


class Spans:
    """Begins and ends spans."""

    def __init__(self, *, service: str, version: str, exporter: SpanExporter | None = None) -> None:
        """Set the export up.

        Args:
            service: Name of the service.
            version: Its version.
            exporter: Where spans go; to standard output if not said.
        """
        resource = Resource.create({"service.name": service, "service.version": version})
        self.provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self.provider.add_span_processor(
            BatchSpanProcessor(exporter) if exporter else SimpleSpanProcessor(ConsoleSpanExporter(out=sys.stdout))
        )
        self._tracer = self.provider.get_tracer("colonnade", version)

    def begin_request(self, method: str, traceparent: str | None, attributes: Attributes) -> Running:
        """Begin the span of a request, below that of its caller if it has one."""
        parent = extract({"traceparent": traceparent} if traceparent else {})
        return self._begin(self._tracer.start_span(method, parent, SpanKind.SERVER, attributes))

    def begin(self, name: str, attributes: Attributes) -> Running:
        """Begin a span below the present one."""
        return self._begin(self._tracer.start_span(name, attributes=attributes))

    @staticmethod
    def end(
        running: Running,
        attributes: Attributes,
        *,
        name: str | None = None,
        failed: bool = False,
        error: BaseException | None = None,
    ) -> None:
        """End a span, and make the one around it the present one again."""
        if name is not None:
            running.span.update_name(name)
        running.span.set_attributes(attributes)
        if error is not None:
            running.span.record_exception(error)
        if failed:
            running.span.set_status(Status(StatusCode.ERROR))
        running.span.end()
        otel_context.detach(running.previous)

    def close(self) -> None:
        """Send what is left, and stop."""
        self.provider.shutdown()

    @staticmethod
    def _begin(span: Span) -> Running:
        return Running(span, otel_context.attach(trace.set_span_in_context(span)))
