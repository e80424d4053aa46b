"""Roles of a workspace's own: made, changed, taken away."""

from typing import Annotated

from pydantic import Field

from colonnade.application.messaging import Caller, Command, Handlers
from colonnade.application.workspaces.explaining import RoleView
from colonnade.domain.workspaces import OwnRole, Permission, Role, RoleName, WorkspaceId, WorkspaceRepository

handlers = Handlers()

GrantText = Annotated[str, Field(max_length=60, examples=["task.delete:author"])]


class DefineRole(Command[RoleView], name="roles.define", requires=Permission.ROLE_MANAGE, step_up=True):
    """Make a role of your workspace's own, or let it allow something else.

    A grant is a permission, with `:author`, `:assignee` or `:involved` behind it if it holds for some tasks only.
    Whoever stands on `member` sees every project that is not private; on `guest`, what is shared with them.
    """

    workspace_id: WorkspaceId
    name: RoleName
    base: Role = Role.MEMBER
    grants: Annotated[tuple[GrantText, ...], Field(max_length=50)]


class RemoveRole(Command[None], name="roles.remove", requires=Permission.ROLE_MANAGE):
    """Take a role of your workspace's own away; nobody may have it any more."""

    workspace_id: WorkspaceId
    name: RoleName


@handlers.handles(DefineRole)
async def define_role(command: DefineRole, workspaces: WorkspaceRepository, caller: Caller) -> RoleView:
    """Define the role."""
    role = OwnRole.of(command.name, command.base, command.grants)
    workspace = await workspaces.get(command.workspace_id)
    workspace.define_role(role, by=caller.user_id)
    return RoleView(name=str(role.name), own=True, base=role.base, grants=role.texts())


@handlers.handles(RemoveRole)
async def remove_role(command: RemoveRole, workspaces: WorkspaceRepository) -> None:
    """Remove the role."""
    workspace = await workspaces.get(command.workspace_id)
    workspace.remove_role(command.name)
