"""End the sessions of somebody else, as a step of a process."""

from colonnade.application.identity.revoking import end_sessions
from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import Clock, UserId
from colonnade.domain.identity import SessionRepository
from colonnade.domain.identity.device_grant import DeviceGrantRepository

handlers = Handlers()


class EndSessions(Command[int], name="identity.end_sessions", requires=INTERNAL):
    """End the sessions of somebody; answers with how many."""

    user_id: UserId


@handlers.handles(EndSessions)
async def end_somebodys_sessions(
    command: EndSessions, sessions: SessionRepository, grants: DeviceGrantRepository, clock: Clock
) -> int:
    """End the sessions that have not ended."""
    return await end_sessions(command.user_id, sessions, grants, at=clock.now())
