"""The user: a person with an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from colonnade.core import AggregateRoot, AlreadyExists, Email, PersonName, UserId
from colonnade.domain.identity.events import (
    EmailChanged,
    EmailConfirmed,
    OperatorAppointed,
    OperatorDismissed,
    PasswordChanged,
    PasswordRehashed,
    PersonErased,
    PersonRenamed,
    UserRegistered,
)

ERASED_EMAIL = Email("erased@erased.invalid")
ERASED_NAME = PersonName("Erased person")


class EmailTaken(AlreadyExists):
    """Another account has this address."""

    code = "identity.email_taken"


@dataclass(eq=False, kw_only=True)
class User(AggregateRoot[UserId]):
    """A person, known by an e-mail address.

    Attributes:
        password_hash: Encoded hash with its parameters (PHC string format), never the password; none for somebody
            who signs in by other means.
        email_confirmed_at: When they showed that they read the mail of their address.
        is_operator: Whether they may look after the service itself.
    """

    stream_kind: ClassVar[str] = "user"

    email: Email
    name: PersonName
    password_hash: str | None
    created_at: datetime
    email_confirmed_at: datetime | None = None
    is_operator: bool = False
    erased_at: datetime | None = None

    @classmethod
    def register(
        cls, user_id: UserId, *, email: Email, name: PersonName, password_hash: str | None, at: datetime
    ) -> Self:
        """Make an account."""
        user = cls(id=user_id, email=email, name=name, password_hash=password_hash, created_at=at)
        user.record(UserRegistered(user_id=user_id, email=email, name=name))
        return user

    def confirm_email(self, *, at: datetime) -> None:
        """Note that their address is theirs; a second time changes nothing."""
        if self.email_confirmed_at is None:
            self.email_confirmed_at = at
            self.record(EmailConfirmed(user_id=self.id))

    def change_email(self, email: Email, *, at: datetime) -> None:
        """Give the account another address, which has been confirmed."""
        if email != self.email:
            self.email, self.email_confirmed_at = email, at
            self.record(EmailChanged(user_id=self.id, email=email))

    def rename(self, name: PersonName) -> None:
        """Call them something else."""
        if name != self.name:
            self.name = name
            self.record(PersonRenamed(user_id=self.id, name=name))

    def change_password(self, password_hash: str) -> None:
        """Give the account another password."""
        self.password_hash = password_hash
        self.record(PasswordChanged(user_id=self.id))

    def withdraw_password(self) -> None:
        """Let no password be good until its owner chooses one; a second time changes nothing."""
        if self.password_hash is not None:
            self.password_hash = None
            self.record(PasswordChanged(user_id=self.id))

    def rehash_password(self, password_hash: str) -> None:
        """Keep the same password under a stronger hash."""
        self.password_hash = password_hash
        self.record(PasswordRehashed(user_id=self.id))

    def erase(self, *, at: datetime) -> None:
        """Forget who they were; a second time changes nothing."""
        if self.erased_at is None:
            self.email, self.name, self.password_hash = ERASED_EMAIL, ERASED_NAME, None
            self.email_confirmed_at, self.is_operator, self.erased_at = None, False, at
            self.record(PersonErased(user_id=self.id))

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
