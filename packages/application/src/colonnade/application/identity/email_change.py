"""Take another address: asked for while signed in, confirmed by a link that is mailed to it, told to the old one."""

from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import AccountMail, NameRules, SealedTexts
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import SignInThrottle
from colonnade.application.identity.revoking import ACCOUNT_LINKS, withdraw_secrets
from colonnade.application.identity.verification import LinkToken
from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import INTERNAL, PUBLIC, SIGNED_IN, Caller, Command, Handlers
from colonnade.core import Clock, Email, Invalid, NotFound, UserId
from colonnade.domain.identity import Purpose, SecretRefused, SecretRepository, UserRepository

handlers = Handlers()


class RequestEmailChange(Command[None], name="identity.request_email_change", requires=SIGNED_IN, step_up=True):
    """Have a link mailed to another address of yours; the answer is the same if somebody else has it."""

    email: Email


class MailEmailChange(Command[None], name="identity.mail_email_change", requires=INTERNAL):
    """Mail the link, if nobody has the address, and a notice to the present one.

    Attributes:
        sealed: The new address.
    """

    user_id: UserId
    sealed: str


class ConfirmEmailChange(Command[None], name="identity.confirm_email_change", requires=PUBLIC):
    """Take the address that the link was mailed to; this signs nobody in."""

    token: LinkToken


@handlers.handles(RequestEmailChange)
async def request_email_change(
    command: RequestEmailChange,
    caller: Caller,
    names: NameRules,
    throttle: SignInThrottle,
    scheduler: Scheduler,
    sealed_texts: SealedTexts,
) -> None:
    """Leave it to a job that nobody can time."""
    names.require_clear_address(command.email)
    await throttle.require_turn(f"mail {command.email}", None)
    sealed = sealed_texts.seal(command.email, _place(caller.user_id))
    scheduler.send_later(MailEmailChange(user_id=caller.user_id, sealed=sealed))


@handlers.handles(MailEmailChange)
async def mail_email_change(
    command: MailEmailChange,
    people: People,
    secrets: SecretRepository,
    one_time: OneTimeSecrets,
    mails: AccountMails,
    sealed_texts: SealedTexts,
    clock: Clock,
) -> None:
    """Mail both addresses; the owner of an address that is taken learns that they have an account."""
    person = await people.by_id(command.user_id)
    email = Email(sealed_texts.unseal(command.sealed, _place(command.user_id)))
    mails.send(person.user_id, AccountMail.EMAIL_CHANGE_REQUESTED, to=person.email)
    try:
        owner = await people.by_email(email)
    except NotFound:
        await withdraw_secrets(person.user_id, {Purpose.CHANGE_EMAIL}, secrets, at=clock.now())
        token = await one_time.issue(person.user_id, Purpose.CHANGE_EMAIL, facts=command.sealed)
        mails.send(person.user_id, AccountMail.CHANGE_EMAIL, to=email, token=token)
    else:
        mails.send(owner.user_id, AccountMail.ACCOUNT_EXISTS)


@handlers.handles(ConfirmEmailChange)
async def confirm_email_change(
    command: ConfirmEmailChange,
    one_time: OneTimeSecrets,
    secrets: SecretRepository,
    users: UserRepository,
    mails: AccountMails,
    sealed_texts: SealedTexts,
    clock: Clock,
) -> None:
    """Change the address, tell the old one, and let links that were mailed there be good no more."""
    secret = await one_time.use(command.token.get_secret_value(), Purpose.CHANGE_EMAIL)
    user, now = await users.get(secret.user_id), clock.now()
    try:
        email = Email(sealed_texts.unseal(secret.facts or "", _place(user.id)))
    except Invalid as error:
        raise SecretRefused("this is not good, or not any more: ask for another one") from error
    mails.send(user.id, AccountMail.EMAIL_CHANGED, to=user.email)
    user.change_email(email, at=now)
    await withdraw_secrets(user.id, {*ACCOUNT_LINKS, Purpose.CONFIRM_EMAIL}, secrets, at=now)


def _place(user_id: UserId) -> str:
    return f"another address of {user_id}"
