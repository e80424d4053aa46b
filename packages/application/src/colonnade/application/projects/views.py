"""What the project use cases answer with."""

from datetime import datetime
from typing import Self

from colonnade.application.views import View
from colonnade.core import UserId
from colonnade.domain.projects import Project, ProjectId, Workflow
from colonnade.domain.workspaces import WorkspaceId


class ProjectView(View):
    """A project."""

    id: ProjectId
    workspace_id: WorkspaceId
    key: str
    name: str
    workflow: Workflow
    created_at: datetime
    archived_at: datetime | None
    lead_id: UserId | None = None
    private: bool = False
    version: int

    @classmethod
    def of(cls, project: Project) -> Self:
        """Return the view of a project."""
        return cls(
            id=project.id,
            workspace_id=project.workspace_id,
            key=project.key,
            name=project.name,
            workflow=project.workflow,
            created_at=project.created_at,
            archived_at=project.archived_at,
            lead_id=project.lead_id,
            private=project.private,
            version=project.version,
        )
