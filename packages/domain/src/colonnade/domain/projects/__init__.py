"""What people work on: projects and their workflows."""

from colonnade.domain.projects.events import (
    EVENTS,
    ProjectArchived,
    ProjectCreated,
    ProjectLeadChanged,
    ProjectMadePrivate,
    ProjectOpened,
    ProjectRenamed,
    ProjectRestored,
    ProjectShared,
    ProjectUnshared,
)
from colonnade.domain.projects.project import (
    KeyTaken,
    Project,
    ProjectArchivedError,
    ProjectId,
    ProjectKey,
    ProjectName,
)
from colonnade.domain.projects.repository import ProjectRepository
from colonnade.domain.projects.workflow import DEFAULT_WORKFLOW, Category, Status, TransitionRefused, Workflow

__all__ = [
    "DEFAULT_WORKFLOW",
    "EVENTS",
    "Category",
    "KeyTaken",
    "Project",
    "ProjectArchived",
    "ProjectArchivedError",
    "ProjectCreated",
    "ProjectId",
    "ProjectKey",
    "ProjectLeadChanged",
    "ProjectMadePrivate",
    "ProjectName",
    "ProjectOpened",
    "ProjectRenamed",
    "ProjectRepository",
    "ProjectRestored",
    "ProjectShared",
    "ProjectUnshared",
    "Status",
    "TransitionRefused",
    "Workflow",
]
