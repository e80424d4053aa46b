"""The published signing keys: public, complete, cached for a while, and enough to verify what the server issues."""

import json

import httpx2
import pytest
from starlette.applications import Starlette

from colonnade.core import SystemClock
from colonnade.security.keys import KeyRing, KeySet, SigningKey, SigningKeys, jwks_document
from colonnade.security.tokens import TokenVerifier
from colonnade.server.jwks import PATH, jwks_routes

from .house import House


async def published(ring: KeyRing, max_age_seconds: int = 900) -> httpx2.Response:
    """Ask an application that has nothing but the route."""
    application = Starlette(routes=jwks_routes(ring, max_age_seconds=max_age_seconds))
    transport = httpx2.ASGITransport(application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as http:
        return await http.get(PATH)


async def test_all_keys_are_published_as_a_key_set() -> None:
    ring = KeyRing(SigningKey.generate(), [SigningKey.generate("ES256")])
    answer = await published(ring)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jwk-set+json")
    assert answer.json() == jwks_document(ring.published())
    assert [jwk["kty"] for jwk in answer.json()["keys"]] == ["OKP", "EC"]


@pytest.mark.parametrize("seconds", [0, 900])
async def test_it_may_be_kept_as_long_as_a_key_is_announced(seconds: int) -> None:
    answer = await published(KeyRing(SigningKey.generate()), seconds)
    assert answer.headers["cache-control"] == f"public, max-age={seconds}"


async def test_nothing_private_is_in_it() -> None:
    answer = await published(KeyRing(SigningKey.generate(), [SigningKey.generate("ES256")]))
    for jwk in answer.json()["keys"]:
        assert set(jwk) <= {"kty", "crv", "x", "y", "use", "alg", "kid"}


async def test_another_service_verifies_our_tokens_with_it(house: House) -> None:
    """Nobody needs to be signed in to ask."""
    ada = await house.person("Ada Lovelace")
    answer = await house.http.get(PATH)
    verifier = TokenVerifier(
        KeySet.from_document(answer.json()), SystemClock(), issuer="colonnade", audience="colonnade-api"
    )
    assert str(verifier.verify(ada.tokens["access_token"]).subject) == ada.id


async def test_a_rotation_signs_nobody_out(house: House) -> None:
    """The key that signs next was published before."""
    ada = await house.person("Ada Lovelace")
    before = json.loads((await house.http.get(PATH)).content)["keys"]
    ring = await house.server.container.get(SigningKeys)
    ring.rotate(SystemClock().now(), at_once=True)
    ben = await house.person("Ben Babbage")
    assert await ada.get("/identity/me")
    assert await ben.get("/identity/me")
    assert ring.current.kid in {jwk["kid"] for jwk in before}
    assert len((await house.http.get(PATH)).json()["keys"]) == 3
