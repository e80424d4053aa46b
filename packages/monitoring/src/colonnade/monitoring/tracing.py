"""Traces: off unless an exporter is chosen, and then costing nothing, not even an import."""

from typing import TYPE_CHECKING, Literal

from colonnade.core.extras import require_extra

require_extra("colonnade-monitoring", "tracing", "opentelemetry.sdk")

if TYPE_CHECKING:
    from colonnade.monitoring.spans import Spans

TraceExporter = Literal["none", "console", "otlp"]


class Tracing:
    """The way of the spans, if there is one.

    Attributes:
        spans: Begins and ends them; none while tracing is off.
    """

    def __init__(self, spans: "Spans | None" = None) -> None:
        self.spans = spans

    @classmethod
    def to(cls, exporter: TraceExporter, *, service: str, version: str, endpoint: str | None = None) -> "Tracing":
        """Choose where spans go.

        Args:
            exporter: Nowhere, to standard output, or to an OTLP collector.
            service: Name of the service.
            version: Its version.
            endpoint: Address of the collector (OTLP over HTTP); its own default if not said.
        """
        if exporter == "none":
            return cls()
        from colonnade.monitoring.spans import Spans  # noqa: PLC0415 - slow, and rarely used

        if exporter == "console":
            return cls(Spans(service=service, version=version))
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - likewise

        return cls(Spans(service=service, version=version, exporter=OTLPSpanExporter(endpoint=endpoint)))

    def close(self) -> None:
        """Send what is left, and stop."""
        if self.spans is not None:
            self.spans.close()
