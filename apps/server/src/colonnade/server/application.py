"""The server as an ASGI application: container, bus, contract, health, metrics, documentation."""

from collections.abc import AsyncIterator, Mapping
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

from colonnade.api.http import Authenticator, CookieSessions, create_application
from colonnade.api.http.documentation import documentation_routes
from colonnade.api.openapi import openapi_document
from colonnade.api.work import CONTRACT
from colonnade.application.audit import Auditing, AuditLog, AuditObserver, ExportAudit, ExportServiceAudit
from colonnade.application.messaging import LocalBus, Resolver
from colonnade.application.messaging.behaviours import (
    Authorising,
    Deadlines,
    Idempotency,
    IdempotencyStore,
    Observing,
    Retrying,
)
from colonnade.application.subscriptions import SubscriptionCatalogue, TransactionReactions
from colonnade.application.subscriptions.compiled import check
from colonnade.application.workspaces import MembershipPolicy
from colonnade.core import Clock
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.identity.federation import Federation
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.observers import MessageTelemetry, RequestTelemetry
from colonnade.monitoring.tracing import Tracing
from colonnade.security.keys import SigningKeys
from colonnade.server.container import PROVIDERS
from colonnade.server.downloads import download_routes
from colonnade.server.federation_routes import FederationPages
from colonnade.server.health import health_of
from colonnade.server.jwks import jwks_routes
from colonnade.server.observing import NamingAuthenticator
from colonnade.server.operational import operational_routes
from colonnade.server.pages import page_routes
from colonnade.server.pages.visitors import Visitors
from colonnade.server.pipeline import RequestLimits, http_settings
from colonnade.server.product import HANDLERS
from colonnade.server.resolver import ContainerResolver
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings

TITLE = "Colonnade"
DESCRIPTION = "People in a workspace plan projects and tasks together."
VERSION = version("colonnade-server")
DOCS_PATH = "/api/docs"


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
    resolver = ContainerResolver(PROVIDERS)
    context = {Settings: settings, Resolver: resolver, **(overrides or {})}
    container = make_async_container(*PROVIDERS, context=context)
    resolver.use(container)
    try:
        bus = await _start_bus(container, step_up_seconds=settings.identity.step_up_seconds)
        notifications = await container.get(StreamNotifications)
        await notifications.start()
        yield Server(container, bus, await _application(container, bus, settings))
    finally:
        await container.close()


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the server."""
    return openapi_document(CONTRACT, title=TITLE, version=VERSION, description=DESCRIPTION)


async def _start_bus(container: AsyncContainer, *, step_up_seconds: float) -> LocalBus:
    metrics, tracing = await container.get(Metrics), await container.get(Tracing)
    clock = await container.get(Clock)
    subscriptions = check(await container.get(SubscriptionCatalogue), await container.get(Resolver))
    reactions = TransactionReactions(subscriptions)
    return await LocalBus.start(
        handlers=HANDLERS,
        resolver=await container.get(Resolver),
        behaviours=(
            Observing(MessageTelemetry(metrics, tracing)),
            Auditing(
                await container.get(AuditLog),
                await container.get(AuditObserver),
                (
                    Deadlines(clock),
                    Authorising(await container.get(MembershipPolicy), clock, step_up_seconds=step_up_seconds),
                ),
                also=(ExportAudit, ExportServiceAudit),
            ),
            Idempotency(await container.get(IdempotencyStore)),
            Retrying(),
        ),
        messages=CONTRACT.messages(),
        reactions=reactions or None,
    )


async def _application(container: AsyncContainer, bus: LocalBus, settings: Settings) -> ASGIApp:
    metrics, tracing = await container.get(Metrics), await container.get(Tracing)
    authenticator = NamingAuthenticator(await container.get(Authenticator))
    cookies, visitors = await container.get(CookieSessions), await container.get(Visitors)
    routes = (
        *download_routes(container),
        *FederationPages(bus, await container.get(Federation), cookies, visitors).routes(),
        *page_routes(bus, authenticator, await container.get(Secret), cookies, visitors),
        *jwks_routes(await container.get(SigningKeys), max_age_seconds=settings.identity.key_announced_seconds),
        *(_documentation() if settings.http.documentation else ()),
        *operational_routes(await health_of(container, settings), metrics if settings.http.metrics else None),
    )
    return create_application(
        CONTRACT,
        bus,
        authenticator,
        settings=http_settings(settings),
        routes=routes,
        observers=(RequestTelemetry(metrics, tracing),),
        limiter=(await container.get(RequestLimits)).limiter,
        cookies=cookies,
    )


def _documentation() -> list[BaseRoute]:
    shown = documentation_routes(
        lambda: to_json(document()), title=TITLE, document_path="/api/openapi.json", docs_path=DOCS_PATH
    )
    return [*shown, Route("/", _home)]


async def _home(request: Request) -> Response:
    return RedirectResponse(DOCS_PATH)
