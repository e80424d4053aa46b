"""The contract rows of the projects context."""

from colonnade.api.contract import Contract
from colonnade.application.projects import (
    ArchiveProject,
    CreateProject,
    GetProject,
    ListProjects,
    RenameProject,
    RestoreProject,
    SetProjectLead,
)
from colonnade.application.projects.sharing import (
    ListProjectMembers,
    SetProjectVisibility,
    ShareProject,
    UnshareProject,
)

projects = Contract("projects", prefix="/workspaces/{workspace_id}/projects")
projects.post("", CreateProject, status=201, location="/workspaces/{workspace_id}/projects/{id}")
projects.get("", ListProjects)
projects.get("/{project_id}", GetProject, etag=True)
projects.patch("/{project_id}", RenameProject)
projects.post("/{project_id}/archive", ArchiveProject)
projects.post("/{project_id}/restore", RestoreProject)
projects.post("/{project_id}/lead", SetProjectLead)
projects.post("/{project_id}/visibility", SetProjectVisibility)
projects.get("/{project_id}/members", ListProjectMembers)
projects.put("/{project_id}/members/{user_id}", ShareProject)
projects.delete("/{project_id}/members/{user_id}", UnshareProject)
