"""Member off-boarding: a process that takes somebody out of a workspace and leaves nothing of theirs behind."""

from typing import Any, NewType
from uuid import UUID

from colonnade.application.identity.ending import EndSessions
from colonnade.application.messaging import INTERNAL, Caller, Command, Handlers
from colonnade.application.notifications.news import PERSON, PERSON_ID, Facts, News
from colonnade.application.notifications.telling import Notifier
from colonnade.application.processes import Process, ProcessEngine, ProcessId, Step
from colonnade.application.projects.handing_over import HandBackProjects, HandOverProjects
from colonnade.application.tasks.handing_over import HandBackTasks, HandedOver, HandOverTasks
from colonnade.application.views import View
from colonnade.application.workspaces.membership import EndMembership, TakeMembershipBack
from colonnade.core import Invalid, UserId, new_id
from colonnade.domain.notifications import Kind
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import Permission, Role, RoleName, WorkspaceId, WorkspaceRepository

handlers = Handlers()

OffboardingId = NewType("OffboardingId", UUID)


class OffboardingState(View):
    """What the process knows.

    Attributes:
        user_id: Who leaves.
        heir_id: Who takes over what they have.
        by: Who wants it.
        task_ids: The tasks that the heir got.
        project_ids: The projects that the heir leads now.
        role: The role that they had.
        own_role: The role of the workspace's own that they had on top.
    """

    offboarding_id: UUID
    workspace_id: WorkspaceId
    user_id: UserId
    heir_id: UserId
    by: UserId
    task_ids: tuple[TaskId, ...] = ()
    more_tasks: bool = False
    project_ids: tuple[ProjectId, ...] = ()
    role: Role | None = None
    own_role: RoleName | None = None

    def to_heir(self) -> dict[str, Any]:
        """Return what every handing-over needs."""
        return {"workspace_id": self.workspace_id, "from_user": self.user_id, "to_user": self.heir_id}

    def from_heir(self) -> dict[str, Any]:
        """Return what every handing-back needs."""
        return {"workspace_id": self.workspace_id, "from_user": self.heir_id, "to_user": self.user_id}


class TellOwners(Command[None], name="workspaces.tell_owners", requires=INTERNAL):
    """Tell the owners of a workspace that a process has finished."""

    workspace_id: WorkspaceId
    thread: str
    facts: Facts
    event_id: UUID


class OffboardingView(View):
    """A process that was started."""

    process_id: ProcessId


class OffboardMember(Command[OffboardingView], name="workspaces.offboard_member", requires=Permission.MEMBER_MANAGE):
    """Take somebody out of a workspace: hand over what they have, end their membership, tell the owners.

    They are signed out if it is the only workspace that they are in. If a step fails for good, what was done is undone.
    Without an heir, you take over.
    """

    workspace_id: WorkspaceId
    user_id: UserId
    heir_id: UserId | None = None


def _keep_tasks(state: OffboardingState, answer: HandedOver) -> OffboardingState:
    return state.model_copy(update={"task_ids": (*state.task_ids, *answer.task_ids), "more_tasks": answer.more})


OFFBOARDING = Process(
    "workspaces.offboarding",
    "off-boarding",
    OffboardingState,
    (
        Step("revoke_sessions", send=lambda state: EndSessions(user_id=state.user_id, leaving=state.workspace_id)),
        Step(
            "hand_over_tasks",
            send=lambda state: HandOverTasks(**state.to_heir()),
            keep=_keep_tasks,
            then=lambda state: "hand_over_tasks" if state.more_tasks else None,
            undo=lambda state: HandBackTasks(task_ids=state.task_ids, **state.from_heir()),
        ),
        Step(
            "leave_projects",
            send=lambda state: HandOverProjects(**state.to_heir()),
            keep=lambda state, led: state.model_copy(update={"project_ids": led}),
            undo=lambda state: HandBackProjects(project_ids=state.project_ids, **state.from_heir()),
        ),
        Step(
            "remove_membership",
            send=lambda state: EndMembership(workspace_id=state.workspace_id, user_id=state.user_id, by=state.by),
            keep=lambda state, ended: state.model_copy(update={"role": ended.role, "own_role": ended.own_role}),
            undo=lambda state: TakeMembershipBack(
                workspace_id=state.workspace_id,
                user_id=state.user_id,
                role=state.role or Role.MEMBER,
                own_role=state.own_role,
                by=state.by,
            ),
        ),
        Step(
            "tell_owners",
            send=lambda state: TellOwners(
                workspace_id=state.workspace_id,
                thread=f"offboarding:{state.user_id}",
                facts={
                    PERSON_ID: str(state.user_id),
                    "title": f"{PERSON} has left",
                    "text": f"Handed over: open tasks {len(state.task_ids)}, projects {len(state.project_ids)}.",
                },
                event_id=state.offboarding_id,
            ),
        ),
    ),
)
"""The steps of off-boarding."""


@handlers.handles(OffboardMember)
async def offboard_member(
    command: OffboardMember, workspaces: WorkspaceRepository, engine: ProcessEngine, caller: Caller
) -> OffboardingView:
    """Start the process, if it can end well as things stand."""
    workspace = await workspaces.get(command.workspace_id)
    heir_id = command.heir_id or caller.user_id
    if heir_id == command.user_id:
        raise Invalid("somebody else must take over", field="heir_id")
    if heir_id not in workspace.members:
        raise Invalid("is not a member of this workspace", field="heir_id")
    workspace.require_removable(command.user_id, by=caller.user_id)
    state = OffboardingState(
        offboarding_id=new_id(OffboardingId),
        workspace_id=command.workspace_id,
        user_id=command.user_id,
        heir_id=heir_id,
        by=caller.user_id,
    )
    key = f"{command.workspace_id} {command.user_id}"
    instance = await engine.start(OFFBOARDING, key, state, tenant=command.workspace_id, by=caller.user_id)
    return OffboardingView(process_id=instance.id)


@handlers.handles(TellOwners)
async def tell_owners(command: TellOwners, workspaces: WorkspaceRepository, notifier: Notifier) -> None:
    """Tell every owner."""
    workspace = await workspaces.get(command.workspace_id)
    owners = [user_id for user_id, role in workspace.members.items() if role is Role.OWNER]
    news = News(
        kind=Kind.PROCESS_FINISHED,
        thread=command.thread,
        event_id=command.event_id,
        facts=command.facts,
        workspace_id=command.workspace_id,
    )
    await notifier.tell(owners, news)
