"""Verifying tokens: the key decides the algorithm, and nothing that a token says is believed before its signature."""

from datetime import timedelta

import jwt

from colonnade.core import Clock
from colonnade.security.keys import VerifyingKeys
from colonnade.security.keys.algorithms import ALGORITHMS
from colonnade.security.tokens.claims import Claims, Statement, TokenRefused
from colonnade.security.tokens.compact import object_of, parts_of

TOKEN_TYPE = "at+jwt"  # noqa: S105 - the kind of token, not a token # nosec B105 # a kind


class TokenVerifier:
    """Verifies access tokens of one issuer for one audience, with keys that it need not be able to sign with.

    Args:
        keys: Whose signatures are good.
        clock: Time.
        issuer: Only its tokens are good.
        audience: Only tokens for it are good.
        leeway_seconds: How far two machines' clocks may be apart.
    """

    def __init__(
        self, keys: VerifyingKeys, clock: Clock, *, issuer: str, audience: str, leeway_seconds: float = 5
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._issuer = issuer
        self._audience = audience
        self._leeway = timedelta(seconds=leeway_seconds)
        self._signatures = jwt.PyJWS(algorithms=ALGORITHMS)

    def verify(self, text: str) -> Claims:
        """Return the claims of a token whose every part is good.

        Raises:
            TokenRefused: It is not; only that it has expired is said, and only of a token that is good otherwise.
        """
        try:
            payload, kid = self._signed(text)
            statement = Statement.read(object_of(payload))
        except (jwt.PyJWTError, ValueError) as error:
            raise _refusal() from error
        return self._in_time(statement)._replace(kid=kid)

    def _signed(self, text: str) -> tuple[bytes, str]:
        """Return the payload of a token, and the name of its key, if its header is one of ours and its signature good.

        The header names a type, an algorithm and a key, and nothing else: there is no `crit` that would be understood,
        and no `jwk`, `jku`, `x5c` or `x5u` that would be believed (RFC 8725, sections 3.10 and 3.11).
        """
        header = object_of(parts_of(text)[0])
        kid = header.get("kid")
        key = self._keys.public(kid) if isinstance(kid, str) else None
        if key is None or header != {"typ": TOKEN_TYPE, "alg": key.algorithm, "kid": key.kid}:
            raise _refusal()
        payload: bytes = self._signatures.decode(text, key.key, algorithms=[key.algorithm])
        return payload, key.kid

    def _in_time(self, statement: Statement) -> Claims:
        claims, now = statement.claims, self._clock.now()
        begins = (statement.issued_at, statement.not_before, claims.proved_at)
        if (
            (statement.issuer, statement.audience) != (self._issuer, self._audience)
            or claims.expires_at <= statement.issued_at
            or any(moment is not None and moment > now + self._leeway for moment in begins)
        ):
            raise _refusal()
        if claims.expires_at + self._leeway <= now:
            raise TokenRefused("the access token has expired: refresh it")
        return claims


def _refusal() -> TokenRefused:
    return TokenRefused("the access token is not valid")
