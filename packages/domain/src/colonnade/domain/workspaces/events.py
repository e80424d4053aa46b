"""What happens to workspaces and their members."""

from uuid import UUID

from colonnade.core import DomainEvent, Slug, UserId
from colonnade.domain.workspaces.permissions import Role


class WorkspaceCreated(DomainEvent, type="workspaces.workspace_created", version=1):
    """A workspace was made; its maker owns it."""

    workspace_id: UUID
    name: str
    slug: Slug
    owner_id: UserId


class WorkspaceRenamed(DomainEvent, type="workspaces.workspace_renamed", version=1):
    """A workspace has another name; its slug stays."""

    workspace_id: UUID
    name: str


class MemberAdded(DomainEvent, type="workspaces.member_added", version=1):
    """Somebody joined."""

    workspace_id: UUID
    user_id: UserId
    role: Role


class MemberRoleChanged(DomainEvent, type="workspaces.member_role_changed", version=1):
    """A member has another role."""

    workspace_id: UUID
    user_id: UserId
    role: Role


class MemberRemoved(DomainEvent, type="workspaces.member_removed", version=1):
    """Somebody left or was removed."""

    workspace_id: UUID
    user_id: UserId


EVENTS = (WorkspaceCreated, WorkspaceRenamed, MemberAdded, MemberRoleChanged, MemberRemoved)
