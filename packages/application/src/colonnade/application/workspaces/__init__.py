"""Workspaces and the people in them."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.workspaces.lifecycle import CreateWorkspace, GetWorkspace, ListWorkspaces, RenameWorkspace
from colonnade.application.workspaces.members import (
    AddMember,
    ChangeRole,
    LeaveWorkspace,
    ListMembers,
    RemoveMember,
)
from colonnade.application.workspaces.policy import MembershipPolicy, Memberships
from colonnade.application.workspaces.views import MemberView, WorkspaceView

__all__ = [
    "AddMember",
    "ChangeRole",
    "CreateWorkspace",
    "GetWorkspace",
    "LeaveWorkspace",
    "ListMembers",
    "ListWorkspaces",
    "MemberView",
    "MembershipPolicy",
    "Memberships",
    "RemoveMember",
    "RenameWorkspace",
    "WorkspaceView",
]
