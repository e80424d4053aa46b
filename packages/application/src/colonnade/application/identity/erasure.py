"""Erase somebody: what is theirs goes at once, their key right after, and what it sealed is read by nobody any more.

Tasks that they opened stay, by an erased person; open ones that they had are nobody's.
"""

import logging
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from colonnade.application.identity.people import People
from colonnade.application.identity.revoking import end_sessions, revoke_tokens
from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import (
    INTERNAL,
    SIGNED_IN,
    Caller,
    Command,
    Errand,
    Handlers,
    JobOptions,
    RetryPolicy,
)
from colonnade.application.operations import OperatorAct, OperatorActs
from colonnade.application.views import View
from colonnade.core import Clock, Conflict, Email, UserId, field
from colonnade.domain.identity import SessionRepository, UserRepository
from colonnade.domain.identity.device_grant import DeviceGrantRepository
from colonnade.domain.identity.personal_token import PersonalTokenRepository
from colonnade.domain.projects import ProjectRepository
from colonnade.domain.tasks import TaskRepository
from colonnade.domain.workspaces import LastOwner, Workspace, WorkspaceId, WorkspaceRepository

handlers = Handlers()

_log = logging.getLogger("colonnade.identity")

_AT_A_TIME = 100
_A_MONTH = 2_592_000


class StillOwner(Conflict):
    """Workspaces would be left without an owner: make somebody else one first. The facts name them."""

    code = "identity.still_owner"


class Belongings(Protocol):
    """What is somebody's, within the unit of work."""

    async def workspaces(self, user_id: UserId) -> Sequence[WorkspaceId]:
        """Return the workspaces that somebody belongs to."""
        ...

    def delete(self, user_id: UserId) -> None:
        """Delete every row that is theirs alone, when the unit of work is committed."""
        ...


class Keyring(Protocol):
    """The keys of people."""

    async def destroy(self, person_id: UUID, /) -> None:
        """Destroy somebody's key, for good and everywhere; a second time changes nothing.

        Raises:
            Unavailable: The database of keys does not answer.
        """
        ...


class EraseAccount(Command[None], name="identity.erase_account", requires=SIGNED_IN, step_up=True):
    """Erase your account and all that is known of you; nobody can undo it.

    You leave every workspace. One whose only owner you are needs another owner first.
    """


class ErasedView(View):
    """An account that is no more."""

    user_id: UserId


class ErasePerson(Command[ErasedView], name="identity.erase_person", requires=INTERNAL):
    """Erase the account with an address, for whoever looks after the service from its own machine."""

    email: Email


class ReleaseWork(Command[None], name="identity.release_work", requires=INTERNAL):
    """Let open tasks and projects that an erased person had in a workspace be nobody's."""

    workspace_id: WorkspaceId
    user_id: UserId


class LeaveWorkspaces(Command[None], name="identity.leave_workspaces", requires=INTERNAL):
    """Let somebody who was erased, and whom a restored backup has brought back, leave every workspace again.

    One whose only owner they are in that backup keeps them, and is for an operator to look at.
    """

    user_id: UserId


class DestroyKey(
    Errand[None],
    name="identity.destroy_key",
    requires=INTERNAL,
    job=JobOptions(priority=-10, retries=RetryPolicy(attempts=50, outage_seconds=_A_MONTH)),
):
    """Destroy the key of an erased person."""

    user_id: UserId


class Eraser:
    """Erases people, within the unit of work."""

    def __init__(
        self,
        users: UserRepository,
        sessions: SessionRepository,
        grants: DeviceGrantRepository,
        tokens: PersonalTokenRepository,
        workspaces: WorkspaceRepository,
        belongings: Belongings,
        scheduler: Scheduler,
        clock: Clock,
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._grants = grants
        self._tokens = tokens
        self._workspaces = workspaces
        self._belongings = belongings
        self._scheduler = scheduler
        self._clock = clock

    async def erase(self, user_id: UserId) -> None:
        """Erase somebody.

        Sessions and tokens are ended one by one, since other processes remember them until they hear of it; all else
        that is theirs alone is deleted.

        Raises:
            StillOwner: They are the last owner of a workspace.
        """
        now = self._clock.now()
        if needed := await self.leave_workspaces(user_id):
            raise StillOwner(
                f"make somebody else an owner first: {', '.join(str(workspace.name) for workspace in needed)}",
                workspaces=[str(workspace.id) for workspace in needed],
            )
        await end_sessions(user_id, self._sessions, self._grants, at=now)
        await revoke_tokens(user_id, self._tokens, at=now)
        (await self._users.get(user_id)).erase(at=now)
        self._belongings.delete(user_id)
        self._scheduler.send_later(DestroyKey(user_id=user_id))

    async def leave_workspaces(self, user_id: UserId) -> list[Workspace]:
        """Let somebody leave every workspace that does not need them; return those that do."""
        needed = []
        for place in await self._belongings.workspaces(user_id):
            workspace = await self._workspaces.get(place)
            try:
                workspace.remove_member(user_id, by=user_id)
            except LastOwner:
                needed.append(workspace)
            else:
                self._scheduler.send_later(ReleaseWork(workspace_id=workspace.id, user_id=user_id))
        return needed


@handlers.handles(EraseAccount)
async def erase_account(command: EraseAccount, caller: Caller, eraser: Eraser) -> None:
    """Erase the caller."""
    await eraser.erase(caller.user_id)


@handlers.handles(ErasePerson)
async def erase_person(command: ErasePerson, people: People, eraser: Eraser, acts: OperatorActs) -> ErasedView:
    """Erase the person with this address, and note who did it."""
    user_id = (await people.by_email(command.email)).user_id
    await eraser.erase(user_id)
    acts.note(OperatorAct.of(command.wire_name, str(user_id)))
    return ErasedView(user_id=user_id)


@handlers.handles(LeaveWorkspaces)
async def leave_workspaces(command: LeaveWorkspaces, eraser: Eraser) -> None:
    """Let them leave what can be left."""
    for workspace in await eraser.leave_workspaces(command.user_id):
        _log.warning("workspace %s is owned by nobody but an erased person: appoint an owner", workspace.id)


@handlers.handles(ReleaseWork)
async def release_work(
    command: ReleaseWork, tasks: TaskRepository, projects: ProjectRepository, scheduler: Scheduler, clock: Clock
) -> None:
    """Unassign some tasks and projects, and the rest in transactions of their own."""
    theirs = (
        (field("assignee_id") == command.user_id)
        & (field("completed_at") == None)  # noqa: E711 - a comparison as data
        & (field("deleted_at") == None)  # noqa: E711 - a comparison as data
    )
    had = await tasks.matching(theirs, limit=_AT_A_TIME)
    for task in had:
        task.assign(None, at=clock.now())
    led = await projects.matching(field("lead_id") == command.user_id, limit=_AT_A_TIME)
    for project in led:
        project.be_led_by(None)
    if _AT_A_TIME in (len(had), len(led)):
        scheduler.send_later(command)


@handlers.handles(DestroyKey)
async def destroy_key(errand: DestroyKey, keyring: Keyring) -> None:
    """Destroy the key; it is tried again until it is done."""
    await keyring.destroy(errand.user_id)
