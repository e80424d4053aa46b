"""The ID token: who somebody is, signed for us and for this one request (OpenID Connect Core, section 3.1.3.7)."""

import json
from typing import Any, NamedTuple

from authlib.oidc.core.claims import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from colonnade.core import Clock
from colonnade.security.oidc.errors import OidcReason, OidcRefused
from colonnade.security.oidc.keys import ProviderKeys
from colonnade.security.oidc.records import ProviderSettings

_MAX_CHARACTERS = 16_384
_HASHED_AS = {"Ed25519": "EdDSA"}  # the claims are checked by a library that knows the hash of `at_hash` by this name
_FOREIGN = (JoseError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


class Tokens(NamedTuple):
    """What a provider gave for a code."""

    access_token: str
    id_token: str


class IdTokens:
    """Checks the ID tokens of one provider."""

    def __init__(self, settings: ProviderSettings, keys: ProviderKeys, clock: Clock) -> None:
        self._settings = settings
        self._keys = keys
        self._clock = clock

    async def verify(self, tokens: Tokens, nonce: str) -> dict[str, Any]:  # JSON values
        """Return the claims of a token whose every part is good.

        Raises:
            OidcRefused: It is signed by somebody else or by nobody, or is for others, too old, or of another request.
        """
        settings = self._settings
        try:
            algorithm, kid = _head(tokens.id_token)
            if algorithm not in settings.algorithms:
                raise ValueError("a signature that is not to be trusted")
            key = await self._keys.find(kid, algorithm)
            read = jwt.decode(tokens.id_token, key, algorithms=[algorithm])
            claims = CodeIDToken(
                read.claims,
                {"alg": _HASHED_AS.get(algorithm, algorithm)},
                options={
                    "iss": {"essential": True, "value": settings.issuer},
                    "aud": {"essential": True, "value": settings.client_id},
                    "sub": {"essential": True},
                },
                params={"nonce": nonce, "client_id": settings.client_id, "access_token": tokens.access_token},
            )
            claims.validate(int(self._clock.now().timestamp()), settings.leeway_seconds)
        except _FOREIGN as error:
            raise OidcRefused("the ID token is not good", reason=OidcReason.ID_TOKEN) from error
        return read.claims


def _head(token: str) -> tuple[str, str | None]:
    """Return what a token says that it is signed with, which is only believed if it is allowed."""
    if len(token) > _MAX_CHARACTERS:
        raise ValueError("too long")
    header = json.loads(urlsafe_b64decode(token.partition(".")[0].encode("ascii")))
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or not isinstance(kid, str | None):
        raise TypeError("no algorithm, or a key that has no name")
    return algorithm, kid
