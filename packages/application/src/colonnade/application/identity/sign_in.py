"""Sign in with a password, stay signed in, prove once more who you are."""

import secrets
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from colonnade.application.identity.devices import device_of
from colonnade.application.identity.one_time import hashed
from colonnade.application.identity.opening import SignIns
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import (
    Attempts,
    Credential,
    Credentials,
    IdentitySettings,
    PasswordHasher,
    SignInThrottle,
)
from colonnade.application.identity.secrets import Password, WireSecret
from colonnade.application.identity.views import TokenPair
from colonnade.application.messaging import PUBLIC, SIGNED_IN, Caller, Command, Context, Handlers
from colonnade.core import Clock, Email, NotFound, Unauthenticated
from colonnade.domain.identity import RefreshRefused, SessionId, SessionRepository, SignInAttempt, UserRepository

handlers = Handlers()

_REFUSED = "the e-mail address or the password is wrong, or the address was not confirmed yet"


class SignInRefused(Unauthenticated):
    """No such account, another password, or an address that was never confirmed: which of these is not said."""

    code = "identity.sign_in_refused"
    keeps_changes = True


class SignIn(Command[TokenPair], name="identity.sign_in", requires=PUBLIC):
    """Sign in with a password. Whoever has set up a second factor is asked for it next."""

    email: Email
    password: Password


class Refresh(Command[TokenPair], name="identity.refresh", requires=PUBLIC):
    """Exchange a refresh token for new tokens; it is good once, and a second use ends the session."""

    refresh_token: Annotated[WireSecret, Field(min_length=1, max_length=200)]


class ProveIdentity(Command[TokenPair], name="identity.prove", requires=SIGNED_IN):
    """Type your password once more, so that sensitive messages are let through for a while."""

    password: Password


@handlers.handles(SignIn)
async def sign_in(
    command: SignIn,
    credentials: Credentials,
    hasher: PasswordHasher,
    throttle: SignInThrottle,
    attempts: Attempts,
    users: UserRepository,
    sign_ins: SignIns,
    context: Context,
) -> TokenPair:
    """Check the password, then open a session; the check takes as long for an unknown address.

    Who changes a password signs out whoever has the old one, so what was changed during the check opens nothing.
    """
    password, account = command.password.get_secret_value(), str(command.email)
    address = context.origin.address if context.origin else None
    await throttle.require_turn(account, address)
    credential = await credentials.find(command.email)
    right = await hasher.verify(password, credential.password_hash if credential else None)
    if credential is None or not right or not credential.confirmed:
        locked_until = await throttle.failed(account, address)
        attempts.note(_failure(credential, right=right, locked_until=locked_until))
        raise SignInRefused(_REFUSED)
    is_outdated = credential.password_hash is not None and hasher.is_outdated(credential.password_hash)
    fresh = await hasher.hash(password) if is_outdated else None
    user = await users.get(credential.user_id)
    if user.password_hash != credential.password_hash:
        raise SignInRefused(_REFUSED)
    await throttle.succeeded(account, address)
    if fresh is not None:
        user.rehash_password(fresh)
    return await sign_ins.proceed(credential.user_id, {"pwd"})


@handlers.handles(Refresh)
async def refresh(
    command: Refresh,
    sessions: SessionRepository,
    sign_ins: SignIns,
    settings: IdentitySettings,
    clock: Clock,
    context: Context,
) -> TokenPair:
    """Rotate the refresh token of a session."""
    session_id, _, secret = command.refresh_token.get_secret_value().partition(".")
    try:
        session = await sessions.get(SessionId(UUID(session_id)))
    except (NotFound, ValueError):
        raise RefreshRefused("this is not a refresh token of ours: sign in again") from None
    next_secret = secrets.token_urlsafe(32)
    session.refresh(
        hashed(secret),
        next_hash=hashed(next_secret),
        device=device_of(context),
        at=clock.now(),
        lifetimes=settings.lifetimes,
    )
    return sign_ins.pair(session, next_secret)


@handlers.handles(ProveIdentity)
async def prove_identity(
    command: ProveIdentity,
    caller: Caller,
    people: People,
    credentials: Credentials,
    hasher: PasswordHasher,
    throttle: SignInThrottle,
    attempts: Attempts,
    sign_ins: SignIns,
    context: Context,
) -> TokenPair:
    """Check the password of whoever is signed in, then give them tokens that say so."""
    account = (await people.by_id(caller.user_id)).email
    address = context.origin.address if context.origin else None
    await throttle.require_turn(account, address)
    credential = await credentials.find(Email(account))
    if credential is None or not await hasher.verify(command.password.get_secret_value(), credential.password_hash):
        locked_until = await throttle.failed(account, address)
        attempts.note(SignInAttempt.failed(caller.user_id, "password", locked_until=locked_until))
        raise SignInRefused("the password is wrong")
    await throttle.succeeded(account, address)
    return await sign_ins.prove(caller, {"pwd"})


def _failure(credential: Credential | None, *, right: bool, locked_until: datetime | None) -> SignInAttempt:
    if credential is None:
        return SignInAttempt.failed(None, "no_account", locked_until=locked_until)
    return SignInAttempt.failed(credential.user_id, "not_confirmed" if right else "password", locked_until=locked_until)
