"""Spans through HTTP, bus and SQL, if anybody wants them."""

from collections.abc import Sequence
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from colonnade.monitoring.spans import Spans
from colonnade.monitoring.tracing import Tracing
from colonnade.testing.databases import SqliteTemplate

from .house import open_house, settings_for

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Traced:
    """A tracing whose spans stay in memory."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._spans = Spans(service="tests", version="1", exporter=self._exporter)
        self.tracing = Tracing(self._spans)

    def forget(self) -> None:
        """Begin anew."""
        self._spans.provider.force_flush()
        self._exporter.clear()

    def spans(self) -> Sequence[ReadableSpan]:
        """Return the spans that have ended."""
        self._spans.provider.force_flush()
        return self._exporter.get_finished_spans()


async def test_one_request_is_one_tree_of_spans(sqlite_url: str, tmp_path: Path) -> None:
    """Request, message, statements, each inside the one before, all in the caller's trace and below its span."""
    traced = Traced()
    async with open_house(settings_for(tmp_path, sqlite_url), {Tracing: traced.tracing}) as house:
        ada = await house.person()
        traced.forget()
        await ada.get("/identity/me", traceparent=PARENT)
        spans = {span.name.split()[0]: span for span in traced.spans()}
    request, message, statement = spans["GET"], spans["identity.who_am_i"], spans["SELECT"]
    assert {f"{span.context.trace_id:032x}" for span in spans.values()} == {PARENT[3:35]}
    assert message.parent is not None
    assert message.parent.span_id == request.context.span_id
    assert statement.parent is not None
    assert statement.parent.span_id in {message.context.span_id, request.context.span_id}
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == PARENT[36:52]


async def test_each_server_traces_its_own_statements(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    """Servers of one process have nothing to do with each other, and one that was not asked makes no spans."""
    asked = (Traced(), Traced())
    for traced in asked:
        async with sqlite_template.copy() as url:
            settings = settings_for(tmp_path, url)
            async with open_house(settings, {Tracing: traced.tracing}) as house:
                await house.person()
                assert any(span.name.startswith("INSERT") for span in traced.spans())
    made = [len(traced.spans()) for traced in asked]
    async with sqlite_template.copy() as url, open_house(settings_for(tmp_path, url)) as house:
        await house.person()
    assert [len(traced.spans()) for traced in asked] == made


async def test_a_request_without_a_trace_begins_one(sqlite_url: str, tmp_path: Path) -> None:
    """Most callers send none, and an operator who asks for spans gets them."""
    traced = Traced()
    async with open_house(settings_for(tmp_path, sqlite_url), {Tracing: traced.tracing}) as house:
        await house.http.get("/api/v1/identity/me")
        assert [span.name for span in traced.spans()] == ["GET /api/v1/identity/me"]


async def test_the_trace_that_is_answered_is_the_one_that_is_recorded(sqlite_url: str, tmp_path: Path) -> None:
    """The caller finds its request's span by the header."""
    traced = Traced()
    async with open_house(settings_for(tmp_path, sqlite_url), {Tracing: traced.tracing}) as house:
        answer = await house.http.get("/api/v1/identity/me", headers={"traceparent": PARENT})
        (span,) = traced.spans()
        assert answer.headers["traceparent"] == f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01"
