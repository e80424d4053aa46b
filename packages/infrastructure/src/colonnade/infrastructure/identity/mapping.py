"""Users, sessions and secrets to rows and back, in the clear: what is personal is sealed by their repositories."""

from collections.abc import Sequence
from typing import Any

from colonnade.core import Email, PersonName, UserId
from colonnade.domain.identity import (
    ERASED_EMAIL,
    ERASED_NAME,
    Device,
    OneTimeSecret,
    Purpose,
    SecretId,
    Session,
    SessionId,
    User,
)
from colonnade.infrastructure.database.aggregates import Values


def user_to_domain(row: Any, parts: Sequence[Any]) -> User:  # a row of the users table
    """Rebuild a user."""
    return User(
        id=UserId(row.id),
        version=row.version,
        email=Email(row.email) if row.erased_at is None else ERASED_EMAIL,
        name=PersonName(row.name) if row.erased_at is None else ERASED_NAME,
        password_hash=row.password_hash,
        created_at=row.created_at,
        email_confirmed_at=row.email_confirmed_at,
        is_operator=row.is_operator,
        erased_at=row.erased_at,
    )


def user_to_row(user: User) -> Values:
    """Return the row of a user; that of an erased one holds their id where the table wants an address."""
    return {
        "id": user.id,
        "version": user.version,
        "email": str(user.email if user.erased_at is None else user.id),
        "name": str(user.name) if user.erased_at is None else "",
        "password_hash": user.password_hash,
        "created_at": user.created_at,
        "email_confirmed_at": user.email_confirmed_at,
        "erased_at": user.erased_at,
        "is_operator": user.is_operator,
        "email_sealed": None,
        "email_index": None,
        "name_sealed": None,
    }


def session_to_domain(row: Any, parts: Sequence[Any]) -> Session:  # a row of the sessions table
    """Rebuild a session."""
    return Session(
        id=SessionId(row.id),
        version=row.version,
        user_id=UserId(row.user_id),
        refresh_hash=row.refresh_hash,
        former_hash=row.former_hash,
        rotated_at=row.rotated_at,
        device=Device(row.device_name, row.address),
        methods=row.methods,
        created_at=row.created_at,
        used_at=row.used_at,
        proved_at=row.proved_at,
        expires_at=row.expires_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
    )


def session_to_row(session: Session) -> Values:
    """Return the row of a session."""
    return {
        "id": session.id,
        "version": session.version,
        "user_id": session.user_id,
        "refresh_hash": session.refresh_hash,
        "former_hash": session.former_hash,
        "rotated_at": session.rotated_at,
        "device_name": session.device.name,
        "address": session.device.address,
        "methods": session.methods,
        "created_at": session.created_at,
        "used_at": session.used_at,
        "proved_at": session.proved_at,
        "expires_at": session.expires_at,
        "ends_at": session.ends_at,
        "ended_at": session.ended_at,
        "address_sealed": None,
    }


def secret_to_domain(row: Any, parts: Sequence[Any]) -> OneTimeSecret:  # a row of the one_time_secrets table
    """Rebuild a secret."""
    return OneTimeSecret(
        id=SecretId(row.id),
        version=row.version,
        user_id=UserId(row.user_id),
        purpose=Purpose(row.purpose),
        secret_hash=row.secret_hash,
        facts=row.facts,
        attempts_left=row.attempts_left,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def secret_to_row(secret: OneTimeSecret) -> Values:
    """Return the row of a secret."""
    return {
        "id": secret.id,
        "version": secret.version,
        "user_id": secret.user_id,
        "purpose": secret.purpose.value,
        "secret_hash": secret.secret_hash,
        "facts": secret.facts,
        "attempts_left": secret.attempts_left,
        "created_at": secret.created_at,
        "expires_at": secret.expires_at,
        "used_at": secret.used_at,
    }
