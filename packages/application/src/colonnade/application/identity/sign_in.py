"""Sign in, stay signed in, sign out."""

import hashlib
import secrets
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from colonnade.application.identity.ports import Credentials, PasswordHasher, SessionSettings, TokenIssuer
from colonnade.application.identity.secrets import Password, WireSecret
from colonnade.application.identity.views import TokenPair
from colonnade.application.messaging import PUBLIC, SIGNED_IN, Caller, Command, Handlers
from colonnade.core import Clock, Email, NotFound, Unauthenticated, new_id
from colonnade.domain.identity import RefreshRefused, Session, SessionId, SessionRepository

handlers = Handlers()


class SignInRefused(Unauthenticated):
    """No such account, or another password: which of the two is not said."""

    code = "identity.sign_in_refused"


class SignIn(Command[TokenPair], name="identity.sign_in", requires=PUBLIC):
    """Sign in with a password."""

    email: Email
    password: Password


class Refresh(Command[TokenPair], name="identity.refresh", requires=PUBLIC):
    """Exchange a refresh token for new tokens; it is good once, and a second use ends the session."""

    refresh_token: Annotated[WireSecret, Field(min_length=1, max_length=200)]


class SignOut(Command[None], name="identity.sign_out", requires=SIGNED_IN):
    """End the session that this is sent in."""


@handlers.handles(SignIn)
async def sign_in(
    command: SignIn,
    credentials: Credentials,
    hasher: PasswordHasher,
    sessions: SessionRepository,
    tokens: TokenIssuer,
    settings: SessionSettings,
    clock: Clock,
) -> TokenPair:
    """Check the password, then open a session; the check takes as long for an unknown address."""
    credential = await credentials.find(command.email)
    password_hash = credential.password_hash if credential else None
    right = await hasher.verify(command.password.get_secret_value(), password_hash)
    if credential is None or not right:
        raise SignInRefused("the e-mail address or the password is wrong")
    session_id, secret, now = new_id(SessionId), secrets.token_urlsafe(32), clock.now()
    session = Session.open(
        session_id,
        user_id=credential.user_id,
        refresh_hash=_hashed(secret),
        at=now,
        expires_at=now + timedelta(seconds=settings.refresh_seconds),
    )
    await sessions.add(session)
    return _pair(session, secret, tokens, clock)


@handlers.handles(Refresh)
async def refresh(
    command: Refresh, sessions: SessionRepository, tokens: TokenIssuer, settings: SessionSettings, clock: Clock
) -> TokenPair:
    """Rotate the refresh token of a session."""
    session_id, _, secret = command.refresh_token.get_secret_value().partition(".")
    try:
        session = await sessions.get(SessionId(UUID(session_id)))
    except (NotFound, ValueError):
        raise RefreshRefused("this is not a refresh token of ours: sign in again") from None
    now, next_secret = clock.now(), secrets.token_urlsafe(32)
    session.refresh(
        _hashed(secret),
        next_hash=_hashed(next_secret),
        at=now,
        expires_at=now + timedelta(seconds=settings.refresh_seconds),
    )
    return _pair(session, next_secret, tokens, clock)


@handlers.handles(SignOut)
async def sign_out(command: SignOut, caller: Caller, sessions: SessionRepository, clock: Clock) -> None:
    """End the caller's session."""
    if caller.session_id is not None:
        session = await sessions.get(SessionId(caller.session_id))
        session.end(at=clock.now())


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _pair(session: Session, secret: str, tokens: TokenIssuer, clock: Clock) -> TokenPair:
    access = tokens.issue(session.user_id, session.id, clock.now())
    return TokenPair(
        access_token=access.text, refresh_token=f"{session.id}.{secret}", expires_in=access.expires_in_seconds
    )
