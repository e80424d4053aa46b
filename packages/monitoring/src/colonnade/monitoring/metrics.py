"""Metrics in the Prometheus format: requests, messages, and whatever else is counted."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from colonnade.core.extras import require_extra

require_extra("colonnade-monitoring", "metrics", "prometheus_client")

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Exposition(NamedTuple):
    """All metrics at one moment, as a scraper reads them."""

    body: bytes
    content_type: str


class Metrics:
    """A registry of its own, so that two services in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "colonnade_http_request_seconds",
            "How long requests took.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._messages = Histogram(
            "colonnade_message_seconds",
            "How long messages took, all behaviours included.",
            ("message", "outcome"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._under_way = Gauge(
            "colonnade_http_requests_under_way", "Requests that are being answered.", registry=self.registry
        )
        self.events = Counter(
            "colonnade_events", "Events that were appended to the log.", ("type",), registry=self.registry
        )
        self._calls = Histogram(
            "colonnade_call_seconds",
            "How long calls to outside services took.",
            ("provider", "outcome"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._circuits = Gauge(
            "colonnade_circuit",
            "The circuit of an outside service: 0 closed, 1 half open, 2 open.",
            ("provider",),
            registry=self.registry,
        )
        self._labelled: dict[tuple[str, ...], Histogram] = {}

    def watch(self, name: str, description: str, read: Callable[[], float]) -> None:
        """Add a figure that is read when it is asked for, such as the size of a pool."""
        Gauge(name, description, registry=self.registry).set_function(read)

    def counter(self, name: str, description: str, labels: Sequence[str]) -> Counter:
        """Add a counter of the service's own.

        Args:
            name: Its name; `_total` is added when it is read.
            description: What is counted.
            labels: By what.
        """
        return Counter(name, description, labels, registry=self.registry)

    def expose(self) -> Exposition:
        """Return all metrics in the Prometheus text format."""
        return Exposition(generate_latest(self.registry), CONTENT_TYPE_LATEST)

    def request_started(self) -> None:
        """Count a request in."""
        self._under_way.inc()

    def request_finished(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request out."""
        self._under_way.dec()
        self._histogram(self._requests, method, route, str(status)).observe(seconds)

    def message_finished(self, wire_name: str, outcome: str, seconds: float) -> None:
        """Count a message."""
        self._histogram(self._messages, wire_name, outcome).observe(seconds)

    def call_finished(self, provider: str, outcome: str, seconds: float) -> None:
        """Count a call to an outside service."""
        self._histogram(self._calls, provider, outcome).observe(seconds)

    def circuit_changed(self, provider: str, state: int) -> None:
        """Note how the circuit of an outside service stands."""
        self._circuits.labels(provider).set(state)

    def _histogram(self, family: Histogram, *labels: str) -> Histogram:
        """Return a family's member; looking it up there costs more than all the rest."""
        key = (family._name, *labels)  # noqa: SLF001 - a family has no public name
        known = self._labelled.get(key)
        if known is None:
            known = self._labelled[key] = family.labels(*labels)
        return known
