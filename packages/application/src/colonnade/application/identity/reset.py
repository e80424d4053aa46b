"""Choose another password when the old one is forgotten, by the link in a mail."""

from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import AccountMail, PasswordRules, SealedTexts, SecretOwners
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import PasswordHasher, SignInThrottle
from colonnade.application.identity.revoking import ACCOUNT_LINKS, end_sessions, withdraw_secrets
from colonnade.application.identity.secrets import NewPassword
from colonnade.application.identity.verification import LinkToken
from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import INTERNAL, PUBLIC, Command, Handlers
from colonnade.core import Clock, Email, NotFound
from colonnade.domain.identity import Purpose, SecretRepository, SessionRepository, UserRepository
from colonnade.domain.identity.device_grant import DeviceGrantRepository

handlers = Handlers()

_PLACE = "password reset"


class RequestPasswordReset(Command[None], name="identity.request_password_reset", requires=PUBLIC):
    """Have a link mailed by which to choose another password; the answer is the same for every address."""

    email: Email


class MailPasswordReset(Command[None], name="identity.mail_password_reset", requires=INTERNAL):
    """Mail the link, if the address has an account.

    Attributes:
        sealed: The address.
    """

    sealed: str


class ResetPassword(Command[None], name="identity.reset_password", requires=PUBLIC):
    """Choose another password with the link that was mailed. It ends all your sessions and begins none."""

    token: LinkToken
    password: NewPassword


@handlers.handles(RequestPasswordReset)
async def request_password_reset(
    command: RequestPasswordReset, throttle: SignInThrottle, scheduler: Scheduler, sealed_texts: SealedTexts
) -> None:
    """Leave it to a job that nobody can time."""
    await throttle.require_turn(f"mail {command.email}", None)
    scheduler.send_later(MailPasswordReset(sealed=sealed_texts.seal(command.email, _PLACE)))


@handlers.handles(MailPasswordReset)
async def mail_password_reset(
    command: MailPasswordReset,
    people: People,
    one_time: OneTimeSecrets,
    mails: AccountMails,
    sealed_texts: SealedTexts,
) -> None:
    """Mail the link to the address that the account has."""
    try:
        known = await people.by_email(Email(sealed_texts.unseal(command.sealed, _PLACE)))
    except NotFound:
        return
    token = await one_time.issue(known.user_id, Purpose.RESET_PASSWORD)
    mails.send(known.user_id, AccountMail.RESET_PASSWORD, token=token)


@handlers.handles(ResetPassword)
async def reset_password(
    command: ResetPassword,
    owners: SecretOwners,
    people: People,
    rules: PasswordRules,
    hasher: PasswordHasher,
    one_time: OneTimeSecrets,
    secrets: SecretRepository,
    users: UserRepository,
    sessions: SessionRepository,
    grants: DeviceGrantRepository,
    clock: Clock,
) -> None:
    """Change the password and end what the old one gave; whoever reads the mail owns the address, too."""
    token, password = command.token.get_secret_value(), command.password.get_secret_value()
    person = await people.by_id(await owners.owner_of(token))
    await rules.require_good(password, about=(person.email, person.name))
    password_hash = await hasher.hash(password)
    secret = await one_time.use(token, Purpose.RESET_PASSWORD)
    user, now = await users.get(secret.user_id), clock.now()
    user.change_password(password_hash)
    user.confirm_email(at=now)
    await withdraw_secrets(user.id, {*ACCOUNT_LINKS, Purpose.CONFIRM_EMAIL}, secrets, at=now)
    await end_sessions(user.id, sessions, grants, at=now)
