"""Traces by OpenTelemetry: off unless an exporter is chosen."""

from typing import Literal

from colonnade.core.extras import require_extra

require_extra("colonnade-monitoring", "tracing", "opentelemetry.sdk")

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace import Tracer

TraceExporter = Literal["none", "console", "otlp"]


class Tracing:
    """A tracer and the way its spans take."""

    def __init__(self, exporter: TraceExporter, *, service: str, version: str, endpoint: str | None = None) -> None:
        """Set the export up.

        Args:
            exporter: Where spans go: nowhere, to standard output, or to an OTLP collector.
            service: Name of the service.
            version: Its version.
            endpoint: Address of the collector (OTLP over HTTP); its own default if not said.
        """
        self.provider = TracerProvider(
            resource=Resource.create({"service.name": service, "service.version": version}), shutdown_on_exit=False
        )
        if exporter == "console":
            self.provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))
        elif exporter == "otlp":
            self.provider.add_span_processor(BatchSpanProcessor(_otlp_exporter(endpoint)))
        self.tracer: Tracer | None = None if exporter == "none" else self.provider.get_tracer("colonnade", version)

    def close(self) -> None:
        """Send what is left, and stop."""
        self.provider.shutdown()


def _otlp_exporter(endpoint: str | None):  # type: ignore[no-untyped-def]  # imported only where it is used: it is slow
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - likewise

    return OTLPSpanExporter(endpoint=endpoint) if endpoint else OTLPSpanExporter()
