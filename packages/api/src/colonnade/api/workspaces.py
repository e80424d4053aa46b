"""The contract rows of the workspaces context."""

from colonnade.api.contract import Contract, Rate
from colonnade.application.workspaces import (
    AddMember,
    ChangeRole,
    CreateWorkspace,
    GetWorkspace,
    LeaveWorkspace,
    ListMembers,
    ListWorkspaces,
    RemoveMember,
    RenameWorkspace,
)
from colonnade.application.workspaces.explaining import ExplainAccess, ListRoles
from colonnade.application.workspaces.export import ExportWorkspace
from colonnade.application.workspaces.offboarding import OffboardMember
from colonnade.application.workspaces.processes import GetWorkspaceProcess, ListWorkspaceProcesses
from colonnade.application.workspaces.roles import DefineRole, RemoveRole

INVITATIONS = Rate("invitations", per_person="60/hour")
"""Adding people by their address: the answer tells whether it has an account, so nobody may ask for many."""

workspaces = Contract("workspaces", prefix="/workspaces")
workspaces.post("", CreateWorkspace, status=201, location="/workspaces/{id}")
workspaces.get("", ListWorkspaces)
workspaces.get("/{workspace_id}", GetWorkspace, etag=True)
workspaces.patch("/{workspace_id}", RenameWorkspace)
workspaces.get("/{workspace_id}/members", ListMembers)
workspaces.post("/{workspace_id}/members", AddMember, status=201, rate=INVITATIONS)
workspaces.patch("/{workspace_id}/members/{user_id}", ChangeRole)
workspaces.delete("/{workspace_id}/members/{user_id}", RemoveMember)
workspaces.post("/{workspace_id}/members/{user_id}/offboard", OffboardMember, status=202)
workspaces.post("/{workspace_id}/leave", LeaveWorkspace, status=204)
workspaces.post("/{workspace_id}/export", ExportWorkspace, status=202)
workspaces.get("/{workspace_id}/processes", ListWorkspaceProcesses)
workspaces.get("/{workspace_id}/processes/{process_id}", GetWorkspaceProcess)
workspaces.get("/{workspace_id}/roles", ListRoles)
workspaces.put("/{workspace_id}/roles/{name}", DefineRole)
workspaces.delete("/{workspace_id}/roles/{name}", RemoveRole)
workspaces.get("/{workspace_id}/access/{user_id}/{message}", ExplainAccess)
