"""What other services hear of projects."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from colonnade.application.publishing import Publications, PublishedEvent
from colonnade.core import RecordedEvent
from colonnade.domain import projects

publications = Publications()


class StatusV1(BaseModel):
    """A status of a project's workflow, as published."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    slug: str
    name: str
    category: Literal["todo", "active", "done"]


class ProjectCreatedV1(PublishedEvent, type="projects.project_created", version=1):
    """A project was opened."""

    workspace_id: UUID
    project_id: UUID
    key: str
    name: str
    statuses: tuple[StatusV1, ...]


class ProjectRenamedV1(PublishedEvent, type="projects.project_renamed", version=1):
    """A project has another name; its key stays."""

    workspace_id: UUID
    project_id: UUID
    name: str


class ProjectLeadChangedV1(PublishedEvent, type="projects.project_lead_changed", version=1):
    """Somebody else leads a project, or nobody."""

    workspace_id: UUID
    project_id: UUID
    lead_id: UUID | None


class ProjectArchivedV1(PublishedEvent, type="projects.project_archived", version=1):
    """A project was put away: it can be read, not worked on."""

    workspace_id: UUID
    project_id: UUID


class ProjectRestoredV1(PublishedEvent, type="projects.project_restored", version=1):
    """An archived project is worked on again."""

    workspace_id: UUID
    project_id: UUID


@publications.publishes(projects.ProjectCreated)
def project_created(event: projects.ProjectCreated, recorded: RecordedEvent) -> ProjectCreatedV1:
    """Say its name and the statuses that its tasks go through."""
    return ProjectCreatedV1(
        workspace_id=event.workspace_id,
        project_id=event.project_id,
        key=event.key,
        name=event.name,
        statuses=tuple(
            StatusV1(slug=status.slug, name=status.name, category=status.category.value)
            for status in event.workflow.statuses
        ),
    )


@publications.publishes(projects.ProjectRenamed)
def project_renamed(event: projects.ProjectRenamed, recorded: RecordedEvent) -> ProjectRenamedV1:
    """Say the new name."""
    return ProjectRenamedV1(workspace_id=event.workspace_id, project_id=event.project_id, name=event.name)


@publications.publishes(projects.ProjectLeadChanged)
def project_lead_changed(event: projects.ProjectLeadChanged, recorded: RecordedEvent) -> ProjectLeadChangedV1:
    """Say who leads it now."""
    return ProjectLeadChangedV1(workspace_id=event.workspace_id, project_id=event.project_id, lead_id=event.lead_id)


@publications.publishes(projects.ProjectArchived)
def project_archived(event: projects.ProjectArchived, recorded: RecordedEvent) -> ProjectArchivedV1:
    """Say which."""
    return ProjectArchivedV1(workspace_id=event.workspace_id, project_id=event.project_id)


@publications.publishes(projects.ProjectRestored)
def project_restored(event: projects.ProjectRestored, recorded: RecordedEvent) -> ProjectRestoredV1:
    """Say which."""
    return ProjectRestoredV1(workspace_id=event.workspace_id, project_id=event.project_id)
