"""What happens to passkeys. Neither keys nor names of devices are part of an event."""

from uuid import UUID

from colonnade.core import DomainEvent, UserId


class PasskeyAdded(DomainEvent, type="identity.passkey_added", version=1):
    """Somebody has another passkey.

    Attributes:
        synced: Whether it may be copied to other devices.
    """

    passkey_id: UUID
    user_id: UserId
    synced: bool


class PasskeyRenamed(DomainEvent, type="identity.passkey_renamed", version=1):
    """Somebody calls a passkey something else."""

    passkey_id: UUID
    user_id: UserId


class PasskeyUsed(DomainEvent, type="identity.passkey_used", version=1):
    """Somebody proved with a passkey who they are."""

    passkey_id: UUID
    user_id: UserId


class PasskeySuspected(DomainEvent, type="identity.passkey_suspected", version=1):
    """A passkey counted backwards: there may be a copy of its key, so it is not good any more.

    Attributes:
        expected_above: What it had counted to.
        sign_count: What it said now.
    """

    passkey_id: UUID
    user_id: UserId
    expected_above: int
    sign_count: int


class PasskeyRemoved(DomainEvent, type="identity.passkey_removed", version=1):
    """A passkey is not good any more."""

    passkey_id: UUID
    user_id: UserId


PASSKEY_EVENTS = (PasskeyAdded, PasskeyRenamed, PasskeyUsed, PasskeySuspected, PasskeyRemoved)
