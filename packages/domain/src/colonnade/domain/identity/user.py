"""The user: a person with an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from colonnade.core import AggregateRoot, AlreadyExists, Email, PersonName, UserId
from colonnade.domain.identity.events import UserRegistered


class EmailTaken(AlreadyExists):
    """Another account has this address."""

    code = "identity.email_taken"


@dataclass(eq=False, kw_only=True)
class User(AggregateRoot[UserId]):
    """A person, known by an e-mail address.

    Attributes:
        password_hash: Encoded hash with its parameters (PHC string format); never the password.
    """

    stream_kind: ClassVar[str] = "user"

    email: Email
    name: PersonName
    password_hash: str
    created_at: datetime

    @classmethod
    def register(cls, user_id: UserId, *, email: Email, name: PersonName, password_hash: str, at: datetime) -> Self:
        """Make an account."""
        user = cls(id=user_id, email=email, name=name, password_hash=password_hash, created_at=at)
        user.record(UserRegistered(user_id=user_id, email=email, name=name))
        return user
