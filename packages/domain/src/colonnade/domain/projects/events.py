"""What happens to projects."""

from uuid import UUID

from colonnade.core import DomainEvent, UserId
from colonnade.domain.projects.workflow import Workflow


class ProjectCreated(DomainEvent, type="projects.project_created", version=1):
    """A project was opened."""

    workspace_id: UUID
    project_id: UUID
    key: str
    name: str
    workflow: Workflow


class ProjectRenamed(DomainEvent, type="projects.project_renamed", version=1):
    """A project has another name; its key stays."""

    workspace_id: UUID
    project_id: UUID
    name: str


class ProjectArchived(DomainEvent, type="projects.project_archived", version=1):
    """A project was put away: it can be read, not worked on."""

    workspace_id: UUID
    project_id: UUID


class ProjectRestored(DomainEvent, type="projects.project_restored", version=1):
    """An archived project is worked on again."""

    workspace_id: UUID
    project_id: UUID


class ProjectLeadChanged(DomainEvent, type="projects.project_lead_changed", version=1):
    """Somebody else leads a project, or nobody."""

    workspace_id: UUID
    project_id: UUID
    lead_id: UserId | None


class ProjectMadePrivate(DomainEvent, type="projects.project_made_private", version=1):
    """Only those with whom it is shared see a project now, and whoever sees every project."""

    workspace_id: UUID
    project_id: UUID


class ProjectOpened(DomainEvent, type="projects.project_opened", version=1):
    """Every member of the workspace sees a project now; guests see it if it is shared with them."""

    workspace_id: UUID
    project_id: UUID


class ProjectShared(DomainEvent, type="projects.project_shared", version=1):
    """A project was shared with somebody."""

    workspace_id: UUID
    project_id: UUID
    user_id: UserId


class ProjectUnshared(DomainEvent, type="projects.project_unshared", version=1):
    """A project is shared with somebody no longer."""

    workspace_id: UUID
    project_id: UUID
    user_id: UserId


EVENTS = (
    ProjectCreated,
    ProjectRenamed,
    ProjectLeadChanged,
    ProjectArchived,
    ProjectRestored,
    ProjectMadePrivate,
    ProjectOpened,
    ProjectShared,
    ProjectUnshared,
)
