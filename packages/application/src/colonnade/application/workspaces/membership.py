"""End a membership and take it back, as steps of a process."""

from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import Forbidden, UserId
from colonnade.domain.workspaces import Permission, Role, Workspace, WorkspaceId, WorkspaceRepository

handlers = Handlers()


class EndMembership(Command[Role], name="workspaces.end_membership", requires=INTERNAL):
    """Show somebody out; answers with the role that they had."""

    workspace_id: WorkspaceId
    user_id: UserId
    by: UserId


class TakeMembershipBack(Command[None], name="workspaces.take_membership_back", requires=INTERNAL):
    """Let somebody in again with the role that they had."""

    workspace_id: WorkspaceId
    user_id: UserId
    role: Role
    by: UserId


@handlers.handles(EndMembership)
async def end_membership(command: EndMembership, workspaces: WorkspaceRepository) -> Role:
    """Remove the member, if whoever wants it still may."""
    workspace = await workspaces.get(command.workspace_id)
    role = workspace.role_of(command.user_id)
    _require_right(workspace, command)
    workspace.remove_member(command.user_id, by=command.by)
    return role


@handlers.handles(TakeMembershipBack)
async def take_membership_back(command: TakeMembershipBack, workspaces: WorkspaceRepository) -> None:
    """Add the member, unless somebody else has meanwhile."""
    workspace = await workspaces.get(command.workspace_id)
    if command.user_id not in workspace.members:
        workspace.add_member(command.user_id, command.role, by=None)


def _require_right(workspace: Workspace, command: EndMembership) -> None:
    """Check that whoever began the process may still do by hand what it does: time has gone by since then.

    Raises:
        Forbidden: They may not.
    """
    is_member = command.by in workspace.members
    if command.by != command.user_id and not (
        is_member and Permission.MEMBER_MANAGE in workspace.grants_of(command.by)
    ):
        raise Forbidden("whoever wants this may not do it any more", permission=Permission.MEMBER_MANAGE)
