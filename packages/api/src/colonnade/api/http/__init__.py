"""The contract as an ASGI application: routes for Starlette, which FastAPI takes as well."""

from colonnade.core.extras import require_extra

require_extra("colonnade-api", "server", "starlette")

from colonnade.api.http.addresses import ClientAddresses
from colonnade.api.http.application import create_application, create_routes
from colonnade.api.http.cookies import CookieSessions
from colonnade.api.http.pages import page
from colonnade.api.http.proofs import Authenticator
from colonnade.api.http.rates import Admission, RateLimiter
from colonnade.api.http.requests import RequestObserver
from colonnade.api.http.settings import BodyLimits, HeadLimits, HttpSettings

__all__ = [
    "Admission",
    "Authenticator",
    "BodyLimits",
    "ClientAddresses",
    "CookieSessions",
    "HeadLimits",
    "HttpSettings",
    "RateLimiter",
    "RequestObserver",
    "create_application",
    "create_routes",
    "page",
]
