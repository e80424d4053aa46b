"""What happens to devices that ask to be signed in."""

from uuid import UUID

from colonnade.core import DomainEvent, UserId


class DeviceAsked(DomainEvent, type="identity.device_asked", version=1):
    """A device without a keyboard or a browser asked to be signed in."""

    grant_id: UUID


class DeviceApproved(DomainEvent, type="identity.device_approved", version=1):
    """Somebody let a device in."""

    grant_id: UUID
    user_id: UserId


class DeviceDenied(DomainEvent, type="identity.device_denied", version=1):
    """Somebody did not let a device in."""

    grant_id: UUID
    user_id: UserId


class DeviceSignedIn(DomainEvent, type="identity.device_signed_in", version=1):
    """A device took the sign-in that somebody gave it."""

    grant_id: UUID
    user_id: UserId


EVENTS = (DeviceAsked, DeviceApproved, DeviceDenied, DeviceSignedIn)
