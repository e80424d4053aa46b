"""Make an account, look at it, and say what one is called.

Where addresses are confirmed, registration does the same work and gives the same answer whether or not the address has
an account; a job then finds out, and the mail that it sends is read by the address's owner alone.
"""

import json
from typing import Literal

from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import AccountMail, NameRules, PasswordRules, SealedTexts
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import IdentitySettings, PasswordHasher, SignInThrottle
from colonnade.application.identity.revoking import withdraw_secrets
from colonnade.application.identity.secrets import NewPassword
from colonnade.application.identity.views import UserView
from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import INTERNAL, PUBLIC, SIGNED_IN, Caller, Command, Handlers, Query
from colonnade.application.views import View
from colonnade.core import Clock, Email, NotFound, PersonName, UserId, new_id
from colonnade.domain.identity import Purpose, SecretRepository, User, UserRepository

handlers = Handlers()

_PLACE = "registration"


class RegistrationView(View):
    """How a registration goes on.

    Attributes:
        state: Whether the link in a mail is the next step, or the account can be used.
        user_id: The account, once it can be used; before, nobody learns whether there is one.
    """

    email: str
    state: Literal["confirm", "ready"]
    user_id: UserId | None = None


class Register(Command[RegistrationView], name="identity.register", requires=PUBLIC):
    """Make an account."""

    email: Email
    name: PersonName
    password: NewPassword


class MakeAccount(Command[None], name="identity.make_account", requires=INTERNAL):
    """Make the account that somebody registered for, or tell its owner that they have one.

    Attributes:
        sealed: Address, name and hash of the password.
    """

    sealed: str


class RenamePerson(Command[UserView], name="identity.rename", requires=SIGNED_IN):
    """Say what you are called."""

    name: PersonName


class WhoAmI(Query[UserView], name="identity.who_am_i", requires=SIGNED_IN, open_to_tokens=True):
    """Show who is signed in."""


@handlers.handles(Register)
async def register(
    command: Register,
    users: UserRepository,
    hasher: PasswordHasher,
    rules: PasswordRules,
    names: NameRules,
    throttle: SignInThrottle,
    settings: IdentitySettings,
    scheduler: Scheduler,
    sealed_texts: SealedTexts,
    clock: Clock,
) -> RegistrationView:
    """Hash the password, then make the account at once or leave it to a job that nobody can time."""
    names.require_clear_name(command.name)
    names.require_clear_address(command.email)
    if settings.confirm_email:
        await throttle.require_turn(f"mail {command.email}", None)
    password = command.password.get_secret_value()
    await rules.require_good(password, about=(command.email, command.name))
    password_hash = await hasher.hash(password)
    if settings.confirm_email:
        said = {"email": str(command.email), "name": str(command.name), "password_hash": password_hash}
        scheduler.send_later(MakeAccount(sealed=sealed_texts.seal(json.dumps(said), _PLACE)))
        return RegistrationView(email=command.email, state="confirm")
    user = User.register(
        new_id(UserId), email=command.email, name=command.name, password_hash=password_hash, at=clock.now()
    )
    await users.add(user)
    return RegistrationView(email=command.email, state="ready", user_id=user.id)


@handlers.handles(MakeAccount)
async def make_account(
    command: MakeAccount,
    people: People,
    users: UserRepository,
    one_time: OneTimeSecrets,
    secrets: SecretRepository,
    mails: AccountMails,
    sealed_texts: SealedTexts,
    clock: Clock,
) -> None:
    """Make it and mail the link that confirms its address.

    If an address that was never confirmed is registered again, nobody knows whose password it is that would be
    confirmed: none is good any more, and the link lets whoever reads the mail choose one.
    """
    said = json.loads(sealed_texts.unseal(command.sealed, _PLACE))
    email, name = Email(said["email"]), PersonName(said["name"])
    try:
        known = await people.by_email(email)
    except NotFound:
        user = User.register(
            new_id(UserId), email=email, name=name, password_hash=said["password_hash"], at=clock.now()
        )
        await users.add(user)
        mails.send(user.id, AccountMail.CONFIRM_EMAIL, token=await one_time.issue(user.id, Purpose.CONFIRM_EMAIL))
        return
    user = await users.get(known.user_id)
    if user.email_confirmed_at is not None:
        mails.send(user.id, AccountMail.ACCOUNT_EXISTS)
        return
    user.withdraw_password()
    await withdraw_secrets(user.id, {Purpose.CONFIRM_EMAIL}, secrets, at=clock.now())
    mails.send(user.id, AccountMail.RESET_PASSWORD, token=await one_time.issue(user.id, Purpose.RESET_PASSWORD))


@handlers.handles(RenamePerson)
async def rename_person(command: RenamePerson, caller: Caller, names: NameRules, users: UserRepository) -> UserView:
    """Rename the caller."""
    names.require_clear_name(command.name)
    user = await users.get(caller.user_id)
    user.rename(command.name)
    return UserView.of(user)
