"""End the sessions of somebody else, as a step of a process."""

from colonnade.application.identity.erasure import Belongings
from colonnade.application.identity.revoking import end_sessions
from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import Clock, UserId
from colonnade.domain.identity import SessionRepository
from colonnade.domain.identity.device_grant import DeviceGrantRepository
from colonnade.domain.workspaces import WorkspaceId

handlers = Handlers()


class EndSessions(Command[int], name="identity.end_sessions", requires=INTERNAL):
    """End the sessions of somebody who leaves a workspace, if it is the only one that they are in.

    What they may do elsewhere is not for one workspace to end: there they go on, and here they are not let in any
    more at the next request in any case. Answers with how many ended.
    """

    user_id: UserId
    leaving: WorkspaceId


@handlers.handles(EndSessions)
async def end_somebodys_sessions(
    command: EndSessions,
    belongings: Belongings,
    sessions: SessionRepository,
    grants: DeviceGrantRepository,
    clock: Clock,
) -> int:
    """End the sessions that have not ended."""
    if set(await belongings.workspaces(command.user_id)) - {command.leaving}:
        return 0
    return await end_sessions(command.user_id, sessions, grants, at=clock.now())
