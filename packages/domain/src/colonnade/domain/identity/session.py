"""The session: one sign-in on one device, carried on by refresh tokens that rotate (RFC 9700, section 4.14.2)."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple, NewType, Self
from uuid import UUID

from colonnade.core import AggregateRoot, Unauthenticated, UserId
from colonnade.domain.identity.events import (
    RefreshTokenReused,
    SessionEnded,
    SessionOpened,
    SessionProved,
    SessionRefreshed,
)

SessionId = NewType("SessionId", UUID)


class RefreshRefused(Unauthenticated):
    """The refresh token is not good: sign in again. What the refusal changed (an ended session) is kept."""

    code = "identity.refresh_refused"
    keeps_changes = True


class Lifetimes(NamedTuple):
    """How long a sign-in lasts.

    Attributes:
        idle_seconds: Without use.
        absolute_seconds: However much it is used.
        grace_seconds: How long the former refresh token may come once more, because its answer was lost.
    """

    idle_seconds: int
    absolute_seconds: int
    grace_seconds: int = 30


class Device(NamedTuple):
    """Where somebody signs in from.

    Attributes:
        name: What people know it by, such as `Firefox on Linux`.
        address: Network address, if there is one.
    """

    name: str
    address: str | None = None


@dataclass(eq=False, kw_only=True)
class Session(AggregateRoot[SessionId]):
    """A sign-in and its family of refresh tokens, of which only the newest is good.

    Attributes:
        refresh_hash: SHA-256 of the newest refresh secret, hexadecimal.
        former_hash: The one before it, as long as it may come once more.
        rotated_at: When the newest replaced the former.
        used_at: When it was last carried on.
        expires_at: When the newest refresh token stops being good.
        ends_at: When the session ends whatever happens.
        proved_at: When its owner last proved who they are.
        methods: How (RFC 8176).
        ended_at: When the session was signed out or revoked.
    """

    stream_kind: ClassVar[str] = "session"

    user_id: UserId
    refresh_hash: str
    device: Device
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    ends_at: datetime
    proved_at: datetime
    methods: tuple[str, ...]
    former_hash: str | None = None
    rotated_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def device_name(self) -> str:
        """What people know the device by: a field of its own, since sessions are looked for by it."""
        return self.device.name

    @classmethod
    def open(
        cls,
        session_id: SessionId,
        *,
        user_id: UserId,
        refresh_hash: str,
        device: Device,
        methods: Collection[str],
        at: datetime,
        lifetimes: Lifetimes,
        proved_at: datetime | None = None,
        new_device: bool = False,
    ) -> Self:
        """Sign somebody in, who proved who they are now, or earlier where that is said."""
        ends_at = at + timedelta(seconds=lifetimes.absolute_seconds)
        session = cls(
            id=session_id,
            user_id=user_id,
            refresh_hash=refresh_hash,
            device=device,
            created_at=at,
            used_at=at,
            expires_at=_idle_end(at, ends_at, lifetimes),
            ends_at=ends_at,
            proved_at=at if proved_at is None else min(at, proved_at),
            methods=tuple(sorted(methods)),
        )
        session.record(
            SessionOpened(
                session_id=session_id,
                user_id=user_id,
                expires_at=session.expires_at,
                methods=session.methods,
                new_device=new_device,
            )
        )
        return session

    def refresh(
        self, presented_hash: str, *, next_hash: str, device: Device, at: datetime, lifetimes: Lifetimes
    ) -> None:
        """Exchange the newest refresh token for the next.

        The former one is taken once more, for a moment and from the same device, as long as its successor has not
        been used: then nobody else has the successor, since its answer was lost.

        Raises:
            RefreshRefused: The session has ended or expired, or the token was used before, which ends the session.
        """
        if self.ended_at is not None or at >= min(self.expires_at, self.ends_at):
            raise RefreshRefused("this session has ended: sign in again")
        repeated = False
        if not hmac.compare_digest(presented_hash, self.refresh_hash):
            repeated = self._may_come_again(presented_hash, device, at, lifetimes)
            if not repeated:
                self.record(RefreshTokenReused(session_id=self.id, user_id=self.user_id))
                self.end(at=at)
                raise RefreshRefused("this refresh token was used before, so the session was ended: sign in again")
        self.former_hash = None if repeated else self.refresh_hash
        self.rotated_at = at
        self.refresh_hash = next_hash
        self.device, self.used_at = device, at
        self.expires_at = _idle_end(at, self.ends_at, lifetimes)
        self.record(SessionRefreshed(session_id=self.id, user_id=self.user_id, repeated=repeated))

    def prove(self, methods: Collection[str], *, at: datetime) -> None:
        """Note that its owner proved once more who they are."""
        self.proved_at = at
        self.methods = tuple(sorted({*self.methods, *methods}))
        self.record(SessionProved(session_id=self.id, user_id=self.user_id, methods=tuple(sorted(methods))))

    def end(self, *, at: datetime) -> None:
        """Sign out; a second time changes nothing."""
        if self.ended_at is None:
            self.ended_at = at
            self.record(SessionEnded(session_id=self.id, user_id=self.user_id))

    def _may_come_again(self, presented_hash: str, device: Device, at: datetime, lifetimes: Lifetimes) -> bool:
        if self.former_hash is None or self.rotated_at is None:
            return False
        is_former = hmac.compare_digest(presented_hash, self.former_hash)
        in_time = at < self.rotated_at + timedelta(seconds=lifetimes.grace_seconds)
        return is_former and in_time and device == self.device


def _idle_end(at: datetime, ends_at: datetime, lifetimes: Lifetimes) -> datetime:
    return min(at + timedelta(seconds=lifetimes.idle_seconds), ends_at)
