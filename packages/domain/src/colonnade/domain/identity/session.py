"""The session: one sign-in on one device, carried on by refresh tokens that rotate (RFC 9700, section 4.14.2)."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType, Self
from uuid import UUID

from colonnade.core import AggregateRoot, Unauthenticated, UserId
from colonnade.domain.identity.events import RefreshTokenReused, SessionEnded, SessionOpened, SessionRefreshed

SessionId = NewType("SessionId", UUID)


class RefreshRefused(Unauthenticated):
    """The refresh token is not good: sign in again. What the refusal changed (an ended session) is kept."""

    code = "identity.refresh_refused"
    keeps_changes = True


@dataclass(eq=False, kw_only=True)
class Session(AggregateRoot[SessionId]):
    """A sign-in and its family of refresh tokens, of which only the newest is good.

    Attributes:
        refresh_hash: SHA-256 of the newest refresh secret, hexadecimal.
        expires_at: When the newest refresh token stops being good.
        ended_at: When the session was signed out or revoked.
    """

    stream_kind: ClassVar[str] = "session"

    user_id: UserId
    refresh_hash: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def open(
        cls, session_id: SessionId, *, user_id: UserId, refresh_hash: str, at: datetime, expires_at: datetime
    ) -> Self:
        """Sign somebody in."""
        session = cls(id=session_id, user_id=user_id, refresh_hash=refresh_hash, created_at=at, expires_at=expires_at)
        session.record(SessionOpened(session_id=session_id, user_id=user_id, expires_at=expires_at))
        return session

    def refresh(self, presented_hash: str, *, next_hash: str, at: datetime, expires_at: datetime) -> None:
        """Exchange the newest refresh token for the next.

        Raises:
            RefreshRefused: The session has ended or expired, or the token was used before, which ends the session.
        """
        if self.ended_at is not None or at >= self.expires_at:
            raise RefreshRefused("this session has ended: sign in again")
        if not hmac.compare_digest(presented_hash, self.refresh_hash):
            self.record(RefreshTokenReused(session_id=self.id, user_id=self.user_id))
            self.end(at=at)
            raise RefreshRefused("this refresh token was used before, so the session was ended: sign in again")
        self.refresh_hash = next_hash
        self.expires_at = expires_at
        self.record(SessionRefreshed(session_id=self.id, user_id=self.user_id))

    def end(self, *, at: datetime) -> None:
        """Sign out; a second time changes nothing."""
        if self.ended_at is None:
            self.ended_at = at
            self.record(SessionEnded(session_id=self.id, user_id=self.user_id))
