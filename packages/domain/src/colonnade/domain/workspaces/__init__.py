"""Where people work together: workspaces, their members and what each may do."""

from colonnade.domain.workspaces.events import (
    EVENTS,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    WorkspaceCreated,
    WorkspaceRenamed,
)
from colonnade.domain.workspaces.permissions import GRANTS, Permission, Role
from colonnade.domain.workspaces.repository import WorkspaceRepository
from colonnade.domain.workspaces.workspace import (
    AlreadyMember,
    LastOwner,
    NotMember,
    SlugTaken,
    Workspace,
    WorkspaceId,
    WorkspaceName,
)

__all__ = [
    "EVENTS",
    "GRANTS",
    "AlreadyMember",
    "LastOwner",
    "MemberAdded",
    "MemberRemoved",
    "MemberRoleChanged",
    "NotMember",
    "Permission",
    "Role",
    "SlugTaken",
    "Workspace",
    "WorkspaceCreated",
    "WorkspaceId",
    "WorkspaceName",
    "WorkspaceRenamed",
    "WorkspaceRepository",
]
