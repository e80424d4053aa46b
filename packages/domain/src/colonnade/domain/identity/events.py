"""What happens to users and sessions. Secrets, hashed or not, are never part of an event."""

from datetime import datetime
from uuid import UUID

from colonnade.core import DomainEvent, Email, PersonName, UserId


class UserRegistered(DomainEvent, type="identity.user_registered", version=1):
    """Somebody made an account."""

    user_id: UserId
    email: Email
    name: PersonName


class SessionOpened(DomainEvent, type="identity.session_opened", version=1):
    """Somebody signed in."""

    session_id: UUID
    user_id: UserId
    expires_at: datetime


class SessionRefreshed(DomainEvent, type="identity.session_refreshed", version=1):
    """A refresh token was exchanged for the next one."""

    session_id: UUID
    user_id: UserId


class RefreshTokenReused(DomainEvent, type="identity.refresh_token_reused", version=1):
    """A refresh token came a second time: somebody has a copy."""

    session_id: UUID
    user_id: UserId


class SessionEnded(DomainEvent, type="identity.session_ended", version=1):
    """The session ended: no token of it is good any more."""

    session_id: UUID
    user_id: UserId


class OperatorAppointed(DomainEvent, type="identity.operator_appointed", version=1):
    """Somebody may look after the service."""

    user_id: UserId


class OperatorDismissed(DomainEvent, type="identity.operator_dismissed", version=1):
    """Somebody may no longer look after the service."""

    user_id: UserId


EVENTS = (
    UserRegistered,
    OperatorAppointed,
    OperatorDismissed,
    SessionOpened,
    SessionRefreshed,
    RefreshTokenReused,
    SessionEnded,
)
