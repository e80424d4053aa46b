"""Secrets that are good once and for a while: a link in a mail, the second half of a sign-in, a code for a device."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NewType, Self
from uuid import UUID

from colonnade.core import AggregateRoot, NotFound, UserId
from colonnade.domain.identity.events import SecretIssued, SecretMissed, SecretUsed

SecretId = NewType("SecretId", UUID)


class Purpose(StrEnum):
    """What a secret is good for; it is good for nothing else."""

    CONFIRM_EMAIL = "confirm_email"
    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose # nosec B105
    SECOND_FACTOR = "second_factor"


class SecretRefused(NotFound):
    """The secret is not one of ours, or not good any more; which of these is not said. A wrong attempt is counted."""

    code = "identity.secret_refused"
    keeps_changes = True


@dataclass(eq=False, kw_only=True)
class OneTimeSecret(AggregateRoot[SecretId]):
    """A secret that was handed to somebody, of which only the hash is kept.

    Attributes:
        secret_hash: SHA-256 of the secret, hexadecimal.
        facts: What it was handed out for besides, sealed if that is personal; opaque here.
        attempts_left: How many wrong attempts it survives.
        used_at: When it stopped being good.
    """

    stream_kind: ClassVar[str] = "secret"

    user_id: UserId
    purpose: Purpose
    secret_hash: str
    created_at: datetime
    expires_at: datetime
    attempts_left: int = 5
    facts: str | None = None
    used_at: datetime | None = None

    @classmethod
    def issue(
        cls,
        secret_id: SecretId,
        *,
        user_id: UserId,
        purpose: Purpose,
        secret_hash: str,
        at: datetime,
        expires_at: datetime,
        facts: str | None = None,
    ) -> Self:
        """Hand a secret out."""
        secret = cls(
            id=secret_id,
            user_id=user_id,
            purpose=purpose,
            secret_hash=secret_hash,
            created_at=at,
            expires_at=expires_at,
            facts=facts,
        )
        secret.record(SecretIssued(secret_id=secret_id, user_id=user_id, purpose=purpose))
        return secret

    def require_good(self, presented_hash: str, purpose: Purpose, *, at: datetime) -> None:
        """Check a secret without using it up.

        Raises:
            SecretRefused: It is another one, for something else, used or too old.
        """
        good = hmac.compare_digest(presented_hash, self.secret_hash)
        if not good or purpose is not self.purpose or self.used_at is not None or at >= self.expires_at:
            raise SecretRefused("this is not good, or not any more: ask for another one")

    def miss(self, *, at: datetime) -> None:
        """Note a wrong attempt at what it guards; the last one withdraws it."""
        self.attempts_left -= 1
        self.record(SecretMissed(secret_id=self.id, user_id=self.user_id, purpose=self.purpose))
        if self.attempts_left <= 0:
            self.withdraw(at=at)

    def withdraw(self, *, at: datetime) -> None:
        """Let it be good no more; a second time changes nothing."""
        if self.used_at is None:
            self.used_at = at
            self.record(SecretUsed(secret_id=self.id, user_id=self.user_id, purpose=self.purpose))
