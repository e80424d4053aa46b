"""An attempt to sign in that failed: kept as an event alone, for those who watch over accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType, Self
from uuid import UUID

from colonnade.core import AggregateRoot, UserId, new_id
from colonnade.domain.identity.events import AccountLocked, SignInFailed

AttemptId = NewType("AttemptId", UUID)


@dataclass(eq=False, kw_only=True)
class SignInAttempt(AggregateRoot[AttemptId]):
    """One failed attempt, which never changes."""

    stream_kind: ClassVar[str] = "sign_in_attempt"

    @classmethod
    def failed(cls, user_id: UserId | None, reason: str, *, locked_until: datetime | None = None) -> Self:
        """Note an attempt.

        Args:
            user_id: Whose account it was, if there is one.
            reason: Stable code of why.
            locked_until: Until when the account takes no more attempts, if this was one too many.
        """
        attempt = cls(id=new_id(AttemptId))
        attempt.record(SignInFailed(attempt_id=attempt.id, user_id=user_id, reason=reason))
        if locked_until is not None:
            attempt.record(AccountLocked(attempt_id=attempt.id, user_id=user_id, until=locked_until))
        return attempt
