"""The user: a person with an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from colonnade.core import AggregateRoot, AlreadyExists, Email, PersonName, UserId
from colonnade.domain.identity.events import OperatorAppointed, OperatorDismissed, UserRegistered


class EmailTaken(AlreadyExists):
    """Another account has this address."""

    code = "identity.email_taken"


@dataclass(eq=False, kw_only=True)
class User(AggregateRoot[UserId]):
    """A person, known by an e-mail address.

    Attributes:
        password_hash: Encoded hash with its parameters (PHC string format); never the password.
        is_operator: Whether they may look after the service itself.
    """

    stream_kind: ClassVar[str] = "user"

    email: Email
    name: PersonName
    password_hash: str
    created_at: datetime
    is_operator: bool = False

    @classmethod
    def register(cls, user_id: UserId, *, email: Email, name: PersonName, password_hash: str, at: datetime) -> Self:
        """Make an account."""
        user = cls(id=user_id, email=email, name=name, password_hash=password_hash, created_at=at)
        user.record(UserRegistered(user_id=user_id, email=email, name=name))
        return user

    def appoint_operator(self) -> None:
        """Let them look after the service; a second time changes nothing."""
        if not self.is_operator:
            self.is_operator = True
            self.record(OperatorAppointed(user_id=self.id))

    def dismiss_operator(self) -> None:
        """Let them look after the service no longer; a second time changes nothing."""
        if self.is_operator:
            self.is_operator = False
            self.record(OperatorDismissed(user_id=self.id))
