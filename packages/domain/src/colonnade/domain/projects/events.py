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


EVENTS = (ProjectCreated, ProjectRenamed, ProjectLeadChanged, ProjectArchived, ProjectRestored)
