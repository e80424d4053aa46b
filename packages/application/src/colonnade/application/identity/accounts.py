"""Make an account and look at it."""

from colonnade.application.identity.ports import PasswordHasher
from colonnade.application.identity.secrets import NewPassword
from colonnade.application.identity.views import UserView
from colonnade.application.messaging import PUBLIC, SIGNED_IN, Command, Handlers, Query
from colonnade.core import Clock, Email, PersonName, UserId, new_id
from colonnade.domain.identity import User, UserRepository

handlers = Handlers()


class Register(Command[UserView], name="identity.register", requires=PUBLIC):
    """Make an account."""

    email: Email
    name: PersonName
    password: NewPassword


class WhoAmI(Query[UserView], name="identity.who_am_i", requires=SIGNED_IN):
    """Show who is signed in."""


@handlers.handles(Register)
async def register(command: Register, users: UserRepository, hasher: PasswordHasher, clock: Clock) -> UserView:
    """Make an account with a hashed password."""
    password_hash = await hasher.hash(command.password.get_secret_value())
    user = User.register(
        new_id(UserId), email=command.email, name=command.name, password_hash=password_hash, at=clock.now()
    )
    await users.add(user)
    return UserView.of(user)
