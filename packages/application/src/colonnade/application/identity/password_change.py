"""Choose another password while signed in."""

from colonnade.application.identity.account_ports import PasswordRules
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import Attempts, Credentials, PasswordHasher, SignInThrottle
from colonnade.application.identity.revoking import ACCOUNT_LINKS, end_sessions, withdraw_secrets
from colonnade.application.identity.secrets import NewPassword, Password
from colonnade.application.identity.sign_in import SignInRefused
from colonnade.application.messaging import SIGNED_IN, Caller, Command, Context, Handlers
from colonnade.core import Clock, Email
from colonnade.domain.identity import SecretRepository, SessionRepository, SignInAttempt, UserRepository
from colonnade.domain.identity.device_grant import DeviceGrantRepository

handlers = Handlers()


class ChangePassword(Command[None], name="identity.change_password", requires=SIGNED_IN, step_up=True):
    """Choose another password; it ends all your sessions but this one."""

    current: Password
    new: NewPassword


@handlers.handles(ChangePassword)
async def change_password(
    command: ChangePassword,
    caller: Caller,
    people: People,
    credentials: Credentials,
    rules: PasswordRules,
    hasher: PasswordHasher,
    throttle: SignInThrottle,
    attempts: Attempts,
    users: UserRepository,
    secrets: SecretRepository,
    sessions: SessionRepository,
    grants: DeviceGrantRepository,
    clock: Clock,
    context: Context,
) -> None:
    """Check the present password, and change it; both take long and come before the unit of work is opened."""
    new, person = command.new.get_secret_value(), await people.by_id(caller.user_id)
    address = context.origin.address if context.origin else None
    await throttle.require_turn(person.email, address)
    credential = await credentials.find(Email(person.email))
    password_hash = credential.password_hash if credential else None
    if not await hasher.verify(command.current.get_secret_value(), password_hash):
        locked_until = await throttle.failed(person.email, address)
        attempts.note(SignInAttempt.failed(caller.user_id, "password", locked_until=locked_until))
        raise SignInRefused("the present password is wrong")
    await throttle.succeeded(person.email, address)
    await rules.require_good(new, about=(person.email, person.name))
    new_hash, now = await hasher.hash(new), clock.now()
    user = await users.get(caller.user_id)
    if user.password_hash != password_hash:
        raise SignInRefused("the present password is wrong")
    user.change_password(new_hash)
    await withdraw_secrets(caller.user_id, ACCOUNT_LINKS, secrets, at=now)
    await end_sessions(caller.user_id, sessions, grants, at=now, keep=caller.session_id)
