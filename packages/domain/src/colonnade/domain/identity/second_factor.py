"""The second factor: an app that shows codes, and recovery codes for when it is gone (RFC 6238)."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, Self

from colonnade.core import AggregateRoot, Conflict, Repository, Unauthenticated, UserId
from colonnade.domain.identity.second_factor_events import (
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorSetUp,
    SecondFactorTurnedOff,
    SecondFactorTurnedOn,
    SecondFactorUsed,
)


class SecondFactorRefused(Unauthenticated):
    """The code is wrong, was used before, or none is asked for; a wrong attempt is counted."""

    code = "identity.second_factor_refused"
    keeps_changes = True


class SecondFactorOn(Conflict):
    """There is a second factor already: turn it off first."""

    code = "identity.second_factor_on"


class SecondFactorOff(Conflict):
    """There is no second factor: set one up first."""

    code = "identity.second_factor_off"


@dataclass(eq=False, kw_only=True)
class SecondFactor(AggregateRoot[UserId]):
    """How somebody proves a second time who they are; its id is theirs.

    Attributes:
        sealed_secret: What the app makes codes of, sealed; none while it is off.
        confirmed_at: When a code of the app came, since when it is asked for.
        last_step: The time step of the last code that was used: none of it or before is good again.
        recovery_hashes: What is kept of the recovery codes that are left.
    """

    stream_kind: ClassVar[str] = "second_factor"

    sealed_secret: str | None = None
    confirmed_at: datetime | None = None
    last_step: int | None = None
    recovery_hashes: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether codes are asked for."""
        return self.confirmed_at is not None

    @classmethod
    def begin(cls, user_id: UserId, sealed_secret: str) -> Self:
        """Set a second factor up for the first time."""
        factor = cls(id=user_id)
        factor.set_up(sealed_secret)
        return factor

    def set_up(self, sealed_secret: str) -> None:
        """Take another secret, which is not asked for yet.

        Raises:
            SecondFactorOn: One is asked for already.
        """
        if self.is_on:
            raise SecondFactorOn("codes are asked for already: turn that off first")
        self.sealed_secret = sealed_secret
        self.record(SecondFactorSetUp(user_id=self.id))

    def confirm(self, step: int | None, recovery_hashes: Collection[str], *, at: datetime) -> None:
        """Ask for codes from now on.

        Args:
            step: The time step of the code that shows that the app is set up; none if the code is wrong.
            recovery_hashes: What is kept of fresh recovery codes.
            at: When.

        Raises:
            SecondFactorOn: They are asked for already.
            SecondFactorRefused: The code is wrong.
        """
        if self.is_on:
            raise SecondFactorOn("codes are asked for already")
        self._take(step)
        self.confirmed_at = at
        self.record(SecondFactorTurnedOn(user_id=self.id))
        self._replace(recovery_hashes)

    def use_code(self, step: int | None) -> None:
        """Use a code of the app up.

        Args:
            step: The time step whose code it is; none if it is wrong.

        Raises:
            SecondFactorRefused: It is wrong, or was used before.
        """
        if not self.is_on:
            raise SecondFactorRefused("this code is not good")
        self._take(step)
        self.record(SecondFactorUsed(user_id=self.id))

    def use_recovery_code(self, presented_hash: str) -> None:
        """Use a recovery code up.

        Raises:
            SecondFactorRefused: It is wrong, or was used before.
        """
        matches = [hmac.compare_digest(presented_hash, kept) for kept in self.recovery_hashes]
        if not self.is_on or not any(matches):
            raise SecondFactorRefused("this code is not good")
        self.recovery_hashes = tuple(
            kept for kept, is_it in zip(self.recovery_hashes, matches, strict=True) if not is_it
        )
        self.record(RecoveryCodeUsed(user_id=self.id, left=len(self.recovery_hashes)))

    def replace_recovery_codes(self, recovery_hashes: Collection[str]) -> None:
        """Let other recovery codes be good, and the former ones no more.

        Raises:
            SecondFactorOff: There is nothing to recover.
        """
        if not self.is_on:
            raise SecondFactorOff("no codes are asked for: set a second factor up first")
        self._replace(recovery_hashes)

    def turn_off(self) -> None:
        """Forget the secret and the codes; a second time changes nothing."""
        if self.sealed_secret is not None:
            self.sealed_secret, self.confirmed_at, self.recovery_hashes = None, None, ()
            self.record(SecondFactorTurnedOff(user_id=self.id))

    def _take(self, step: int | None) -> None:
        if step is None or (self.last_step is not None and step <= self.last_step):
            raise SecondFactorRefused("this code is not good")
        self.last_step = step

    def _replace(self, recovery_hashes: Collection[str]) -> None:
        self.recovery_hashes = tuple(recovery_hashes)
        self.record(RecoveryCodesMade(user_id=self.id, count=len(self.recovery_hashes)))


class SecondFactorRepository(Repository[SecondFactor, UserId], Protocol):
    """The second factors of everybody who ever set one up."""
