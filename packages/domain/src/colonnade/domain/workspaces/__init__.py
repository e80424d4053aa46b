"""Where people work together: workspaces, their members and what each may do."""

from colonnade.domain.workspaces.events import (
    EVENTS,
    UPCASTERS,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    RoleDefined,
    RoleRemoved,
    WorkspaceCreated,
    WorkspaceRenamed,
)
from colonnade.domain.workspaces.permissions import GRANTS, Condition, Grants, Permission, Role, covers
from colonnade.domain.workspaces.repository import WorkspaceRepository
from colonnade.domain.workspaces.roles import NoSuchRole, OwnRole, RoleInUse, RoleName, grant_texts, parse_grants
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
    "UPCASTERS",
    "AlreadyMember",
    "Condition",
    "Grants",
    "LastOwner",
    "MemberAdded",
    "MemberRemoved",
    "MemberRoleChanged",
    "NoSuchRole",
    "NotMember",
    "OwnRole",
    "Permission",
    "Role",
    "RoleDefined",
    "RoleInUse",
    "RoleName",
    "RoleRemoved",
    "SlugTaken",
    "Workspace",
    "WorkspaceCreated",
    "WorkspaceId",
    "WorkspaceName",
    "WorkspaceRenamed",
    "WorkspaceRepository",
    "covers",
    "grant_texts",
    "parse_grants",
]
