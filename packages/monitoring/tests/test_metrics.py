"""Metrics, as a scraper reads them."""

from prometheus_client.parser import text_string_to_metric_families

from colonnade.monitoring.metrics import Metrics


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Return every sample by name and label values, in the order of the labels' names."""
    families = text_string_to_metric_families(metrics.expose().body.decode())
    found = (sample for family in families for sample in family.samples)
    return {(sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value for sample in found}


def test_requests_and_messages_are_counted_and_timed() -> None:
    """By route and status, by message and outcome."""
    metrics = Metrics()
    for seconds in (0.004, 0.2):
        metrics.request_started()
        metrics.request_finished("GET", "/books/{id}", 200, seconds)
    metrics.message_finished("books.get", "ok", 0.003)
    seen = samples(metrics)
    assert seen["colonnade_http_request_seconds_count", "GET", "/books/{id}", "200"] == 2
    assert seen["colonnade_http_request_seconds_bucket", "0.005", "GET", "/books/{id}", "200"] == 1
    assert seen["colonnade_message_seconds_count", "books.get", "ok"] == 1
    assert seen["colonnade_http_requests_under_way",] == 0


def test_what_is_under_way_is_seen() -> None:
    """A request that has not ended is counted in."""
    metrics = Metrics()
    metrics.request_started()
    assert samples(metrics)["colonnade_http_requests_under_way",] == 1


def test_a_watched_figure_is_read_when_it_is_asked_for() -> None:
    """Not when it was registered."""
    metrics, used = Metrics(), [1]
    metrics.watch("pool_used", "Connections in use.", lambda: used[0])
    used[0] = 7
    assert samples(metrics)["pool_used",] == 7


def test_two_services_in_one_process_do_not_mix() -> None:
    """Each has a registry of its own."""
    one, two = Metrics(), Metrics()
    one.message_finished("books.get", "ok", 0.1)
    assert ("colonnade_message_seconds_count", "books.get", "ok") not in samples(two)


def test_the_format_says_what_it_is() -> None:
    """Scrapers choose by it."""
    assert Metrics().expose().content_type.startswith("text/plain")
