"""What can go wrong with an identity provider."""

from enum import StrEnum

from colonnade.core import Unauthenticated, Unavailable


class OidcReason(StrEnum):
    """What was wrong."""

    STATE = "state"
    ISSUER = "issuer"
    DENIED = "denied"
    CODE = "code"
    CONTEXT = "context"
    ID_TOKEN = "id_token"  # noqa: S105 - a reason # nosec B105
    USER_INFO = "user_info"
    PROVIDER = "provider"


class OidcRefused(Unauthenticated):
    """Nobody was signed in; `reason` in the facts says at which step. What the provider said is not repeated."""

    code = "oidc.refused"

    def __init__(self, message: str, *, reason: OidcReason, **facts: object) -> None:
        super().__init__(message, reason=reason.value, **facts)


class ProviderUnavailable(Unavailable):
    """The identity provider does not answer now."""

    code = "oidc.provider_unavailable"
