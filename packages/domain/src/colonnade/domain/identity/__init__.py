"""Who somebody is, and where they are signed in."""

from colonnade.domain.identity.events import (
    EVENTS,
    OperatorAppointed,
    OperatorDismissed,
    RefreshTokenReused,
    SessionEnded,
    SessionOpened,
    SessionRefreshed,
    UserRegistered,
)
from colonnade.domain.identity.repository import SessionRepository, UserRepository
from colonnade.domain.identity.session import RefreshRefused, Session, SessionId
from colonnade.domain.identity.user import EmailTaken, User

__all__ = [
    "EVENTS",
    "EmailTaken",
    "OperatorAppointed",
    "OperatorDismissed",
    "RefreshRefused",
    "RefreshTokenReused",
    "Session",
    "SessionEnded",
    "SessionId",
    "SessionOpened",
    "SessionRefreshed",
    "SessionRepository",
    "User",
    "UserRegistered",
    "UserRepository",
]
