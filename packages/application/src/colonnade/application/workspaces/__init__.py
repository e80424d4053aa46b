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
from colonnade.application.workspaces.memberships import Membership, Memberships
from colonnade.application.workspaces.policy import MembershipPolicy
from colonnade.application.workspaces.resources import Resources, TaskFacts
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
    "Membership",
    "MembershipPolicy",
    "Memberships",
    "RemoveMember",
    "RenameWorkspace",
    "Resources",
    "TaskFacts",
    "WorkspaceView",
]
