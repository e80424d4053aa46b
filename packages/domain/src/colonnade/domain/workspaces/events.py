"""What happens to workspaces and their members."""

from uuid import UUID

from colonnade.core import DomainEvent, Slug, Upcaster, UserId
from colonnade.domain.workspaces.permissions import Role
from colonnade.domain.workspaces.roles import RoleName


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


class MemberAdded(DomainEvent, type="workspaces.member_added", version=2):
    """Somebody joined.

    Attributes:
        own_role: The role of the workspace's own that they have on top.
    """

    workspace_id: UUID
    user_id: UserId
    role: Role
    own_role: RoleName | None


class MemberRoleChanged(DomainEvent, type="workspaces.member_role_changed", version=2):
    """A member has another role.

    Attributes:
        own_role: The role of the workspace's own that they have on top.
    """

    workspace_id: UUID
    user_id: UserId
    role: Role
    own_role: RoleName | None


class MemberRemoved(DomainEvent, type="workspaces.member_removed", version=1):
    """Somebody left or was removed."""

    workspace_id: UUID
    user_id: UserId


class RoleDefined(DomainEvent, type="workspaces.role_defined", version=1):
    """A role of the workspace's own was made, or allows something else now.

    Attributes:
        grants: As people write them.
    """

    workspace_id: UUID
    role_name: RoleName
    base: Role
    grants: tuple[str, ...]


class RoleRemoved(DomainEvent, type="workspaces.role_removed", version=1):
    """A role of the workspace's own is gone."""

    workspace_id: UUID
    role_name: RoleName


EVENTS = (WorkspaceCreated, WorkspaceRenamed, MemberAdded, MemberRoleChanged, MemberRemoved, RoleDefined, RoleRemoved)

UPCASTERS = (
    Upcaster("workspaces.member_added", 1, lambda facts: {**facts, "own_role": None}),
    Upcaster("workspaces.member_role_changed", 1, lambda facts: {**facts, "own_role": None}),
)
