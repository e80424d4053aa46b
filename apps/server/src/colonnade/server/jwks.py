"""The public halves of the signing keys, for services that verify our tokens without asking us (RFC 7517)."""

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from colonnade.security.keys import KeySource, jwks_document

PATH = "/.well-known/jwks.json"


def jwks_routes(keys: KeySource, *, max_age_seconds: int) -> tuple[Route, ...]:
    """Return the route of the key set.

    Args:
        keys: What is published: a key is among it before it signs.
        max_age_seconds: How long whoever reads it may keep it; not longer than a key is published before it signs.
    """
    headers = {"cache-control": f"public, max-age={max_age_seconds}", "x-content-type-options": "nosniff"}

    async def publish(request: Request) -> Response:
        return Response(to_json(jwks_document(keys.published())), 200, headers, "application/jwk-set+json")

    return (Route(PATH, publish),)
