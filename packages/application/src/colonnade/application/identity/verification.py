"""Show that an address is one's own, by the link in a mail."""

import json
from typing import Annotated

from pydantic import Field

from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import AccountMail, SealedTexts
from colonnade.application.identity.accounts import REGISTRATION
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import SignInThrottle
from colonnade.application.identity.revoking import withdraw_secrets
from colonnade.application.identity.secrets import WireSecret
from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import INTERNAL, PUBLIC, Command, Handlers
from colonnade.core import Clock, Email, NotFound, PersonName, field
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
    sealed_texts: SealedTexts,
    clock: Clock,
) -> None:
    """Confirm the address, with what was said in the registration that the link belongs to."""
    secret = await one_time.use(command.token.get_secret_value(), Purpose.CONFIRM_EMAIL)
    user = await users.get(secret.user_id)
    if secret.facts is not None and user.email_confirmed_at is None:
        said = json.loads(sealed_texts.unseal(secret.facts, f"{REGISTRATION} {user.id}"))
        user.change_password(said["password_hash"])
        user.rename(PersonName(said["name"]))
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
    secrets: SecretRepository,
    one_time: OneTimeSecrets,
    mails: AccountMails,
    sealed_texts: SealedTexts,
) -> None:
    """Mail the link; if several people registered the address, one that lets its owner choose a password."""
    try:
        known = await people.by_email(Email(sealed_texts.unseal(command.sealed, _PLACE)))
    except NotFound:
        return
    if (await users.get(known.user_id)).email_confirmed_at is not None:
        return
    handed_out = await secrets.matching(field("user_id") == known.user_id, limit=1000)
    if any(secret.purpose is Purpose.CONFIRM_EMAIL and secret.facts is not None for secret in handed_out):
        token = await one_time.issue(known.user_id, Purpose.RESET_PASSWORD)
        mails.send(known.user_id, AccountMail.RESET_PASSWORD, token=token)
        return
    token = await one_time.issue(known.user_id, Purpose.CONFIRM_EMAIL)
    mails.send(known.user_id, AccountMail.CONFIRM_EMAIL, token=token)
