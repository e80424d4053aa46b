"""Access tokens: short-lived, signed, of one type (RFC 9068), checked by the rules of RFC 8725."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from colonnade.core import Clock, Unauthenticated, new_id
from colonnade.core.extras import require_extra

require_extra("colonnade-security", "tokens", "jwt", "cryptography")

import jwt

from colonnade.core.events import EventId
from colonnade.security.keys import KeyRing

ALGORITHM = "EdDSA"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - the kind of token, not a token
MAX_LENGTH = 4096
_REQUIRED = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"]


class IssuedToken(NamedTuple):
    """A signed access token."""

    text: str
    expires_in_seconds: int


class Claims(NamedTuple):
    """What a good token says."""

    subject: UUID
    session: UUID
    expires_at: datetime


class TokenRefused(Unauthenticated):
    """The token is not one of ours, or not good any more."""

    code = "token_refused"


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
        ring: KeyRing,
        clock: Clock,
        *,
        issuer: str,
        audience: str,
        lifetime_seconds: int = 600,
        leeway_seconds: int = 5,
    ) -> None:
        self._ring = ring
        self._clock = clock
        self._issuer = issuer
        self._audience = audience
        self._lifetime_seconds = lifetime_seconds
        self._leeway = timedelta(seconds=leeway_seconds)

    def issue(self, subject: UUID, session: UUID, at: datetime) -> IssuedToken:
        """Return a token for somebody's session."""
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(subject),
            "sid": str(session),
            "iat": int(at.timestamp()),
            "exp": int(at.timestamp()) + self._lifetime_seconds,
            "jti": str(new_id(EventId)),
        }
        key = self._ring.current
        text = jwt.encode(claims, key.private, ALGORITHM, headers={"kid": key.kid, "typ": TOKEN_TYPE})
        return IssuedToken(text, self._lifetime_seconds)

    def verify(self, text: str) -> Claims:
        """Return the claims of a token whose every part is good.

        Raises:
            TokenRefused: It is not.
        """
        if len(text) > MAX_LENGTH:
            raise TokenRefused("the access token is not valid")
        try:
            header = jwt.get_unverified_header(text)
            key = self._ring.public(str(header.get("kid")))
            if header.get("typ") != TOKEN_TYPE or header.get("alg") != ALGORITHM or key is None:
                raise TokenRefused("the access token is not valid")
            claims = jwt.decode(
                text,
                key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
            verified = Claims(UUID(claims["sub"]), UUID(claims["sid"]), expires_at)
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise TokenRefused("the access token is not valid") from error
        if expires_at + self._leeway <= self._clock.now():
            raise TokenRefused("the access token has expired: refresh it")
        return verified
