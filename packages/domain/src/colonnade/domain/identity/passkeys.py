"""Passkeys: keys on people's devices with which they sign in (WebAuthn)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType, Protocol, Self
from uuid import UUID

from colonnade.core import AggregateRoot, AlreadyExists, Conflict, Repository, TextValue, Unauthenticated, UserId
from colonnade.domain.identity.passkey_events import (
    PasskeyAdded,
    PasskeyRemoved,
    PasskeyRenamed,
    PasskeySuspected,
    PasskeyUsed,
)

PasskeyId = NewType("PasskeyId", UUID)


class PasskeyName(TextValue):
    """What somebody calls a passkey."""

    __slots__ = ()
    max_length = 80
    example = "Laptop"


REMOVED_NAME = PasskeyName("Removed")


class PasskeyRefused(Unauthenticated):
    """The passkey's answer is not good, or the passkey is not; which of these is not said. The question is used up."""

    code = "identity.passkey_refused"
    keeps_changes = True


class PasskeyKnown(AlreadyExists):
    """This passkey is in use already."""

    code = "identity.passkey_known"


class LastWayIn(Conflict):
    """Without this, its owner could not sign in any more."""

    code = "identity.last_way_in"


@dataclass(eq=False, kw_only=True)
class Passkey(AggregateRoot[PasskeyId]):
    """A passkey, of which only the public key is known here.

    Attributes:
        credential_id: What its authenticator calls it, in base64url; none once it is removed.
        public_key: The key, in COSE form; empty once it is removed.
        sign_count: How often it signed, if its authenticator counts.
        transports: How to reach the authenticator.
        aaguid: Which model of authenticator holds it; zeros if that is not told.
        backup_eligible: Whether it may be copied to other devices.
        backed_up: Whether it was.
        used_at: When it was last used.
        suspect_since: When it counted backwards; it is not good since then.
    """

    stream_kind: ClassVar[str] = "passkey"

    user_id: UserId
    name: PasskeyName
    credential_id: str | None
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    aaguid: str
    backup_eligible: bool
    backed_up: bool
    created_at: datetime
    used_at: datetime | None = None
    suspect_since: datetime | None = None
    removed_at: datetime | None = None

    @classmethod
    def add(
        cls,
        passkey_id: PasskeyId,
        *,
        user_id: UserId,
        name: PasskeyName,
        credential_id: str,
        public_key: bytes,
        sign_count: int,
        transports: tuple[str, ...],
        aaguid: str,
        backup_eligible: bool,
        backed_up: bool,
        at: datetime,
    ) -> Self:
        """Give somebody another passkey."""
        passkey = cls(
            id=passkey_id,
            user_id=user_id,
            name=name,
            credential_id=credential_id,
            public_key=public_key,
            sign_count=sign_count,
            transports=transports,
            aaguid=aaguid,
            backup_eligible=backup_eligible,
            backed_up=backed_up,
            created_at=at,
        )
        passkey.record(PasskeyAdded(passkey_id=passkey_id, user_id=user_id, synced=backup_eligible))
        return passkey

    @property
    def methods(self) -> frozenset[str]:
        """What its use proves (RFC 8176): a key, of which there may be copies or not, and that its owner was there."""
        return frozenset({"swk" if self.backup_eligible else "hwk", "user"})

    @property
    def is_good(self) -> bool:
        """Whether it may be used."""
        return self.removed_at is None and self.suspect_since is None

    def rename(self, name: PasskeyName) -> None:
        """Call it something else."""
        if name != self.name:
            self.name = name
            self.record(PasskeyRenamed(passkey_id=self.id, user_id=self.user_id))

    def use(self, sign_count: int, *, is_cloned: bool, backed_up: bool, at: datetime) -> None:
        """Note that it signed.

        Args:
            sign_count: What it counts now.
            is_cloned: Whether that is less than it may be.
            backed_up: Whether it is copied to other devices now.
            at: When.

        Raises:
            PasskeyRefused: It is not good any more, or since now: the suspicion is kept.
        """
        if not self.is_good:
            raise PasskeyRefused("this passkey is not good, or not any more: sign in another way")
        if is_cloned:
            self.suspect_since = at
            self.record(
                PasskeySuspected(
                    passkey_id=self.id, user_id=self.user_id, expected_above=self.sign_count, sign_count=sign_count
                )
            )
            raise PasskeyRefused("this passkey is not good, or not any more: sign in another way")
        self.sign_count, self.backed_up, self.used_at = sign_count, backed_up, at
        self.record(PasskeyUsed(passkey_id=self.id, user_id=self.user_id))

    def remove(self, *, at: datetime) -> None:
        """Let it be good no more and forget what it was; a second time changes nothing."""
        if self.removed_at is None:
            self.name, self.credential_id, self.public_key, self.transports = REMOVED_NAME, None, b"", ()
            self.removed_at = at
            self.record(PasskeyRemoved(passkey_id=self.id, user_id=self.user_id))


class PasskeyRepository(Repository[Passkey, PasskeyId], Protocol):
    """All passkeys, removed ones included."""
