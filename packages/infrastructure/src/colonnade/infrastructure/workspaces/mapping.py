"""Workspaces to rows and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from colonnade.core import Slug, UserId
from colonnade.domain.workspaces import Role, Workspace, WorkspaceId, WorkspaceName
from colonnade.infrastructure.database.aggregates import Values


def workspace_to_domain(row: Any, members: Sequence[Mapping[str, Any]]) -> Workspace:  # a row of the workspaces table
    """Rebuild a workspace with its members."""
    return Workspace(
        id=WorkspaceId(row.id),
        version=row.version,
        name=WorkspaceName(row.name),
        slug=Slug(row.slug),
        created_at=row.created_at,
        members={UserId(member["user_id"]): Role(member["role"]) for member in members},
    )


def workspace_to_row(workspace: Workspace) -> Values:
    """Return the row of a workspace."""
    return {
        "id": workspace.id,
        "version": workspace.version,
        "name": str(workspace.name),
        "slug": str(workspace.slug),
        "created_at": workspace.created_at,
    }


def members_to_rows(workspace: Workspace) -> list[Values]:
    """Return a row for each member."""
    return [
        {"workspace_id": workspace.id, "user_id": user_id, "role": role.value}
        for user_id, role in workspace.members.items()
    ]
