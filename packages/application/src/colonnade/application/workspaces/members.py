"""Who belongs to a workspace, and as what."""

from colonnade.application.identity.people import People, Person
from colonnade.application.messaging import Caller, Command, Handlers, Query
from colonnade.application.workspaces.views import MemberView
from colonnade.core import Email, Page, UserId
from colonnade.domain.workspaces import Permission, Role, RoleName, WorkspaceId, WorkspaceRepository

handlers = Handlers()


class AddMember(Command[MemberView], name="workspaces.add_member", requires=Permission.MEMBER_MANAGE):
    """Let somebody who has an account into a workspace."""

    workspace_id: WorkspaceId
    email: Email
    role: Role = Role.MEMBER
    own_role: RoleName | None = None


class ChangeRole(Command[MemberView], name="workspaces.change_role", requires=Permission.MEMBER_MANAGE):
    """Give a member another role; with a role of your own on top, the one that it stands on."""

    workspace_id: WorkspaceId
    user_id: UserId
    role: Role
    own_role: RoleName | None = None


class RemoveMember(Command[None], name="workspaces.remove_member", requires=Permission.MEMBER_MANAGE):
    """Show somebody out of a workspace."""

    workspace_id: WorkspaceId
    user_id: UserId


class LeaveWorkspace(Command[None], name="workspaces.leave", requires=Permission.WORKSPACE_READ, open_to_tokens=False):
    """Leave a workspace."""

    workspace_id: WorkspaceId


class ListMembers(Query[Page[MemberView]], name="workspaces.list_members", requires=Permission.MEMBER_READ):
    """List everybody who belongs to a workspace, by name."""

    workspace_id: WorkspaceId


@handlers.handles(AddMember)
async def add_member(command: AddMember, workspaces: WorkspaceRepository, people: People, caller: Caller) -> MemberView:
    """Add the person with this address."""
    person = await people.by_email(command.email)
    workspace = await workspaces.get(command.workspace_id)
    workspace.add_member(person.user_id, command.role, by=caller.user_id, own_role=command.own_role)
    return _view(person, command)


@handlers.handles(ChangeRole)
async def change_role(
    command: ChangeRole, workspaces: WorkspaceRepository, people: People, caller: Caller
) -> MemberView:
    """Change a member's role."""
    workspace = await workspaces.get(command.workspace_id)
    workspace.change_role(command.user_id, command.role, by=caller.user_id, own_role=command.own_role)
    return _view(await people.by_id(command.user_id), command)


@handlers.handles(RemoveMember)
async def remove_member(command: RemoveMember, workspaces: WorkspaceRepository, caller: Caller) -> None:
    """Remove a member."""
    workspace = await workspaces.get(command.workspace_id)
    workspace.remove_member(command.user_id, by=caller.user_id)


@handlers.handles(LeaveWorkspace)
async def leave_workspace(command: LeaveWorkspace, workspaces: WorkspaceRepository, caller: Caller) -> None:
    """Remove the caller."""
    workspace = await workspaces.get(command.workspace_id)
    workspace.remove_member(caller.user_id, by=caller.user_id)


def _view(person: Person, command: AddMember | ChangeRole) -> MemberView:
    return MemberView(
        user_id=person.user_id,
        name=person.name,
        email=person.email,
        role=command.role,
        own_role=None if command.own_role is None else str(command.own_role),
    )
