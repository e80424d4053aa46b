"""Issuing tokens, with the key that signs now."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import jwt

from colonnade.core import Clock, new_id
from colonnade.core.events import EventId
from colonnade.security.keys import KeySource
from colonnade.security.tokens.claims import Claims
from colonnade.security.tokens.verification import TOKEN_TYPE, TokenVerifier


class IssuedToken(NamedTuple):
    """A signed access token."""

    text: str
    expires_in_seconds: int


class AccessTokens:
    """Issues and verifies access tokens.

    Args:
        ring: Keys.
        clock: Time.
        issuer: Who issues them; only its tokens are good.
        audience: Whom they are for; only such tokens are good.
        lifetime_seconds: How long they are good.
        leeway_seconds: How far two machines' clocks may be apart.
    """

    def __init__(
        self,
        ring: KeySource,
        clock: Clock,
        *,
        issuer: str,
        audience: str,
        lifetime_seconds: int = 600,
        leeway_seconds: float = 5,
    ) -> None:
        self._ring = ring
        self._issuer = issuer
        self._audience = audience
        self._lifetime_seconds = lifetime_seconds
        self._verifier = TokenVerifier(ring, clock, issuer=issuer, audience=audience, leeway_seconds=leeway_seconds)

    def issue(
        self,
        subject: UUID,
        session: UUID,
        at: datetime,
        *,
        proved_at: datetime | None = None,
        methods: Collection[str] = (),
        client: str = "colonnade",
        scopes: Collection[str] = (),
    ) -> IssuedToken:
        """Return a token for somebody's session.

        Args:
            subject: Who.
            session: Which session.
            at: Now.
            proved_at: When they last proved who they are.
            methods: How, by the names of RFC 8176 such as `pwd` and `otp`.
            client: The program that they use.
            scopes: What the token is limited to, if it is.
        """
        issued_at = int(at.timestamp())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(subject),
            "sid": str(session),
            "client_id": client,
            "iat": issued_at,
            "exp": issued_at + self._lifetime_seconds,
            "jti": str(new_id(EventId)),
        }
        if proved_at is not None:
            claims["auth_time"] = int(proved_at.timestamp())
        if methods:
            claims["amr"] = sorted(methods)
        if scopes:
            claims["scope"] = " ".join(sorted(scopes))
        key = self._ring.current
        text = jwt.encode(claims, key.private, key.algorithm, headers={"kid": key.kid, "typ": TOKEN_TYPE})
        return IssuedToken(text, self._lifetime_seconds)

    def verify(self, text: str) -> Claims:
        """Return the claims of a token whose every part is good.

        Raises:
            TokenRefused: It is not.
        """
        return self._verifier.verify(text)

    def trusts(self, kid: str) -> bool:
        """Tell whether a key's signatures are still good: whoever remembers claims asks before each use of them."""
        return self._ring.public(kid) is not None
