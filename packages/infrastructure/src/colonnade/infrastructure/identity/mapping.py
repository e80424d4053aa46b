"""Users and sessions to rows and back."""

from collections.abc import Sequence
from typing import Any

from colonnade.core import Email, PersonName, UserId
from colonnade.domain.identity import Session, SessionId, User
from colonnade.infrastructure.database.aggregates import Values


def user_to_domain(row: Any, parts: Sequence[Any]) -> User:  # a row of the users table
    """Rebuild a user."""
    return User(
        id=UserId(row.id),
        version=row.version,
        email=Email(row.email),
        name=PersonName(row.name),
        password_hash=row.password_hash,
        created_at=row.created_at,
        is_operator=row.is_operator,
    )


def user_to_row(user: User) -> Values:
    """Return the row of a user."""
    return {
        "id": user.id,
        "version": user.version,
        "email": str(user.email),
        "name": str(user.name),
        "password_hash": user.password_hash,
        "created_at": user.created_at,
        "is_operator": user.is_operator,
    }


def session_to_domain(row: Any, parts: Sequence[Any]) -> Session:  # a row of the sessions table
    """Rebuild a session."""
    return Session(
        id=SessionId(row.id),
        version=row.version,
        user_id=UserId(row.user_id),
        refresh_hash=row.refresh_hash,
        created_at=row.created_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )


def session_to_row(session: Session) -> Values:
    """Return the row of a session."""
    return {
        "id": session.id,
        "version": session.version,
        "user_id": session.user_id,
        "refresh_hash": session.refresh_hash,
        "created_at": session.created_at,
        "expires_at": session.expires_at,
        "ended_at": session.ended_at,
    }
