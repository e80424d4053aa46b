"""Sign-in through identity providers (OpenID Connect Core 1.0): authorization code, PKCE, state, nonce, issuer."""

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "oidc", "authlib", "joserfc", "httpx2")

from colonnade.security.oidc.client import OidcClient
from colonnade.security.oidc.errors import OidcReason, OidcRefused, ProviderUnavailable
from colonnade.security.oidc.http import HttpTransport
from colonnade.security.oidc.records import ExternalPerson, ProviderSettings, Transaction
from colonnade.security.oidc.transport import Answer, Transport

__all__ = [
    "Answer",
    "ExternalPerson",
    "HttpTransport",
    "OidcClient",
    "OidcReason",
    "OidcRefused",
    "ProviderSettings",
    "ProviderUnavailable",
    "Transaction",
    "Transport",
]
