"""Projects."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.projects.lifecycle import (
    ArchiveProject,
    CreateProject,
    GetProject,
    ListProjects,
    RenameProject,
    RestoreProject,
    SetProjectLead,
)
from colonnade.application.projects.views import ProjectView

__all__ = [
    "ArchiveProject",
    "CreateProject",
    "GetProject",
    "ListProjects",
    "ProjectView",
    "RenameProject",
    "RestoreProject",
    "SetProjectLead",
]
