"""What the identity use cases need from outside."""

from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from colonnade.core import Email, UserId


class Credential(NamedTuple):
    """What a password is checked against."""

    user_id: UserId
    password_hash: str


class Credentials(Protocol):
    """Finds what a password is checked against, outside any unit of work, since checking takes long."""

    async def find(self, email: Email) -> Credential | None:
        """Return the credential of the account with this address, if there is one."""
        ...


class PasswordHasher(Protocol):
    """Hashes passwords; slow on purpose, so never on the event loop."""

    async def hash(self, password: str) -> str:
        """Return the encoded hash."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is right; with no hash, take as long and say no."""
        ...


class IssuedToken(Protocol):
    """A signed access token."""

    @property
    def text(self) -> str:
        """The token."""
        ...

    @property
    def expires_in_seconds(self) -> int:
        """How long it is good."""
        ...


class TokenIssuer(Protocol):
    """Signs access tokens."""

    def issue(self, subject: UUID, session: UUID, at: datetime) -> IssuedToken:
        """Return a short-lived token for somebody's session."""
        ...


class SessionSettings(NamedTuple):
    """How long a sign-in lasts without use."""

    refresh_seconds: int
