"""The contract as an ASGI application: routes for Starlette, which FastAPI takes as well."""

from colonnade.core.extras import require_extra

require_extra("colonnade-api", "server", "starlette")

from colonnade.api.http.application import HttpSettings, create_application, create_routes
from colonnade.api.http.operation import Authenticator
from colonnade.api.http.requests import RequestObserver

__all__ = ["Authenticator", "HttpSettings", "RequestObserver", "create_application", "create_routes"]
