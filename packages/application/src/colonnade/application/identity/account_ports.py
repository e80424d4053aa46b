"""What accounts and second factors need from outside, besides what signing in needs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from colonnade.application.jobs import JobId
from colonnade.core import UserId


class SealedTexts(Protocol):
    """Seals what must not be read where it is kept: addresses and tokens in jobs, the secrets of apps."""

    def seal(self, text: str, place: str) -> str:
        """Return a text sealed, so that it can be opened for this place only."""
        ...

    def unseal(self, sealed: str, place: str) -> str:
        """Return a text that was sealed.

        Raises:
            Invalid: It was altered, is another place's, or was sealed by another installation.
        """
        ...


class PasswordRules(Protocol):
    """Decides which passwords are good enough."""

    async def require_good(self, password: str, *, about: Collection[str]) -> None:
        """Check a password that somebody chooses.

        Args:
            password: The password.
            about: What is known of them: their address, their name.

        Raises:
            Invalid: It is too easy to guess, or known to thieves.
        """
        ...


class NameRules(Protocol):
    """Refuses names and addresses that pass for others: letters of several alphabets in one word, signs unseen."""

    def require_clear_name(self, name: str) -> None:
        """Check what somebody wants to be called.

        Raises:
            Invalid: It passes for another name.
        """
        ...

    def require_clear_address(self, email: str) -> None:
        """Check an address that somebody wants to use.

        Raises:
            Invalid: It passes for another address.
        """
        ...


class SecretOwners(Protocol):
    """Knows whose a secret is, outside any unit of work: what takes long comes before one is opened."""

    async def owner_of(self, presented: str) -> UserId:
        """Return whom a secret was handed to.

        Raises:
            SecretRefused: It is not one of ours, or not good any more.
        """
        ...


class AccountMail(StrEnum):
    """What a mail about an account says."""

    CONFIRM_EMAIL = "confirm_email"
    ACCOUNT_EXISTS = "account_exists"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a kind of mail # nosec B105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail # nosec B105
    CHANGE_EMAIL = "change_email"
    EMAIL_CHANGE_REQUESTED = "email_change_requested"
    EMAIL_CHANGED = "email_changed"
    NEW_DEVICE = "new_device"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a kind of mail # nosec B105
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PROVIDER_LINKED = "provider_linked"
    PROVIDER_UNLINKED = "provider_unlinked"
    PERSONAL_TOKEN_CREATED = "personal_token_created"  # noqa: S105 - a kind of mail # nosec B105


class AccountLetter(NamedTuple):
    """A mail about an account, ready to be written.

    Attributes:
        job_id: The job that sends it; the same for every attempt.
        kind: What it says.
        to: To which address.
        name: What its reader is called.
        facts: What it says besides, such as `token` or `device`.
    """

    job_id: JobId
    kind: AccountMail
    to: str
    name: str
    facts: Mapping[str, str]


class AccountPost(Protocol):
    """Writes and sends mails about accounts."""

    async def send(self, letter: AccountLetter) -> None:
        """Hand a mail over.

        Raises:
            ColonnadeError: It will never be taken.
            Unavailable: It cannot be handed over now.
        """
        ...


class CodeApp(Protocol):
    """Knows what an app on a phone shows (RFC 6238)."""

    def new_secret(self) -> str:
        """Return a secret for an app."""
        ...

    def uri(self, secret: str, account: str) -> str:
        """Return what an app reads from a QR code."""
        ...

    def step_of(self, secret: str, code: str, *, at: datetime) -> int | None:
        """Return the time step whose code this is, or none."""
        ...


class RecoveryCodeBook(Protocol):
    """Makes recovery codes and what is kept of them."""

    def new(self, count: int = 10) -> tuple[str, ...]:
        """Return fresh codes."""
        ...

    def hash(self, code: str, owner: bytes) -> str:
        """Return what is kept of somebody's code, however they type it."""
        ...
