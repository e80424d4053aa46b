"""The server as an ASGI application: container, bus, contract, health, metrics, documentation."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from dishka import AsyncContainer, make_async_container
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from colonnade.api.http import Authenticator, HttpSettings, create_application
from colonnade.api.http.documentation import documentation_routes
from colonnade.api.openapi import openapi_document
from colonnade.api.work import CONTRACT
from colonnade.application.identity import accounts, sign_in
from colonnade.application.messaging import LocalBus
from colonnade.application.messaging.behaviours import (
    Authorising,
    Deadlines,
    Idempotency,
    IdempotencyStore,
    Observing,
    Retrying,
)
from colonnade.application.projects import lifecycle as project_lifecycle
from colonnade.application.tasks import changes, importing
from colonnade.application.tasks import lifecycle as task_lifecycle
from colonnade.application.workspaces import MembershipPolicy, members
from colonnade.application.workspaces import lifecycle as workspace_lifecycle
from colonnade.core import Clock
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.identity import queries as identity_queries
from colonnade.infrastructure.projects import queries as project_queries
from colonnade.infrastructure.tasks import queries as task_queries
from colonnade.infrastructure.workspaces import queries as workspace_queries
from colonnade.monitoring.health import HealthChecks
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.observers import MessageTelemetry, RequestTelemetry
from colonnade.monitoring.tracing import Tracing
from colonnade.server.container import PROVIDERS
from colonnade.server.resolver import ContainerResolver
from colonnade.server.settings import Settings

TITLE = "Colonnade"
DESCRIPTION = "People in a workspace plan projects and tasks together."
VERSION = version("colonnade-server")

HANDLERS = tuple(
    module.handlers
    for module in (
        accounts,
        sign_in,
        identity_queries,
        workspace_lifecycle,
        members,
        workspace_queries,
        project_lifecycle,
        project_queries,
        task_lifecycle,
        changes,
        importing,
        task_queries,
    )
)
"""Every handler of the product."""


@dataclass(frozen=True, slots=True)
class Server:
    """The running parts of a server.

    Attributes:
        container: What everything comes from.
        bus: Answers messages in this process.
        application: Answers requests.
    """

    container: AsyncContainer
    bus: LocalBus
    application: ASGIApp


@asynccontextmanager
async def running_server(settings: Settings, overrides: Mapping[Any, object] | None = None) -> AsyncIterator[Server]:
    """Put a server together, and take it apart in reverse order.

    Args:
        settings: What the operator has set.
        overrides: Objects to use instead of what the providers would make, such as a clock that a test moves.
    """
    container = make_async_container(*PROVIDERS, context={Settings: settings, **(overrides or {})})
    try:
        bus = await _start_bus(container)
        notifications = await container.get(StreamNotifications)
        await notifications.start()
        yield Server(container, bus, await _application(container, bus, settings))
    finally:
        await container.close()


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the server."""
    return openapi_document(CONTRACT, title=TITLE, version=VERSION, description=DESCRIPTION)


async def _start_bus(container: AsyncContainer) -> LocalBus:
    metrics, tracing = await container.get(Metrics), await container.get(Tracing)
    clock = await container.get(Clock)
    return await LocalBus.start(
        handlers=HANDLERS,
        resolver=ContainerResolver(container, PROVIDERS),
        behaviours=(
            Observing(MessageTelemetry(metrics, tracing)),
            Deadlines(clock),
            Authorising(await container.get(MembershipPolicy)),
            Idempotency(await container.get(IdempotencyStore)),
            Retrying(),
        ),
        messages=CONTRACT.messages(),
    )


async def _application(container: AsyncContainer, bus: LocalBus, settings: Settings) -> ASGIApp:
    metrics, tracing = await container.get(Metrics), await container.get(Tracing)
    routes = (
        *documentation_routes(
            to_json(document()), title=TITLE, document_path="/api/openapi.json", docs_path="/api/docs"
        ),
        *_operational_routes(await container.get(HealthChecks), metrics),
    )
    return create_application(
        CONTRACT,
        bus,
        await container.get(Authenticator),
        settings=HttpSettings(body_limit_bytes=settings.http.body_limit_bytes),
        routes=routes,
        observers=(RequestTelemetry(metrics, tracing),),
    )


def _operational_routes(health: HealthChecks, metrics: Metrics) -> Iterable[BaseRoute]:
    async def live(request: Request) -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    async def ready(request: Request) -> Response:
        state = await health.check()
        body = to_json({"status": state.status, "components": [part._asdict() for part in state.components]})
        failed = state.status == "failed"
        headers = {"retry-after": "1"} if failed else None
        return Response(body, 503 if failed else 200, headers, media_type="application/json")

    async def expose(request: Request) -> Response:
        exposition = metrics.expose()
        return Response(exposition.body, media_type=exposition.content_type)

    async def home(request: Request) -> Response:
        return RedirectResponse("/api/docs")

    return (
        Route("/", home),
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/metrics", expose),
    )
