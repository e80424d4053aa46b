"""The devices that somebody is signed in on, and signing out: here, there and everywhere."""

from datetime import datetime
from uuid import UUID

from colonnade.application.identity.revoking import end_sessions
from colonnade.application.messaging import SIGNED_IN, Caller, Command, Handlers, Query
from colonnade.application.views import View
from colonnade.core import Clock, NotFound, Page
from colonnade.domain.identity import SessionId, SessionRepository

handlers = Handlers()


class SessionView(View):
    """A sign-in on a device.

    Attributes:
        device: What people know the device by.
        address: Where it was last used from.
        used_at: When the sign-in was last carried on, to within the life of an access token.
        here: Whether it is the one that asks.
    """

    id: UUID
    device: str
    address: str | None
    methods: tuple[str, ...]
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    here: bool


class SignOut(Command[None], name="identity.sign_out", requires=SIGNED_IN):
    """End the session that this is sent in."""


class SignOutEverywhere(Command[int], name="identity.sign_out_everywhere", requires=SIGNED_IN):
    """End all your sessions, or all but this one; answers with how many."""

    keep_this: bool = False


class ListSessions(Query[Page[SessionView]], name="sessions.list", requires=SIGNED_IN):
    """List where you are signed in, the last used first."""


class RevokeSession(Command[None], name="sessions.revoke", requires=SIGNED_IN):
    """Sign one of your devices out, at once."""

    session_id: UUID


@handlers.handles(SignOut)
async def sign_out(command: SignOut, caller: Caller, sessions: SessionRepository, clock: Clock) -> None:
    """End the caller's session."""
    if caller.session_id is not None:
        session = await sessions.get(SessionId(caller.session_id))
        session.end(at=clock.now())


@handlers.handles(SignOutEverywhere)
async def sign_out_everywhere(
    command: SignOutEverywhere, caller: Caller, sessions: SessionRepository, clock: Clock
) -> int:
    """End the caller's sessions."""
    kept = caller.session_id if command.keep_this else None
    return await end_sessions(caller.user_id, sessions, at=clock.now(), keep=kept)


@handlers.handles(RevokeSession)
async def revoke_session(command: RevokeSession, caller: Caller, sessions: SessionRepository, clock: Clock) -> None:
    """End one of the caller's sessions."""
    session = await sessions.get(SessionId(command.session_id))
    if session.user_id != caller.user_id:
        raise NotFound("there is no such session")
    session.end(at=clock.now())
