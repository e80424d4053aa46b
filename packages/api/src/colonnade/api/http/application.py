"""The whole application: routes by path, one endpoint a path, and what is around them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from colonnade.api.contract import Contract, Row
from colonnade.api.http.operation import Authenticator, Operation
from colonnade.api.http.paths import PathTree
from colonnade.api.http.requests import REQUEST_ID, ROUTE, RequestObserver, Requests
from colonnade.api.http.responses import send_empty, send_problem
from colonnade.api.problems import MethodNotAllowed, NoSuchPath
from colonnade.application.messaging import Bus
from colonnade.core import ColonnadeError, new_id
from colonnade.core.events import EventId

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]  # given the application itself


class HttpSettings(NamedTuple):
    """Bounds and addresses of the HTTP API."""

    prefix: str = "/api/v1"
    body_limit_bytes: int = 10_485_760


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
    """An endpoint in somebody else's application, which knows nothing of our errors."""

    def __init__(self, path: _Path) -> None:
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault(REQUEST_ID, str(new_id(EventId)))
        try:
            await self._path(scope, receive, send)
        except ColonnadeError as error:
            await send_problem(send, error, scope[REQUEST_ID])


def create_routes(
    contract: Contract, bus: Bus, authenticator: Authenticator, settings: HttpSettings | None = None
) -> list[Route]:
    """Return the contract as Starlette routes, to be mounted into any Starlette or FastAPI application.

    Example:
        >>> fastapi_app.router.routes.extend(create_routes(contract, bus, authenticator))
    """
    paths = _paths(contract, bus, authenticator, settings or HttpSettings())
    return [Route(path, _Standalone(endpoint)) for path, endpoint in paths.items()]


def create_application(
    contract: Contract,
    bus: Bus,
    authenticator: Authenticator,
    *,
    settings: HttpSettings | None = None,
    routes: Iterable[BaseRoute] = (),
    observers: Sequence[RequestObserver[Any]] = (),
    lifespan: Lifespan | None = None,
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
    """
    paths = _paths(contract, bus, authenticator, settings or HttpSettings())
    others = Router([*routes], redirect_slashes=False, default=_no_such_path, lifespan=lifespan)
    return Requests(_Application(paths, others), observers)


def _paths(contract: Contract, bus: Bus, authenticator: Authenticator, settings: HttpSettings) -> dict[str, _Path]:
    by_path: dict[str, dict[str, Operation]] = {}
    for row in _literal_first(contract):
        operation = Operation(
            row, bus, authenticator, body_limit_bytes=settings.body_limit_bytes, prefix=settings.prefix
        )
        by_path.setdefault(settings.prefix + row.path, {})[row.method] = operation
    return {path: _Path(path, operations) for path, operations in by_path.items()}


def _literal_first(contract: Contract) -> list[Row]:
    """Order the rows so that `/tasks/count` is tried before `/tasks/{task_id}`."""
    return sorted(contract, key=lambda row: [part.startswith("{") for part in row.path.split("/")])


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        raise NoSuchPath("there is nothing at this path")
