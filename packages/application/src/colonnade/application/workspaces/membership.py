"""End a membership and take it back, as steps of a process."""

from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.application.views import View
from colonnade.core import Forbidden, UserId
from colonnade.domain.workspaces import Permission, Role, RoleName, Workspace, WorkspaceId, WorkspaceRepository

handlers = Handlers()


class EndedMembership(View):
    """What somebody was until they were shown out."""

    role: Role
    own_role: RoleName | None


class EndMembership(Command[EndedMembership], name="workspaces.end_membership", requires=INTERNAL):
    """Show somebody out; answers with the roles that they had."""

    workspace_id: WorkspaceId
    user_id: UserId
    by: UserId


class TakeMembershipBack(Command[None], name="workspaces.take_membership_back", requires=INTERNAL):
    """Let somebody in again with the roles that they had."""

    workspace_id: WorkspaceId
    user_id: UserId
    role: Role
    own_role: RoleName | None = None
    by: UserId


@handlers.handles(EndMembership)
async def end_membership(command: EndMembership, workspaces: WorkspaceRepository) -> EndedMembership:
    """Remove the member, if whoever wants it still may."""
    workspace = await workspaces.get(command.workspace_id)
    ended = EndedMembership(
        role=workspace.role_of(command.user_id), own_role=workspace.own_roles_of.get(command.user_id)
    )
    _require_right(workspace, command)
    workspace.remove_member(command.user_id, by=command.by)
    return ended


@handlers.handles(TakeMembershipBack)
async def take_membership_back(command: TakeMembershipBack, workspaces: WorkspaceRepository) -> None:
    """Add the member, unless somebody else has meanwhile."""
    workspace = await workspaces.get(command.workspace_id)
    if command.user_id not in workspace.members:
        workspace.add_member(command.user_id, command.role, by=None, own_role=command.own_role)


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
