"""End the sessions of somebody else, as a step of a process."""

from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import Clock, UserId, field
from colonnade.domain.identity import SessionRepository

handlers = Handlers()

_AT_A_TIME = 200


class EndSessions(Command[int], name="identity.end_sessions", requires=INTERNAL):
    """End up to 200 sessions of somebody; answers with how many."""

    user_id: UserId


@handlers.handles(EndSessions)
async def end_sessions(command: EndSessions, sessions: SessionRepository, clock: Clock) -> int:
    """End the sessions that have not ended."""
    theirs = (field("user_id") == command.user_id) & (field("ended_at") == None)  # noqa: E711 - a comparison as data
    open_sessions = await sessions.matching(theirs, limit=_AT_A_TIME)
    for session in open_sessions:
        session.end(at=clock.now())
    return len(open_sessions)
