"""Show that an address is one's own, by the link in a mail."""

from typing import Annotated

from pydantic import Field

from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import AccountMail, SealedTexts
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import SignInThrottle
from colonnade.application.identity.revoking import withdraw_secrets
from colonnade.application.identity.secrets import WireSecret
from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import INTERNAL, PUBLIC, Command, Handlers
from colonnade.core import Clock, Email, NotFound
from colonnade.domain.identity import Purpose, SecretRepository, UserRepository

handlers = Handlers()

LinkToken = Annotated[WireSecret, Field(min_length=1, max_length=200)]
"""What a link in a mail carries."""

_PLACE = "confirmation"


class ConfirmEmail(Command[None], name="identity.confirm_email", requires=PUBLIC):
    """Confirm your address with the link that was mailed to it; this signs nobody in."""

    token: LinkToken


class ResendConfirmation(Command[None], name="identity.resend_confirmation", requires=PUBLIC):
    """Have the link mailed once more; the answer is the same whether or not anything is waiting for it."""

    email: Email


class MailConfirmation(Command[None], name="identity.mail_confirmation", requires=INTERNAL):
    """Mail the link once more, if the account waits for it.

    Attributes:
        sealed: The address.
    """

    sealed: str


@handlers.handles(ConfirmEmail)
async def confirm_email(
    command: ConfirmEmail,
    one_time: OneTimeSecrets,
    secrets: SecretRepository,
    users: UserRepository,
    clock: Clock,
) -> None:
    """Confirm the address."""
    secret = await one_time.use(command.token.get_secret_value(), Purpose.CONFIRM_EMAIL)
    user = await users.get(secret.user_id)
    user.confirm_email(at=clock.now())
    await withdraw_secrets(user.id, {Purpose.CONFIRM_EMAIL}, secrets, at=clock.now())


@handlers.handles(ResendConfirmation)
async def resend_confirmation(
    command: ResendConfirmation, throttle: SignInThrottle, scheduler: Scheduler, sealed_texts: SealedTexts
) -> None:
    """Leave it to a job that nobody can time."""
    await throttle.require_turn(f"mail {command.email}", None)
    scheduler.send_later(MailConfirmation(sealed=sealed_texts.seal(command.email, _PLACE)))


@handlers.handles(MailConfirmation)
async def mail_confirmation(
    command: MailConfirmation,
    people: People,
    users: UserRepository,
    one_time: OneTimeSecrets,
    mails: AccountMails,
    sealed_texts: SealedTexts,
) -> None:
    """Mail the link; if several people registered the address, one that lets its owner choose a password."""
    try:
        known = await people.by_email(Email(sealed_texts.unseal(command.sealed, _PLACE)))
    except NotFound:
        return
    user = await users.get(known.user_id)
    if user.email_confirmed_at is not None:
        return
    purpose, mail = (
        (Purpose.RESET_PASSWORD, AccountMail.RESET_PASSWORD)
        if user.password_hash is None
        else (Purpose.CONFIRM_EMAIL, AccountMail.CONFIRM_EMAIL)
    )
    mails.send(user.id, mail, token=await one_time.issue(user.id, purpose))
