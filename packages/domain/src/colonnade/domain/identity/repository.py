"""Where users, sessions and secrets are kept."""

from typing import Protocol

from colonnade.core import Repository, UserId
from colonnade.domain.identity.one_time import OneTimeSecret, SecretId
from colonnade.domain.identity.session import Session, SessionId
from colonnade.domain.identity.user import User


class UserRepository(Repository[User, UserId], Protocol):
    """All users."""


class SessionRepository(Repository[Session, SessionId], Protocol):
    """All sessions, ended ones included."""


class SecretRepository(Repository[OneTimeSecret, SecretId], Protocol):
    """All secrets that are good once, used ones included."""
