"""What whoever runs the server asks of it: whether it lives, whether it is ready, its metrics."""

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from colonnade.monitoring.health import HealthChecks
from colonnade.monitoring.metrics import Metrics


def operational_routes(health: HealthChecks, metrics: Metrics | None) -> tuple[Route, ...]:
    """Return the routes for orchestrators and scrapers: live, ready, and metrics if they are to be shown."""

    async def live(request: Request) -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    async def ready(request: Request) -> Response:
        state = await health.check()
        body = to_json({"status": state.status, "components": [part._asdict() for part in state.components]})
        failed = state.status == "failed"
        headers = {"retry-after": "1"} if failed else None
        return Response(body, 503 if failed else 200, headers, media_type="application/json")

    routes = (Route("/health/live", live), Route("/health/ready", ready))
    return routes if metrics is None else (*routes, _metrics_route(metrics))


def _metrics_route(metrics: Metrics) -> Route:
    async def expose(request: Request) -> Response:
        exposition = metrics.expose()
        return Response(exposition.body, media_type=exposition.content_type)

    return Route("/metrics", expose)
