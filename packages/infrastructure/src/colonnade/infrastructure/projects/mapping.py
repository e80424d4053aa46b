"""Projects to rows and back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from colonnade.core import UserId
from colonnade.domain.projects import Project, ProjectId, ProjectKey, ProjectName
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database.aggregates import Values


def project_to_domain(row: Any, parts: Sequence[Any]) -> Project:  # a row of the projects table
    """Rebuild a project."""
    return Project(
        id=ProjectId(row.id),
        version=row.version,
        workspace_id=WorkspaceId(row.workspace_id),
        key=ProjectKey(row.key),
        name=ProjectName(row.name),
        workflow=row.workflow,
        created_at=row.created_at,
        archived_at=row.archived_at,
        lead_id=None if row.lead_id is None else UserId(row.lead_id),
        private=row.private,
        members=frozenset(UserId(UUID(member)) for member in row.members),
    )


def project_to_row(project: Project) -> Values:
    """Return the row of a project; the count of its tasks is the database's own."""
    return {
        "id": project.id,
        "version": project.version,
        "workspace_id": project.workspace_id,
        "key": str(project.key),
        "name": str(project.name),
        "workflow": project.workflow,
        "created_at": project.created_at,
        "archived_at": project.archived_at,
        "lead_id": project.lead_id,
        "private": project.private,
        "members": tuple(sorted(str(member) for member in project.members)),
    }
