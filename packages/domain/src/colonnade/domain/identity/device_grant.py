"""The device authorization grant (RFC 8628): a device shows a code, a person who is signed in elsewhere types it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType, Protocol, Self
from uuid import UUID

from colonnade.core import AggregateRoot, Conflict, NotFound, Repository, Unauthenticated, UserId
from colonnade.domain.identity.device_grant_events import (
    DeviceApproved,
    DeviceAsked,
    DeviceDenied,
    DeviceSignedIn,
)
from colonnade.domain.identity.session import Device

DeviceGrantId = NewType("DeviceGrantId", UUID)


class AuthorizationPending(Conflict):
    """Nobody has typed the code yet: ask again after the interval (RFC 8628, section 3.5)."""

    code = "authorization_pending"


class DeviceAccessDenied(Unauthenticated):
    """Somebody typed the code and did not let the device in."""

    code = "access_denied"


class DeviceCodeExpired(Unauthenticated):
    """The code is too old, used, or not one of ours: begin again."""

    code = "expired_token"


class NoSuchCode(NotFound):
    """No device shows this code, or not any more."""

    code = "identity.no_such_code"


@dataclass(eq=False, kw_only=True)
class DeviceGrant(AggregateRoot[DeviceGrantId]):
    """A device that asks to be signed in.

    Attributes:
        device_digest: SHA-256 of the code that the device keeps to itself, hexadecimal.
        user_digest: SHA-256 of the code that it shows, hexadecimal.
        device: What it says that it is, and from where it asks.
        decided_by: Who typed the code.
        approved: What they decided.
        redeemed_at: When the device took its sign-in.
    """

    stream_kind: ClassVar[str] = "device_grant"

    device_digest: str
    user_digest: str
    device: Device
    created_at: datetime
    expires_at: datetime
    decided_by: UserId | None = None
    approved: bool = False
    redeemed_at: datetime | None = None

    @classmethod
    def ask(
        cls,
        grant_id: DeviceGrantId,
        *,
        device_digest: str,
        user_digest: str,
        device: Device,
        at: datetime,
        expires_at: datetime,
    ) -> Self:
        """Let a device ask."""
        grant = cls(
            id=grant_id,
            device_digest=device_digest,
            user_digest=user_digest,
            device=device,
            created_at=at,
            expires_at=expires_at,
        )
        grant.record(DeviceAsked(grant_id=grant_id))
        return grant

    def decide(self, user_id: UserId, *, approve: bool, at: datetime) -> None:
        """Let the device in, or not.

        Raises:
            NoSuchCode: The code is too old, or somebody has decided already.
        """
        self.require_open(at=at)
        self.decided_by, self.approved = user_id, approve
        kind = DeviceApproved if approve else DeviceDenied
        self.record(kind(grant_id=self.id, user_id=user_id))

    def redeem(self, *, at: datetime) -> UserId:
        """Give the device its sign-in, once; return whose it is.

        Raises:
            AuthorizationPending: Nobody has decided yet.
            DeviceAccessDenied: Somebody decided against it.
            DeviceCodeExpired: It is too late, or was done before.
        """
        if self.redeemed_at is not None or at >= self.expires_at:
            raise DeviceCodeExpired("this code is not good any more: begin again")
        if self.decided_by is None:
            raise AuthorizationPending("nobody has typed the code yet")
        if not self.approved:
            raise DeviceAccessDenied("the device was not let in")
        self.redeemed_at = at
        self.record(DeviceSignedIn(grant_id=self.id, user_id=self.decided_by))
        return self.decided_by

    def take_back(self) -> None:
        """Do not let the device in after all; one that has taken its sign-in has a session."""
        if self.decided_by is not None and self.approved and self.redeemed_at is None:
            self.approved = False
            self.record(DeviceDenied(grant_id=self.id, user_id=self.decided_by))

    def require_open(self, *, at: datetime) -> None:
        """Check that the code may still be typed.

        Raises:
            NoSuchCode: It may not.
        """
        if self.decided_by is not None or at >= self.expires_at:
            raise NoSuchCode("no device shows this code, or not any more", field="user_code")


class DeviceGrantRepository(Repository[DeviceGrant, DeviceGrantId], Protocol):
    """All devices that ever asked, until they are cleared away."""
