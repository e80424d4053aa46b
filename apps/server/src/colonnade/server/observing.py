"""What is watched beside requests and messages: who sends them, events, the pool, SQL statements."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy.pool import QueuePool

from colonnade.api.http import Authenticator
from colonnade.application.messaging import Caller
from colonnade.core import DomainEvent
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.resilience import CircuitState
from colonnade.monitoring.correlation import also_correlate
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.tracing import Tracing


class NamingAuthenticator:
    """Has every log line of a request say who sends it, from when that is known."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    async def authenticate(self, token: str) -> Caller:
        """Return the caller, who is `user_id` in the log; `bearer_id` is the personal token's id, if it is one.

        Raises:
            Unauthenticated: The token is not good.
        """
        caller = await self._authenticator.authenticate(token)
        also_correlate(user_id=str(caller.user_id))
        if caller.limits is not None:
            also_correlate(bearer_id=str(caller.limits.token_id))
        return caller


class EventCounter:
    """Counts events as they are committed."""

    def __init__(self, metrics: Metrics) -> None:
        self._count = cache(metrics.events.labels)

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Count them by type."""
        for event in events:
            self._count(event.event_type).inc()


def watch_pool(database: Database, metrics: Metrics) -> None:
    """Measure how much of the connection pool is in use."""
    pool = database.writer.pool
    if isinstance(pool, QueuePool):
        metrics.watch("colonnade_database_connections_used", "Connections in use.", pool.checkedout)
        metrics.watch("colonnade_database_connections_idle", "Connections waiting in the pool.", pool.checkedin)
        metrics.watch("colonnade_database_connections_allowed", "Largest size of the pool.", pool.size)


def trace_statements(database: Database, tracing: Tracing) -> None:
    """Make a span of every SQL statement, if spans are exported at all.

    Of this engine alone: the instrumentor would do the same to every engine that the process makes from then on.
    """
    if tracing.spans is None:
        return
    from opentelemetry.instrumentation.sqlalchemy.engine import EngineTracer  # noqa: PLC0415 - slow, and rarely used
    from opentelemetry.metrics import NoOpMeter  # noqa: PLC0415 - likewise

    unused = NoOpMeter("colonnade").create_up_down_counter("connections")
    tracer = tracing.spans.provider.get_tracer("colonnade.sql")
    EngineTracer(tracer, database.writer, unused)  # type: ignore[no-untyped-call]  # the library's module has no types


class CallMetrics:
    """Measures calls to outside services, and says how their circuits stand."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def attempted(self, provider: str, seconds: float, error: Exception | None) -> None:
        """Measure a call."""
        self._metrics.call_finished(provider, "ok" if error is None else "failed", seconds)

    def circuit_changed(self, provider: str, state: CircuitState) -> None:
        """Note how a circuit stands: 0 closed, 1 half open, 2 open."""
        self._metrics.circuit_changed(provider, _CIRCUITS[state])


_CIRCUITS = {CircuitState.CLOSED: 0, CircuitState.HALF_OPEN: 1, CircuitState.OPEN: 2}
