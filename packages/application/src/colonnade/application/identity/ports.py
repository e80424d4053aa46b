"""What the identity use cases need from outside."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from colonnade.core import Email, UserId
from colonnade.domain.identity import Lifetimes, Purpose, SignInAttempt


class Credential(NamedTuple):
    """What a password is checked against.

    Attributes:
        confirmed: Whether the account may be used: its owner has confirmed the address, if that is asked for.
    """

    user_id: UserId
    password_hash: str | None
    confirmed: bool


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

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash is weaker than hashes are made now."""
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

    def issue(
        self, subject: UUID, session: UUID, at: datetime, *, proved_at: datetime, methods: Collection[str]
    ) -> IssuedToken:
        """Return a short-lived token for somebody's session.

        Args:
            subject: Who.
            session: In which sign-in.
            at: When it is issued.
            proved_at: When they last proved who they are.
            methods: How (RFC 8176).
        """
        ...


class SecondFactors(Protocol):
    """Knows how somebody proves a second time who they are."""

    async def of(self, user_id: UserId) -> frozenset[str]:
        """Return the ways that they have set up, such as `totp`, `recovery`, `passkey`; empty if none is asked for."""
        ...


class SignInThrottle(Protocol):
    """Slows down whoever guesses: waits that grow with each failure, for an account and for a network address."""

    async def require_turn(self, account: str, address: str | None) -> None:
        """Check that an attempt may be made now.

        Args:
            account: What was typed as the account, whether or not there is one: both are treated alike.
            address: Where the attempt comes from.

        Raises:
            LimitExceeded: Not yet.
        """
        ...

    async def failed(self, account: str, address: str | None) -> datetime | None:
        """Count a failure at once; return until when the account is locked if this one locked it."""
        ...

    async def succeeded(self, account: str, address: str | None) -> None:
        """Forget the failures of an account."""
        ...

    async def arrived(self, user_id: UserId, address: str | None) -> bool:
        """Know the network from which somebody has signed in, however; return whether it was new to them.

        Args:
            user_id: Who is signed in now.
            address: From where, if that is known; where it is not, nothing is new.
        """
        ...


class Attempts(Protocol):
    """Keeps failed attempts as events, within the unit of work."""

    def note(self, attempt: SignInAttempt) -> None:
        """Keep an attempt once the unit of work is committed."""
        ...


class IdentitySettings(NamedTuple):
    """What an operator decides about accounts.

    Attributes:
        lifetimes: How long sign-ins last.
        confirm_email: Whether an address must be confirmed before the account can be used. Without it, registration
            tells who has an account: for closed installations without mail alone.
        secret_seconds: How long links in mails and second halves of sign-ins are good, by purpose.
    """

    lifetimes: Lifetimes
    confirm_email: bool
    secret_seconds: Mapping[Purpose, int]
