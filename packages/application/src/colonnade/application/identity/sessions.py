"""The devices that somebody is signed in on, and signing out: here, there and everywhere."""

from datetime import datetime
from uuid import UUID

from colonnade.application.identity.people import People
from colonnade.application.identity.revoking import end_sessions, revoke_tokens
from colonnade.application.messaging import SIGNED_IN, Caller, Command, Handlers, Query
from colonnade.application.operations import OperationsPermission, OperatorAct, OperatorActs
from colonnade.application.views import View
from colonnade.core import Clock, Email, NotFound, Page, UserId
from colonnade.domain.identity import SessionId, SessionRepository
from colonnade.domain.identity.device_grant import DeviceGrantRepository
from colonnade.domain.identity.personal_token import PersonalTokenRepository

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


class SignedOut(View):
    """Somebody who was signed out, and how much of theirs ended: sessions, and the personal tokens of programs."""

    user_id: UserId
    sessions: int
    programs: int


class SignOutPerson(
    Command[SignedOut], name="identity.sign_out_person", requires=OperationsPermission.MANAGE, step_up=True
):
    """Sign somebody out on all their devices, at once; on request, their personal tokens are good no more either."""

    email: Email
    programs_too: bool = False


@handlers.handles(SignOut)
async def sign_out(command: SignOut, caller: Caller, sessions: SessionRepository, clock: Clock) -> None:
    """End the caller's session."""
    if caller.session_id is not None:
        session = await sessions.get(SessionId(caller.session_id))
        session.end(at=clock.now())


@handlers.handles(SignOutEverywhere)
async def sign_out_everywhere(
    command: SignOutEverywhere,
    caller: Caller,
    sessions: SessionRepository,
    grants: DeviceGrantRepository,
    clock: Clock,
) -> int:
    """End the caller's sessions."""
    kept = caller.session_id if command.keep_this else None
    return await end_sessions(caller.user_id, sessions, grants, at=clock.now(), keep=kept)


@handlers.handles(RevokeSession)
async def revoke_session(command: RevokeSession, caller: Caller, sessions: SessionRepository, clock: Clock) -> None:
    """End one of the caller's sessions."""
    session = await sessions.get(SessionId(command.session_id))
    if session.user_id != caller.user_id:
        raise NotFound("there is no such session")
    session.end(at=clock.now())


@handlers.handles(SignOutPerson)
async def sign_out_person(
    command: SignOutPerson,
    people: People,
    sessions: SessionRepository,
    grants: DeviceGrantRepository,
    tokens: PersonalTokenRepository,
    acts: OperatorActs,
    clock: Clock,
) -> SignedOut:
    """End the sessions of the person with this address, and note who did it."""
    user_id, now = (await people.by_email(command.email)).user_id, clock.now()
    ended = await end_sessions(user_id, sessions, grants, at=now)
    revoked = await revoke_tokens(user_id, tokens, at=now) if command.programs_too else 0
    acts.note(OperatorAct.of(command.wire_name, str(user_id)))
    return SignedOut(user_id=user_id, sessions=ended, programs=revoked)
