"""The whole application: routes by path, one endpoint a path, and what is around them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from colonnade.api.contract import Contract, Row
from colonnade.api.http.addresses import ClientAddresses
from colonnade.api.http.cookies import CookieSessions
from colonnade.api.http.heads import check_head
from colonnade.api.http.operation import Operation
from colonnade.api.http.paths import PathTree
from colonnade.api.http.proofs import Authenticator
from colonnade.api.http.rates import RateLimiter
from colonnade.api.http.requests import REQUEST_ID, ROUTE, RequestObserver, Requests
from colonnade.api.http.responses import answer_headers, send_empty, send_problem
from colonnade.api.http.settings import HeadLimits, HttpSettings
from colonnade.api.problems import MethodNotAllowed, NoSuchPath
from colonnade.application.messaging import Bus
from colonnade.core import ColonnadeError, new_id
from colonnade.core.events import EventId

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]  # given the application itself


class _Path:
    """All operations of one path, by method."""

    def __init__(self, template: str, operations: dict[str, Operation]) -> None:
        self._template = template
        self._operations = operations
        self._allowed = sorted({*operations, "OPTIONS", *(("HEAD",) if "GET" in operations else ())})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ROUTE] = self._template
        method = scope["method"]
        operation = self._operations.get("GET" if method == "HEAD" else method)
        if operation is not None:
            await operation(scope, receive, send)
        elif method == "OPTIONS":
            await send_empty(send, 204, [(b"allow", ", ".join(self._allowed).encode())])
        else:
            raise MethodNotAllowed(f"use {', '.join(self._allowed)}", allowed=self._allowed)


class _Application:
    """The contract's paths, and behind them everything else."""

    def __init__(self, paths: dict[str, _Path], others: Router) -> None:
        self._tree = PathTree()
        self._others = others
        for template, endpoint in paths.items():
            self._tree.add(template, endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._tree.find(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            self._require_method(scope)
            await self._others(scope, receive, send)
            return
        endpoint, scope["path_params"] = found
        await endpoint(scope, receive, send)

    def _require_method(self, scope: Scope) -> None:
        """Refuse a method that the other routes of a path do not have, in our own words."""
        matches = [(route, route.matches(scope)[0]) for route in self._others.routes]
        allowed = {name for route, match in matches if match is Match.PARTIAL for name in getattr(route, "methods", ())}
        if allowed and not any(match is Match.FULL for _, match in matches):
            raise MethodNotAllowed(f"use {', '.join(sorted(allowed))}", allowed=sorted(allowed))


class _Standalone:
    """An endpoint in somebody else's application, which knows nothing of our errors and headers."""

    def __init__(self, path: _Path, head: HeadLimits) -> None:
        self._path = path
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault(REQUEST_ID, str(new_id(EventId)))

        async def respond(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *answer_headers(scope)]
            await send(message)

        try:
            check_head(scope, self._head)
            await self._path(scope, receive, respond)
        except ColonnadeError as error:
            await send_problem(respond, error, scope[REQUEST_ID])


def create_routes(
    contract: Contract,
    bus: Bus,
    authenticator: Authenticator,
    settings: HttpSettings | None = None,
    *,
    limiter: RateLimiter | None = None,
    cookies: CookieSessions | None = None,
) -> list[Route]:
    """Return the contract as Starlette routes, to be mounted into any Starlette or FastAPI application.

    What is around the routes (security headers, CORS) is that application's.

    Example:
        >>> fastapi_app.router.routes.extend(create_routes(contract, bus, authenticator))
    """
    settings = settings or HttpSettings()
    paths = _paths(contract, bus, authenticator, settings, limiter, cookies)
    return [Route(path, _Standalone(endpoint, settings.head)) for path, endpoint in paths.items()]


def create_application(
    contract: Contract,
    bus: Bus,
    authenticator: Authenticator,
    *,
    settings: HttpSettings | None = None,
    routes: Iterable[BaseRoute] = (),
    observers: Sequence[RequestObserver[Any]] = (),
    lifespan: Lifespan | None = None,
    limiter: RateLimiter | None = None,
    cookies: CookieSessions | None = None,
) -> ASGIApp:
    """Return an ASGI application that answers for the contract.

    Args:
        contract: The table.
        bus: Who answers the messages.
        authenticator: Who knows the callers.
        settings: Bounds and addresses.
        routes: Further routes, such as documentation and health.
        observers: Who hears of each request.
        lifespan: What happens at start and stop.
        limiter: Counts requests; nothing is counted without.
        cookies: Keeps the sign-ins of browsers; only tokens in headers count without.
    """
    settings = settings or HttpSettings()
    paths = _paths(contract, bus, authenticator, settings, limiter, cookies)
    others = Router([*routes], redirect_slashes=False, default=_no_such_path, lifespan=lifespan)
    return Requests(_Application(paths, others), observers, settings)


def _paths(
    contract: Contract,
    bus: Bus,
    authenticator: Authenticator,
    settings: HttpSettings,
    limiter: RateLimiter | None,
    cookies: CookieSessions | None,
) -> dict[str, _Path]:
    by_path: dict[str, dict[str, Operation]] = {}
    addresses = ClientAddresses(settings.trusted_proxies)
    for row in _literal_first(contract):
        operation = Operation(row, bus, authenticator, settings, addresses=addresses, limiter=limiter, cookies=cookies)
        by_path.setdefault(settings.prefix + row.path, {})[row.method] = operation
    return {path: _Path(path, operations) for path, operations in by_path.items()}


def _literal_first(contract: Contract) -> list[Row]:
    """Order the rows so that `/tasks/count` is tried before `/tasks/{task_id}`."""
    return sorted(contract, key=lambda row: [part.startswith("{") for part in row.path.split("/")])


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        raise NoSuchPath("there is nothing at this path")
