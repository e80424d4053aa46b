"""What the identity use cases answer with."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from colonnade.application.views import View
from colonnade.core import UserId
from colonnade.domain.identity import User


class UserView(View):
    """An account, as its owner sees it."""

    id: UserId
    email: str
    name: str
    created_at: datetime
    version: int

    @classmethod
    def of(cls, user: User) -> Self:
        """Return the view of a user."""
        return cls(id=user.id, email=user.email, name=user.name, created_at=user.created_at, version=user.version)


class TokenPair(View):
    """The tokens of a sign-in (RFC 6749, section 5.1)."""

    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of token, not a token
    expires_in: int = Field(description="Seconds until the access token expires.")
