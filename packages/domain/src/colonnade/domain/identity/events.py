"""What happens to users and sessions. Secrets, hashed or not, are never part of an event."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from colonnade.core import DomainEvent, Email, PersonName, Upcaster, UserId
from colonnade.core.personal import Personal


class UserRegistered(DomainEvent, type="identity.user_registered", version=1):
    """Somebody made an account."""

    user_id: UserId
    email: Annotated[Email, Personal("user_id")]
    name: Annotated[PersonName, Personal("user_id")]


class EmailConfirmed(DomainEvent, type="identity.email_confirmed", version=1):
    """Somebody showed that they read the mail of their address."""

    user_id: UserId


class EmailChanged(DomainEvent, type="identity.email_changed", version=1):
    """An account has another address, which has been confirmed."""

    user_id: UserId
    email: Annotated[Email, Personal("user_id")]


class PersonRenamed(DomainEvent, type="identity.person_renamed", version=1):
    """Somebody is called something else."""

    user_id: UserId
    name: Annotated[PersonName, Personal("user_id")]


class PasswordChanged(DomainEvent, type="identity.password_changed", version=1):
    """An account has another password; the old one is not good any more."""

    user_id: UserId


class PasswordRehashed(DomainEvent, type="identity.password_rehashed", version=1):
    """The same password was hashed anew, as strongly as hashes are now."""

    user_id: UserId


class PersonErased(DomainEvent, type="identity.person_erased", version=1):
    """Somebody's account and all that was known of them is gone."""

    user_id: UserId


class SessionOpened(DomainEvent, type="identity.session_opened", version=2):
    """Somebody signed in.

    Attributes:
        methods: How they proved who they are (RFC 8176).
        new_device: Whether they had not signed in from such a device before, or not from this network.
    """

    session_id: UUID
    user_id: UserId
    expires_at: datetime
    methods: tuple[str, ...]
    new_device: bool


class SessionRefreshed(DomainEvent, type="identity.session_refreshed", version=2):
    """A refresh token was exchanged for the next one.

    Attributes:
        repeated: Whether it was the former one, whose answer was lost.
    """

    session_id: UUID
    user_id: UserId
    repeated: bool


class SessionProved(DomainEvent, type="identity.session_proved", version=1):
    """Somebody who is signed in proved once more who they are."""

    session_id: UUID
    user_id: UserId
    methods: tuple[str, ...]


class RefreshTokenReused(DomainEvent, type="identity.refresh_token_reused", version=1):
    """A refresh token came a second time: somebody has a copy."""

    session_id: UUID
    user_id: UserId


class SessionEnded(DomainEvent, type="identity.session_ended", version=1):
    """The session ended: no token of it is good any more."""

    session_id: UUID
    user_id: UserId


class SignInFailed(DomainEvent, type="identity.sign_in_failed", version=1):
    """Somebody tried to sign in and could not.

    Attributes:
        attempt_id: The attempt.
        user_id: Whose account it was, if there is one.
        reason: Stable code of why.
    """

    attempt_id: UUID
    user_id: UserId | None
    reason: str


class AccountLocked(DomainEvent, type="identity.account_locked", version=1):
    """So many attempts to sign in failed that an account takes no more for a while."""

    attempt_id: UUID
    user_id: UserId | None
    until: datetime


class SecretIssued(DomainEvent, type="identity.secret_issued", version=1):
    """A secret that is good once was handed out.

    Attributes:
        purpose: What it is good for.
    """

    secret_id: UUID
    user_id: UserId
    purpose: str


class SecretUsed(DomainEvent, type="identity.secret_used", version=1):
    """A secret that is good once was used, or is not good any more."""

    secret_id: UUID
    user_id: UserId
    purpose: str


class SecretMissed(DomainEvent, type="identity.secret_missed", version=1):
    """What a secret guards was attempted wrongly."""

    secret_id: UUID
    user_id: UserId
    purpose: str


class OperatorAppointed(DomainEvent, type="identity.operator_appointed", version=1):
    """Somebody may look after the service."""

    user_id: UserId


class OperatorDismissed(DomainEvent, type="identity.operator_dismissed", version=1):
    """Somebody may no longer look after the service."""

    user_id: UserId


EVENTS = (
    UserRegistered,
    EmailConfirmed,
    EmailChanged,
    PersonRenamed,
    PasswordChanged,
    PasswordRehashed,
    PersonErased,
    OperatorAppointed,
    OperatorDismissed,
    SessionOpened,
    SessionRefreshed,
    SessionProved,
    RefreshTokenReused,
    SessionEnded,
    SignInFailed,
    AccountLocked,
    SecretIssued,
    SecretUsed,
    SecretMissed,
)

UPCASTERS = (
    Upcaster("identity.session_opened", 1, lambda facts: {**facts, "methods": ["pwd"], "new_device": False}),
    Upcaster("identity.session_refreshed", 1, lambda facts: {**facts, "repeated": False}),
)
