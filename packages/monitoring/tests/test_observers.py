"""What the API and the bus tell: a line, a measurement and a span for each request and each message."""

import logging
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from colonnade.core import NotFound
from colonnade.monitoring.correlation import correlation
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.observers import MessageTelemetry, RequestTelemetry
from colonnade.monitoring.spans import Spans
from colonnade.monitoring.tracing import Tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SAMPLED, UNSAMPLED = f"00-{TRACE}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b7-00"


class Telemetry:
    """Everything that is told, in memory."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._spans = Spans(service="tests", version="1", exporter=self._exporter)
        self.metrics = Metrics()
        self.tracing = Tracing(self._spans)
        self.requests = RequestTelemetry(self.metrics, self.tracing)
        self.messages = MessageTelemetry(self.metrics, self.tracing)

    def request(self, traceparent: str = SAMPLED, status: int = 200) -> None:
        """Let a request come and go, with a message in it."""
        token = self.requests.started("GET", "/books/1", "r-1", traceparent)
        inner = self.messages.started("books.get", "r-1")
        self.messages.finished(inner, "books.get", 0.001, None)
        self.requests.finished(token, "GET", "/books/{id}", status, 0.002)

    def spans(self) -> Sequence[ReadableSpan]:
        """Return the spans that have ended."""
        self._spans.provider.force_flush()
        return self._exporter.get_finished_spans()


@pytest.fixture
def telemetry(caplog: pytest.LogCaptureFixture) -> Iterator[Telemetry]:
    """Telemetry of the test's own."""
    caplog.set_level(logging.DEBUG, "colonnade")
    telemetry = Telemetry()
    yield telemetry
    telemetry.tracing.close()


def test_a_request_is_one_line_with_its_ids(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """Method, route, status and time; the route is a template, and the ids are those of every line of the request."""
    telemetry.request()
    (line,) = [record for record in caplog.records if record.message == "request"]
    facts = {name: vars(line)[name] for name in ("method", "route", "status", "milliseconds")}
    assert facts == {"method": "GET", "route": "/books/{id}", "status": 200, "milliseconds": 2.0}
    assert correlation() == {"request_id": "r-1", "trace_id": TRACE}


def test_a_server_error_is_an_error_in_the_log_and_in_the_trace(
    telemetry: Telemetry, caplog: pytest.LogCaptureFixture
) -> None:
    """What the caller did wrong is neither."""
    telemetry.request(status=503)
    telemetry.request(status=404)
    levels = [record.levelname for record in caplog.records if record.message == "request"]
    statuses = [span.status.status_code for span in telemetry.spans() if span.name.startswith("GET")]
    assert levels == ["ERROR", "INFO"]
    assert statuses == [StatusCode.ERROR, StatusCode.UNSET]


def test_the_span_of_a_message_is_inside_that_of_its_request(telemetry: Telemetry) -> None:
    """And the request's in the caller's trace."""
    telemetry.request()
    message, request = telemetry.spans()
    assert (message.name, request.name) == ("books.get", "GET /books/{id}")
    assert message.parent is not None
    assert message.parent.span_id == request.context.span_id
    assert f"{request.context.trace_id:032x}" == TRACE
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["request.id"] == "r-1"


def test_a_caller_who_does_not_sample_is_heeded(telemetry: Telemetry) -> None:
    """Its trace is not recorded here either."""
    telemetry.request(UNSAMPLED)
    assert not telemetry.spans()


def test_nothing_of_a_request_is_left_for_the_next(telemetry: Telemetry) -> None:
    """Neither a span nor a bound value."""
    telemetry.request()
    assert not trace.get_current_span().get_span_context().is_valid
    second = telemetry.requests.started("GET", "/", "r-2", SAMPLED)
    assert correlation()["request_id"] == "r-2"
    telemetry.requests.finished(second, "GET", "/", 200, 0.1)


@pytest.mark.parametrize(
    ("error", "outcome", "recorded"),
    [(None, "ok", 0), (NotFound("there is no such book"), "not_found", 0), (RuntimeError("it broke"), "fault", 1)],
)
def test_a_message_has_an_outcome(telemetry: Telemetry, error: Exception | None, outcome: str, recorded: int) -> None:
    """A refusal has its code; only a fault is an error with a cause."""
    token = telemetry.messages.started("books.get", "c-1")
    telemetry.messages.finished(token, "books.get", 0.001, error)
    (span,) = telemetry.spans()
    assert span.attributes == {"correlation.id": "c-1", "outcome": outcome}
    assert len(span.events) == recorded
    assert f'outcome="{outcome}"' in telemetry.metrics.expose().body.decode()


def test_without_an_exporter_there_are_lines_and_measurements_only() -> None:
    """Tracing that is off costs nothing."""
    tracing, metrics = Tracing.to("none", service="tests", version="1"), Metrics()
    assert tracing.spans is None
    requests, messages = RequestTelemetry(metrics, tracing), MessageTelemetry(metrics, tracing)
    token, inner = requests.started("GET", "/", "r-1", SAMPLED), messages.started("books.get", "r-1")
    assert token is inner is None
    messages.finished(inner, "books.get", 0.001, None)
    requests.finished(token, "GET", "/", 200, 0.002)
    assert "colonnade_message_seconds_count" in metrics.expose().body.decode()
    tracing.close()


def test_spans_say_whose_they_are(telemetry: Telemetry) -> None:
    """Service and version are on every span."""
    telemetry.request()
    resource = telemetry.spans()[0].resource.attributes
    assert (resource["service.name"], resource["service.version"]) == ("tests", "1")
