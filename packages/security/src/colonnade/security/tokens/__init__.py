"""Access tokens: short-lived, signed, of one type (RFC 9068), checked by the rules of RFC 8725."""

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "tokens", "jwt", "cryptography")

from colonnade.security.tokens.claims import Claims, TokenRefused
from colonnade.security.tokens.compact import MAX_LENGTH
from colonnade.security.tokens.issuing import AccessTokens, IssuedToken
from colonnade.security.tokens.verification import TOKEN_TYPE, TokenVerifier

__all__ = ["MAX_LENGTH", "TOKEN_TYPE", "AccessTokens", "Claims", "IssuedToken", "TokenRefused", "TokenVerifier"]
