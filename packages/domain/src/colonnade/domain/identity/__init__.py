"""Who somebody is, and where they are signed in."""

from colonnade.domain.identity import (
    device_grant_events,
    events,
    external_events,
    passkey_events,
    personal_token_events,
    second_factor_events,
)
from colonnade.domain.identity.attempts import AttemptId, SignInAttempt
from colonnade.domain.identity.events import (
    UPCASTERS,
    AccountLocked,
    EmailChanged,
    EmailConfirmed,
    OperatorAppointed,
    OperatorDismissed,
    PasswordChanged,
    PasswordRehashed,
    PersonErased,
    PersonRenamed,
    RefreshTokenReused,
    SecretIssued,
    SecretMissed,
    SecretUsed,
    SessionEnded,
    SessionOpened,
    SessionProved,
    SessionRefreshed,
    SignInFailed,
    UserRegistered,
)
from colonnade.domain.identity.one_time import OneTimeSecret, Purpose, SecretId, SecretRefused
from colonnade.domain.identity.repository import SecretRepository, SessionRepository, UserRepository
from colonnade.domain.identity.session import Device, Lifetimes, RefreshRefused, Session, SessionId
from colonnade.domain.identity.user import ERASED_EMAIL, ERASED_NAME, EmailTaken, User

EVENTS = (
    *events.EVENTS,
    *second_factor_events.SECOND_FACTOR_EVENTS,
    *personal_token_events.EVENTS,
    *device_grant_events.EVENTS,
    *external_events.EXTERNAL_EVENTS,
    *passkey_events.PASSKEY_EVENTS,
)
"""Everything that happens to people and their ways to sign in."""

__all__ = [
    "ERASED_EMAIL",
    "ERASED_NAME",
    "EVENTS",
    "UPCASTERS",
    "AccountLocked",
    "AttemptId",
    "Device",
    "EmailChanged",
    "EmailConfirmed",
    "EmailTaken",
    "Lifetimes",
    "OneTimeSecret",
    "OperatorAppointed",
    "OperatorDismissed",
    "PasswordChanged",
    "PasswordRehashed",
    "PersonErased",
    "PersonRenamed",
    "Purpose",
    "RefreshRefused",
    "RefreshTokenReused",
    "SecretId",
    "SecretIssued",
    "SecretMissed",
    "SecretRefused",
    "SecretRepository",
    "SecretUsed",
    "Session",
    "SessionEnded",
    "SessionId",
    "SessionOpened",
    "SessionProved",
    "SessionRefreshed",
    "SessionRepository",
    "SignInAttempt",
    "SignInFailed",
    "User",
    "UserRegistered",
    "UserRepository",
]
